"""Every page of the reading room answers with what the store holds, and with nothing to run."""

import gzip
import html
import json
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest

from archive import open_store
from archive.article import article_id
from archive.columns import plain
from archive.layout import Layout
from archive.room.serving import Serving
from archive.store import find_warc
from tests.e2e.command import newsreel
from tests.replay.replay_samples import ask, follow, serving
from tests.room.room_store import BLOCKED, NOW, PAYLOADS, PROMISES
from tests.verify.small_store import FIRST_RUN, HOST, SECOND_RUN, SITE, answer, crawling

VESPER = article_id("x.example", f"{HOST}/vesper")
PAGES = {
    "overview": "/",
    "articles": "/articles",
    "search": "/articles?q=piano&site=x-example&since=2026-05-01",
    "article": f"/articles/{VESPER}",
    "sites": "/sites",
    "site": f"/sites/{SITE}",
    "fields": "/fields",
    "coverage": "/coverage?fate=all",
    "runs": "/runs",
    "run": f"/runs/{SECOND_RUN}",
    "captures": "/captures",
}


def twin(room: Serving, path: str) -> Any:
    """Return a page's figures."""
    place = urlsplit(path)
    name = "/overview" if place.path == "/" else place.path
    answer = ask(room.room_origin, f"{name}.json?{place.query}")
    assert answer.status == 200, answer.text
    return json.loads(answer.text)


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_a_page_is_guarded_and_has_nothing_to_run(room: Serving, path: str) -> None:
    answer = ask(room.room_origin, path)

    assert answer.status == 200
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == policy["script-src"] == policy["base-uri"] == "'none'"
    assert policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-src"] == room.replay_origin
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=\"|javascript:\"", answer.text)


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_a_page_loads_nothing_from_elsewhere(room: Serving, path: str) -> None:
    answer = ask(room.room_origin, path)

    loaded = re.findall(
        r'<(?:link|img|script|iframe|source)\b[^>]*(?:href|src)="([^"]*)"', answer.text
    )
    assert {place for place in loaded if not place.startswith(("/room.css", "data:,"))} <= {
        place for place in loaded if place.startswith(room.replay_origin)
    }


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_what_a_page_says_in_sql_can_be_asked(room: Serving, layout: Layout, path: str) -> None:
    said = twin(room, path).get("sql")

    if said is not None:
        open_store(layout.root).sql(said)


def test_the_front_page_says_the_sentence_of_the_terminal_and_what_is_wrong(
    room: Serving, layout: Layout
) -> None:
    said = twin(room, "/")

    assert said["sentence"].endswith("articles are archived; 1 of 1 site needs a look.")
    assert newsreel("status", "--store", layout.root).out.startswith(said["sentence"] + "\n")
    (trouble,) = said["troubles"]
    assert (trouble["site"], trouble["command"]) == (SITE, "newsreel sql 'from coverage'")
    assert trouble["since"] == plain(BLOCKED.began_at)
    assert said["retitled"][0]["after"] == "Halcyon Pushes Vesper to Spring"
    assert said["totals"]["articles"] == len(PAYLOADS) + 2


def test_an_article_is_found_and_shown_where_it_was_read(room: Serving) -> None:
    (found,) = twin(room, "/articles?q=piano")["rows"]

    page = ask(room.room_origin, f"/articles/{found['article_id']}").text

    (frame,) = re.findall(r'<iframe sandbox [^>]*src="([^"]*)"', page)
    place = urlsplit(html.unescape(frame))
    assert f"{place.scheme}://{place.netloc}" == room.replay_origin
    assert "Halcyon Pushes Vesper to Spring" in follow(room.replay_origin, place.path)[1].text
    assert "<del>Nobody</del><ins>Somebody</ins>" in page


def test_an_older_version_is_shown_with_its_own_capture(room: Serving) -> None:
    old, new = (twin(room, f"/articles/{VESPER}?version={number}") for number in (1, 2))

    assert old["row"]["headline"] == "Halcyon Moves Vesper to Spring"
    assert new["row"]["headline"] == "Halcyon Pushes Vesper to Spring"
    assert old["replay"] != new["replay"]
    assert [each["changed"] for each in new["versions"]] == [[], ["headline", "text"]]


def test_the_record_that_is_downloaded_is_the_one_in_the_warc(
    room: Serving, layout: Layout
) -> None:
    row = twin(room, f"/articles/{VESPER}?version=1")["row"]

    answer = ask(room.room_origin, f"/articles/{VESPER}/record?version=1")

    held = find_warc(layout, row["warc_filename"]).read_bytes()[row["warc_record_offset"] :]
    assert answer.body == held[: row["warc_record_length"]]
    assert b"Halcyon Moves" in gzip.decompress(answer.body)
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("fate", "urls"),
    [("gone", {"/gone"}), ("blocked", {"/blocked"}), ("missed", {"/gone", "/blocked"})],
    ids=["gone", "blocked", "missed"],
)
def test_the_ledger_is_filtered_by_fate(room: Serving, fate: str, urls: set[str]) -> None:
    rows = twin(room, f"/coverage?fate={fate}&site={SITE}")["rows"]

    assert {row["url"] for row in rows} == {HOST + url for url in urls}


def test_pages_of_the_ledger_follow_each_other(layout: Layout, room: Serving) -> None:
    every: list[str] = []
    before = ""
    while True:
        page = twin(room, f"/coverage?fate=all&before={before}")
        every += [row["url"] for row in page["rows"]]
        before = page["following"]
        if before is None:
            break

    told = open_store(layout.root).sql("select distinct url from coverage").to_pylist()
    assert sorted(every) == sorted(row["url"] for row in told)


def test_a_run_is_told_site_by_site(room: Serving) -> None:
    (site,) = twin(room, f"/runs/{FIRST_RUN}")["sites"]

    assert site["articles"] == len(PAYLOADS) + 2
    assert {each["fate"]: each["addresses"] for each in site["fates"]}["gone"] == 1
    runs = twin(room, "/runs")["runs"]
    assert [row["id"] for row in runs] == [SECOND_RUN, FIRST_RUN]
    assert [(row["edits"], row["failed"]) for row in runs] == [(1, 1), (0, 0)]


def test_a_site_shows_what_its_fields_hold(room: Serving) -> None:
    said = twin(room, f"/sites/{SITE}")

    assert said["held"]["edits"] == 1
    assert sum(said["articles"]) == len(PAYLOADS) + 2
    assert said["rates"]["dek"][-1] == pytest.approx((len(PAYLOADS) + 2) / (len(PAYLOADS) + 3))
    assert sum(said["edited_after"]) == 1


@pytest.mark.parametrize("path", ["/fields", f"/sites/{SITE}"])
def test_what_a_site_promises_of_a_field_is_drawn_beside_what_it_holds(
    room: Serving, path: str
) -> None:
    shown = ask(room.room_origin, path).text

    assert re.search(r'aria-label="dek[^"]*: \d+%, promised 90%">\s*<path class="promise"', shown)
    assert shown.count('class="promise"') == len(PROMISES[SITE])


NOTHING = {
    "no_page": ("/nowhere", 404),
    "no_article": ("/articles/ffff", 404),
    "no_record": ("/articles/ffff/record", 404),
    "no_site": ("/sites/y-example", 404),
    "no_run": ("/runs/20200101T000000Z-0000", 404),
    "a_path_out": ("/articles/..%2f..%2fjournal.db", 404),
    "a_file": ("/static/../journal.db", 404),
}


@pytest.mark.parametrize(("path", "status"), NOTHING.values(), ids=NOTHING.keys())
def test_what_is_not_there_is_said_so(room: Serving, path: str, status: int) -> None:
    answer = ask(room.room_origin, path)

    assert answer.status == status
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_but_reading_is_answered(room: Serving, method: str) -> None:
    assert ask(room.room_origin, "/articles", method).status == 405


STRANGE = [
    {"q": payload, "site": payload, "author": payload, "credit": payload} for payload in PAYLOADS
] + [
    {"before": "9" * 40, "since": "yesterday", "until": "0000-00-00"},
    {"before": "-1", "edited": "yes", "fate": "unheard", "q": "\0"},
    {"before": "1-2-3", "q": "a" * 9000},
]


@pytest.mark.parametrize("state", STRANGE, ids=range(len(STRANGE)))
@pytest.mark.parametrize("path", ["/articles", "/coverage", "/runs"])
def test_whatever_stands_in_an_address_is_words(
    room: Serving, path: str, state: dict[str, str]
) -> None:
    answer = ask(room.room_origin, f"{path}?{urlencode(state, quote_via=quote)}")

    assert answer.status == 200
    assert not re.search(r"<script|<img|<svg onload|<meta http-equiv|<object", answer.text)


def test_a_link_leads_to_the_web_or_nowhere(room: Serving) -> None:
    pages = [
        ask(room.room_origin, f"/articles/{row['article_id']}").text
        for row in twin(room, "/articles")["rows"]
    ]

    hrefs = {html.unescape(href) for page in pages for href in re.findall(r'href="([^"]*)"', page)}
    assert {href.partition(":")[0] for href in hrefs if ":" in href} <= {"https", "http", "data"}


def test_an_open_room_catches_up_with_a_crawl(layout: Layout, tmp_path: Path) -> None:
    copy = Layout(shutil.copytree(layout.root, tmp_path / "store", symlinks=True))
    with serving(copy, now=NOW) as served:
        assert twin(served, "/articles?q=zeppelin")["count"] == 0
        with crawling(copy.root, "20260519T071200Z-0003", NOW) as crawl:
            crawl.keep_article(crawl.fetch("/zeppelin", answer(b"<p>Z")), "A Zeppelin Lands")
            crawl.finish()

        found = (twin(served, "/articles?q=zeppelin")["count"] for _ in range(300))

        assert any(found)


def test_a_damaged_part_is_named_on_the_page(layout: Layout, tmp_path: Path) -> None:
    copy = Layout(shutil.copytree(layout.root, tmp_path / "store", symlinks=True))
    with serving(copy, now=NOW) as served:
        for part in (copy.root / "articles").rglob("*.parquet"):
            part.write_bytes(part.read_bytes()[:400])

        answer = ask(served.room_origin, f"/articles/{VESPER}")
        listed = ask(served.room_origin, "/articles?q=piano")

    assert answer.status == 500
    assert "Cannot be shown: " in answer.text
    assert ".parquet" in answer.text
    assert "Traceback" not in answer.text
    assert listed.status == 200

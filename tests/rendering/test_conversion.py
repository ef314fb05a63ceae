"""A page as a browser showed it: its record, its rows, and what becomes of them."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archive import open_store
from archive.digest import labelled_sha1
from archive.journal.journal import Journal
from archive.layout import Layout
from archive.verify.problem import Check
from archive.verify.store import verify
from archive.warc.reader import read_any, walk
from archive.warc.records import Record
from crawler.commands.show import show_capture
from crawler.reextract.finds import pages_without_row
from tests.archive.cdx_tools import indexed_by_tool, run
from tests.e2e.losses import lose_all, lose_journal, lose_parquet, repair
from tests.rendering.rendered_store import (
    DOM,
    HEADLINE,
    RENDERING_ID,
    SHELL,
    URL,
    make_rendered_store,
    render,
)
from tests.verify.small_store import (
    FIRST_RUN,
    FIRST_WARC,
    answer,
    change_journal,
    crawling,
    edit_record,
)

OTHER_ID = b"<urn:uuid:00000000-0000-4000-8000-00000000ffff>"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with a page that was rendered, to be read only."""
    root = tmp_path_factory.mktemp("rendered") / "store"
    make_rendered_store(root)
    return root


@pytest.fixture
def store(sound: Path, tmp_path: Path) -> Path:
    """Return a copy of it, to be damaged."""
    return Path(shutil.copytree(sound, tmp_path / "store", symlinks=True))


def records(root: Path) -> list[Record]:
    return [record for _, record in walk(root / "warc" / FIRST_WARC)]


def test_a_rendering_is_a_conversion_of_its_answer(sound: Path) -> None:
    (found,) = [each for each in records(sound) if each.type == "conversion"]

    source = next(each for each in records(sound) if each.type == "revisit")
    assert found.block == DOM
    assert found.target_uri == URL
    assert found.field("WARC-Refers-To") == source.record_id
    assert found.field("WARC-Refers-To-Date") == source.field("WARC-Date")
    assert found.field("Content-Type") == "text/html; charset=utf-8"
    digests = {found.field("WARC-Block-Digest"), found.field("WARC-Payload-Digest")}
    assert digests == {labelled_sha1(DOM)}


def test_verify_finds_the_store_sound(sound: Path) -> None:
    report = verify(sound)

    assert report.problems == ()


@pytest.mark.soak  # as `make judged` asks of every file the tests write
def test_other_readers_find_the_file_whole(sound: Path) -> None:
    warc = sound / "warc" / FIRST_WARC

    assert run("warcio", "check", warc).returncode == 0
    assert run("fastwarc", "check", warc).returncode == 0


def test_no_index_lists_a_rendering(sound: Path) -> None:
    lines = Layout(sound).cdxj(FIRST_WARC).read_text().splitlines()

    tool = indexed_by_tool(sound / "warc" / FIRST_WARC)
    assert len(lines) == len(tool) == 2
    assert not any(labelled_sha1(DOM) in line for line in lines + tool)


def test_an_article_leads_to_the_document_it_was_read_from(sound: Path) -> None:
    opened = open_store(sound)
    (row,) = opened.articles.to_arrow().to_pylist()

    assert row["warc_record_id"] == RENDERING_ID
    assert row["content_digest"] == labelled_sha1(DOM)
    assert opened.record(row) == DOM


def test_captures_tell_what_was_rendered(sound: Path) -> None:
    rows = open_store(sound).captures.to_arrow().to_pylist()
    (row,) = [each for each in rows if each["record_type"] == "conversion"]

    source = next(each for each in rows if each["record_type"] == "revisit")
    assert row["refers_to"] == source["warc_record_id"]
    assert (row["fetch_status"], row["content_mime_type"]) == (200, "text/html")
    assert (row["page_kind"], source["page_kind"]) == ("article", None)


def test_a_rendering_is_no_request(sound: Path) -> None:
    journal = Journal.read(Layout(sound).journal)
    asked = journal.captures.count(FIRST_RUN)
    journal.close()

    assert asked == 2


def test_raw_is_the_document_and_head_that_of_the_answer(
    sound: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    show_capture(sound, URL, "raw")
    raw = capfdbinary.readouterr().out
    show_capture(sound, URL, "head")
    head = capfdbinary.readouterr().out

    assert raw == DOM
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")


def test_extract_reads_answer_and_rendering(sound: Path) -> None:
    pages = [each.payload for each in read_any(sound / "warc" / FIRST_WARC)]

    assert pages == [SHELL, DOM]


def test_reextract_looks_into_the_rendering_and_not_its_answer(tmp_path: Path) -> None:
    with crawling(tmp_path, FIRST_RUN) as crawl:
        source = crawl.fetch("/story", answer(SHELL))
        rendered = render(crawl, source)
        crawl.recorder.write(
            lambda journal: journal.captures.mark_read(str(rendered.result().warc_record_id))
        ).result()
        found = pages_without_row(crawl.reader)

    assert [each.record_id for (each,) in found.values()] == [RENDERING_ID]


def test_a_rendering_waits_to_be_read_and_its_answer_does_not(tmp_path: Path) -> None:
    with crawling(tmp_path, FIRST_RUN) as crawl:
        source = crawl.fetch("/story", answer(SHELL))
        before = crawl.reader.captures.unread(after=0, limit=9)
        render(crawl, source)
        after = crawl.reader.captures.unread(after=0, limit=9)

    assert [each.record_id for each in before] == [source.result().warc_record_id]
    assert [each.record_id for each in after] == [RENDERING_ID]


def edited(pattern: bytes, by: bytes) -> Callable[[Path], None]:
    """Return a damage to the rendering's record."""

    def damage(root: Path) -> None:
        def change(content: bytes) -> bytes:
            return re.sub(pattern, by, content, count=1)

        edit_record(root, change, kind="conversion", url_end="/story")

    return damage


def forgotten(root: Path) -> None:
    change_journal(root, "UPDATE capture SET payload_id = NULL WHERE record_type = 'conversion'")


DAMAGES = {
    "document": (edited(rb"lantern", b"lanterm"), Check.BLOCK_DIGEST),
    "target": (edited(rb"(Target-URI: https://x.example/)story", rb"\1other"), Check.CAPTURE),
    "date": (edited(rb"(WARC-Date: 2026-05-)18", rb"\g<1>19"), Check.CAPTURE),
    "source": (edited(rb"(WARC-Refers-To: )<[^>]*>", rb"\1" + OTHER_ID), Check.CONVERSION),
    "no_source": (edited(rb"WARC-Refers-To: [^\r]*\r\n", b""), Check.FIELDS),
    "type": (edited(rb"(Content-Type: text/)html", rb"\1plai"), Check.CAPTURE),
    "unknown_source": (forgotten, Check.CONVERSION),
}


@pytest.mark.parametrize(("damage", "check"), DAMAGES.values(), ids=DAMAGES.keys())
def test_verify_names_what_is_wrong_with_a_rendering(
    store: Path, damage: Callable[[Path], None], check: Check
) -> None:
    damage(store)

    assert check in verify(store).counts


@pytest.mark.parametrize(
    "lose",
    [
        pytest.param(lose_journal, id="journal", marks=pytest.mark.soak),
        pytest.param(lose_all, id="all_but_the_warcs"),
    ],
)
def test_a_repair_reads_the_rendering_and_not_its_answer(
    store: Path, lose: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    captures = open_store(store).captures.to_arrow().to_pylist()
    lose(store)

    code, _ = repair(store, capsys)

    opened = open_store(store)
    (row,) = opened.articles.to_arrow().to_pylist()
    told = {each["warc_record_id"]: each for each in opened.captures.to_arrow().to_pylist()}
    assert code == 0
    assert (row["headline"], row["warc_record_id"]) == (HEADLINE, RENDERING_ID)
    assert told[RENDERING_ID] == next(c for c in captures if c["record_type"] == "conversion")


@pytest.mark.soak
def test_a_rendering_that_is_damaged_is_lost_alone(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edited(rb"lantern", b"lanterm")(store)
    lose_parquet(store)

    code, told = repair(store, capsys)

    assert code == 3
    assert [each["record_id"] for each in told["lost"]] == [RENDERING_ID]
    assert verify(store).is_sound

"""The summary of a crawl: its counts, what needs a look, and the exit code that says so."""

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from archive.coverage import Fate
from archive.journal.addresses import Advertised
from archive.journal.journal import Journal
from crawler.commands.crawl import counts_told
from crawler.extract.rules import Expect
from crawler.run import CrawlRun
from crawler.site import Site
from crawler.summary import Before, Summary, before, remember, summarise
from tests.archive.store_samples import story
from tests.crawler.crawl_samples import HOME, commit, crawl_at, fetched, http

XENO = Site(
    name="xeno",
    domain="xeno.example",
    home="https://xeno.example/",
    expect=Expect(required=("headline",), optional={"dek": 0.9}),
)


START = Before(rows=0, new_rows=0, requests=0)


def settle(
    run: CrawlRun,
    site: str,
    fates: Sequence[Fate],
    *,
    reason: str | None = None,
    kind: str = "page",
) -> None:
    """Have so many pages of a site end so."""

    def change(journal: Any) -> None:
        for number, fate in enumerate(fates):
            url = f"https://{site}.example/{number}"
            item = Advertised(url=url, site=site, kind=kind, advertised_in="sitemap")
            journal.addresses.advertise(run.id, (item,), now=run.clock())
            journal.addresses.settle(journal.addresses.find(url).id, fate, reason)

    commit(run, change)


def settle_front(run: CrawlRun, url: str, answer: bytes, fate: Fate, reason: str | None) -> None:
    """Have a front page answer, and that be read."""
    front = fetched(run, url, answer, kind="front")

    def change(journal: Any) -> None:
        journal.captures.mark_read(journal.captures.newest(url))
        journal.addresses.settle(front.id, fate, reason)

    commit(run, change)


def summary_of(run: CrawlRun, *, signum: int = 0) -> Summary:
    outcome = "stopped" if signum else "finished"
    return summarise(run, outcome=outcome, before=START, wall_s=1.5, signum=signum)


A, U, N, B, F = Fate.ARCHIVED, Fate.UNCHANGED, Fate.NOT_ARTICLE, Fate.BLOCKED, Fate.FAILED
# What became of each site's pages: the exit code, and the sites that need a look.
ENDS: dict[str, tuple[dict[str, tuple[Fate, ...]], int, list[str]]] = {
    "nothing_was_there": ({}, 0, []),
    "all_is_well": ({"x": (A, U, N), "y": (Fate.GONE, Fate.REDIRECTED, Fate.REFUSED)}, 0, []),
    "every_page_is_gone": ({"x": (Fate.GONE, Fate.GONE), "y": (A, Fate.GONE)}, 3, ["x"]),
    "a_page_failed": ({"x": (A, F)}, 3, ["x"]),
    "a_page_could_not_be_read": ({"x": (A, Fate.UNREADABLE)}, 3, ["x"]),
    "some_pages_are_blocked": ({"x": (A, B)}, 3, ["x"]),
    "a_site_refuses_us": ({"x": (B, B, Fate.READ)}, 4, ["x"]),
    "a_site_refuses_us_and_another_fails": ({"x": (B,), "y": (A, F)}, 4, ["x", "y"]),
}


@pytest.mark.parametrize(("ends", "exit_code", "troubled"), ENDS.values(), ids=ENDS.keys())
def test_the_worst_of_what_happened_is_the_exit_code(
    tmp_path: Path, ends: dict[str, tuple[Fate, ...]], exit_code: int, troubled: list[str]
) -> None:
    with crawl_at(tmp_path) as run:
        for site, fates in ends.items():
            settle(run, site, fates)

        summary = summary_of(run)

    assert summary.exit_code == exit_code
    assert [problem.site for problem in summary.problems] == troubled
    assert set(summary.fates) == set(ends)


@pytest.mark.parametrize(("signum", "code"), [(2, 130), (15, 143)], ids=["ctrl_c", "sigterm"])
def test_a_crawl_that_was_stopped_says_by_what(tmp_path: Path, signum: int, code: int) -> None:
    with crawl_at(tmp_path) as run:
        settle(run, "x", (F,))

        summary = summary_of(run, signum=signum)

    assert (summary.exit_code, summary.outcome) == (code, "stopped")


def test_answers_that_were_never_read_are_our_own_failure(tmp_path: Path) -> None:
    with crawl_at(tmp_path) as run:
        fetched(run, "https://x.example/a", http(200))
        settle(run, "y", (B,))

        finished, stopped = summary_of(run), summary_of(run, signum=15)

    assert finished.exit_code == 1
    assert [problem.site for problem in finished.problems] == ["x-example", "y"]
    assert "1 answer not read" in finished.problems[0].what
    assert [problem.site for problem in stopped.problems] == ["y"]


# Why the pages of a site were not asked for: whether a person should look.
REFUSALS = {
    "robots_could_not_be_had": ("robots_unreachable", 3),
    "robots_forbids_them": ("robots", 0),
    "the_budget_is_spent": ("max_pages", 0),
}


@pytest.mark.parametrize(("reason", "exit_code"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_site_that_gives_no_robots_needs_a_look(
    tmp_path: Path, reason: str, exit_code: int
) -> None:
    with crawl_at(tmp_path) as run:
        settle(run, "x", (Fate.REFUSED,), reason=reason)

        summary = summary_of(run)

    assert summary.exit_code == exit_code


# How one of a site's two sitemaps ended: whether a person should look.
LISTINGS = {
    "read": (Fate.READ, None, 0),
    "a_web_page": (Fate.READ, "html", 3),
    "not_there": (Fate.GONE, "http_404", 3),
    "not_modified": (Fate.UNCHANGED, "not_modified", 0),
}


@pytest.mark.parametrize(("fate", "reason", "exit_code"), LISTINGS.values(), ids=LISTINGS.keys())
def test_a_broken_sitemap_among_several_needs_a_look(
    tmp_path: Path, fate: Fate, reason: str | None, exit_code: int
) -> None:
    with crawl_at(tmp_path, HOME) as run:
        settle(run, "x-example", (A,))
        page = Advertised(url=HOME, site="x-example", kind="page", advertised_in="sitemap", by=9)

        def change(journal: Any) -> None:
            for url in ("https://x.example/one.xml", "https://x.example/two.xml"):
                item = Advertised(url=url, site="x-example", kind="sitemap", advertised_in="robots")
                journal.addresses.advertise(run.id, (item,), now=run.clock())
            one = journal.addresses.find("https://x.example/one.xml")
            two = journal.addresses.find("https://x.example/two.xml")
            journal.addresses.advertise(run.id, (replace(page, by=one.id),), now=run.clock())
            journal.addresses.settle(one.id, Fate.READ, "bad_address")
            journal.addresses.settle(two.id, fate, reason)

        commit(run, change)
        summary = summary_of(run)

    assert summary.exit_code == exit_code
    assert ["two.xml" in problem.what for problem in summary.problems] == [True] * bool(exit_code)


MAP = "https://x.example/map.xml"
# How a sitemap ended that ended so before: the exit code, and whether that is news.
AGAIN = {
    "gone_for_good": (Fate.GONE, "http_404", 0),
    "still_a_web_page": (Fate.READ, "html", 3),
}


@pytest.mark.parametrize(("fate", "reason", "exit_code"), AGAIN.values(), ids=AGAIN.keys())
def test_a_sitemap_that_is_gone_for_good_breaks_the_promise_once(
    tmp_path: Path, fate: Fate, reason: str, exit_code: int
) -> None:
    with crawl_at(tmp_path, HOME) as run:
        settle(run, "x-example", (A,))
        item = Advertised(url=MAP, site="x-example", kind="sitemap", advertised_in="robots")

        def change(journal: Any) -> None:
            journal.addresses.advertise(run.id, (item,), now=run.clock())
            journal.addresses.settle(journal.addresses.find(MAP).id, fate, reason)

        commit(run, change)
        first = summary_of(run)
        with closing(Journal.open(tmp_path / "journal.db")) as journal:
            remember(first, journal, now=run.clock())

        again, stopped = summary_of(run), summary_of(run, signum=2)

    assert (first.exit_code, len(first.began)) == (3, 1)
    assert (again.exit_code, again.problems[0].what) == (exit_code, first.problems[0].what)
    assert (again.began, again.ended, len(again.going_on)) == ((), (), 1)
    assert again.sentence == first.sentence
    assert (stopped.ended, len(stopped.going_on)) == ((), 1)


def test_a_site_that_names_no_article_needs_a_look(tmp_path: Path) -> None:
    with crawl_at(tmp_path, "https://x.example/", "https://y.example/") as run:
        settle(run, "y-example", (U,))
        settle_front(run, "https://x.example/", http(200), Fate.READ, None)

        finished, stopped = summary_of(run), summary_of(run, signum=2)

    (problem,) = finished.problems
    assert (problem.site, finished.exit_code) == ("x-example", 3)
    assert "names an article" in problem.what
    assert problem.hint == f"newsreel crawl https://x.example/ --follow 1 --store {tmp_path}"
    assert stopped.problems == ()


def test_a_front_page_that_leads_away_says_where_to(tmp_path: Path) -> None:
    with crawl_at(tmp_path, "https://x.example/") as run:
        moved = http(301, Location="https://news.example/")
        settle_front(run, "https://x.example/", moved, Fate.REDIRECTED, "off_site")

        (problem,) = summary_of(run).problems

    assert "leads to another site, https://news.example/" in problem.what
    assert problem.hint == f"newsreel crawl https://news.example/ --store {tmp_path}"


def test_who_followed_links_in_vain_is_shown_the_front_page_and_not_told_to_follow(
    tmp_path: Path,
) -> None:
    with crawl_at(tmp_path, "https://x.example/", follow=1) as run:
        settle_front(run, "https://x.example/", http(200), Fate.READ, None)

        (problem,) = summary_of(run).problems

    assert problem.hint == f"newsreel show https://x.example/ --raw --store {tmp_path}"


def test_a_crawl_to_type_next_may_reach_what_this_one_could(tmp_path: Path) -> None:
    private, proxy = (ip_network("127.0.0.0/8"),), "http://me:secret@127.0.0.1:3128"
    with crawl_at(tmp_path, HOME, allowed_networks=private, proxy=proxy) as run:
        settle_front(run, HOME, http(200), Fate.READ, None)

        (problem,) = summary_of(run).problems

    assert "--allow-network 127.0.0.0/8 --proxy 'http://***@127.0.0.1:3128'" in problem.hint


def test_a_promise_that_is_surely_broken_names_site_field_and_figure(tmp_path: Path) -> None:
    with crawl_at(tmp_path, "xeno", sites=(XENO,)) as run:
        settle(run, "xeno", (A,))
        for number in range(40):
            run.promises.note("xeno", story(number))

        summary = summary_of(run)

    (problem,) = summary.problems
    assert (problem.site, problem.exit_code, summary.exit_code) == ("xeno", 3, 3)
    assert "dek on 0% of 40 rows, promised 90%" in problem.what


def test_every_problem_says_what_to_type_next(tmp_path: Path) -> None:
    with crawl_at(tmp_path) as run:
        fetched(run, "https://z.example/a", http(200))
        settle(run, "x", (B,))
        settle(run, "y", (A, B, F))

        problems = summary_of(run).problems

    assert len(problems) == 4
    assert all(problem.hint.startswith("newsreel ") for problem in problems)


def test_requests_and_fates_are_counted_and_json_has_them_all(tmp_path: Path) -> None:
    with crawl_at(tmp_path) as run:
        settle(run, "x", (A, A, U))
        fetched(run, "https://x.example/a", http(404))

        summary = summary_of(run, signum=2)

    told = json.loads(summary.to_json())
    assert (summary.requests, summary.new_rows, summary.rows) == (1, 0, 0)
    assert told["fates"] == {
        "x": {"archived": 2, "unchanged": 1},
        "x-example": {"pending": 1},
    }
    assert told["sentence"] == summary.sentence
    assert told["run_id"] == run.id


def test_requisites_are_counted_apart_and_fail_nobody(tmp_path: Path) -> None:
    with crawl_at(tmp_path) as run:
        settle(run, "x", (A,))
        settle(run, "cdn", (F, Fate.GONE, B, Fate.REFUSED, U), kind="requisite")
        picture = fetched(run, "https://x.example/a.png", http(200, b"1234"), kind="requisite")
        record_id = str(run.reader.captures.newest(picture.url))
        commit(run, lambda journal: journal.captures.mark_read(record_id))
        commit(run, lambda journal: journal.addresses.settle(picture.id, U))

        summary = summary_of(run)

    assert summary.requisites == {"requests": 1, "bytes": 4, "failed": 3, "refused": 1}
    assert (summary.requests, summary.problems, summary.exit_code) == (0, (), 0)
    assert summary.fates == {"x": {"archived": 1}}


def test_a_host_of_requisites_that_gives_no_robots_needs_no_look(tmp_path: Path) -> None:
    with crawl_at(tmp_path) as run:
        settle(run, "x", (Fate.REFUSED,), reason="robots_unreachable", kind="requisite")

        assert summary_of(run).problems == ()


# Why robots.txt could not be had, and what is said of it.
SILENCES = {
    "no_such_name": ("dns", "could not be resolved (DNS)"),
    "nobody_listens": ("refused", "the connection was refused"),
    "no_answer_in_time": ("timeout", "no whole answer came in time"),
}


@pytest.mark.parametrize(("failure", "said"), SILENCES.values(), ids=SILENCES.keys())
def test_a_silent_site_is_told_with_the_true_reason(
    tmp_path: Path, failure: str, said: str
) -> None:
    with crawl_at(tmp_path, "https://x.example/") as run:
        fetched(run, "https://x.example/robots.txt", b"", kind="robots", failure=failure)
        settle(run, "x-example", (Fate.REFUSED,), reason="robots_unreachable")

        (problem,) = summary_of(run, signum=2).problems

    assert f"robots.txt could not be had: {said}" in problem.what.replace("the host's name ", "")
    assert "1 address not asked for" in problem.what


def test_failed_addresses_are_told_with_their_reasons(tmp_path: Path) -> None:
    with crawl_at(tmp_path) as run:
        settle(run, "x", (F,), reason="http_500")
        settle(run, "y", (Fate.UNREADABLE,), reason="timeout")

        problems = summary_of(run).problems

    assert "1 address failed after every attempt (1 x the answer was HTTP 500)" in problems[0].what
    assert "(1 x not read: timeout)" in problems[1].what


@pytest.mark.parametrize(
    ("fate", "reason", "said"),
    [(Fate.GONE, "http_404", "HTTP 404"), (Fate.REFUSED, "robots", "robots.txt does not allow it")],
    ids=["gone", "forbidden"],
)
def test_a_page_asked_for_by_its_address_that_is_not_to_be_had_needs_a_look(
    tmp_path: Path, fate: Fate, reason: str, said: str
) -> None:
    url = "https://x.example/2026/a-story/"
    with crawl_at(tmp_path, url) as run:
        item = Advertised(url=url, site="x-example", kind="page", advertised_in="operator")
        commit(run, lambda journal: journal.addresses.advertise(run.id, (item,), now=run.clock()))
        address = run.reader.addresses.find(url)
        assert address
        commit(run, lambda journal: journal.addresses.settle(address.id, fate, reason))

        summary = summary_of(run)

    (problem,) = summary.problems
    assert summary.exit_code == 3
    assert url in problem.what
    assert said in problem.what
    assert summary.sentence == "No article is advertised; 1 of 1 site needs a look."


def test_a_run_that_goes_on_tells_its_own_requests_and_those_of_before(tmp_path: Path) -> None:
    with crawl_at(tmp_path, "https://x.example/") as first:
        fetched(first, "https://x.example/a", http(200))
    with crawl_at(tmp_path, "https://x.example/") as run:
        there = before(run)
        fetched(run, "https://x.example/b", http(200))
        fetched(run, "https://x.example/c", http(200))

        summary = summarise(run, outcome="stopped", before=there, wall_s=1.5, signum=2)

    assert run.is_resumed
    assert (summary.requests, summary.requests_now) == (3, 2)
    assert "2 requests in 2 s since the run goes on, 3 in all" in counts_told(summary)
    assert "3 addresses still to be asked for or read" in summary.sentence

"""What begins, goes on and is over: each is told once."""

from datetime import UTC, datetime
from typing import Any

import pytest

from archive.journal.alarms import Alarm
from archive.journal.standing import SiteStanding
from crawler.problems import Problem
from crawler.watch import compare

NOON = datetime(2026, 5, 18, 12, tzinfo=UTC)


def problem(kind: str) -> Problem:
    return Problem(site="x", what="something", hint="newsreel status", exit_code=3, kind=kind)


def alarm(kind: str) -> Alarm:
    return Alarm(site="x", kind=kind, what="something", began_at=NOON)


def standing(**counts: int) -> dict[str, SiteStanding]:
    names = ("advertised", "archived", "pending", "failed", "blocked", "unreachable", "missing")
    told: dict[str, Any] = dict.fromkeys(names, 0) | counts
    return {"x": SiteStanding(site="x", last_request_at=NOON, **told)}


GONE = "listing:https://x.example/map.xml"
# What this call met, what was open before, how the site stands, what of it was done; and what then
# began, goes on, and is over.
ASKED, LISTED, READ = ("asked",), ("asked", "listed"), ("asked", "listed", "read")
CALLS: dict[str, tuple[str, str, dict[str, int], tuple[str, ...], tuple[int, int, int]]] = {
    "it_begins": ("failed", "", {"failed": 1}, LISTED, (1, 0, 0)),
    "it_is_met_again": ("failed", "failed", {"failed": 1}, LISTED, (0, 1, 0)),
    "it_is_not_met": ("", "failed", {"failed": 1}, LISTED, (0, 1, 0)),
    "it_is_over": ("", "failed", {}, LISTED, (0, 0, 1)),
    "the_site_was_not_asked": ("", "stale", {}, (), (0, 1, 0)),
    "no_article_was_read": ("", "promise:dek", {}, LISTED, (0, 1, 0)),
    "the_promise_is_kept_again": ("", "promise:dek", {}, READ, (0, 0, 1)),
    "a_listing_is_there_again": ("", GONE, {}, LISTED, (0, 0, 1)),
    "its_listings_were_not_gone_through": ("", GONE, {}, ASKED, (0, 1, 0)),
    "no_listing_could_be_asked_for": ("", GONE, {"unreachable": 1}, LISTED, (0, 1, 0)),
    "something_else_begins": ("blocked", "failed", {"failed": 1}, LISTED, (1, 1, 0)),
}


@pytest.mark.parametrize(
    ("met", "before", "counts", "done", "wanted"), CALLS.values(), ids=CALLS.keys()
)
def test_trouble_is_told_when_it_begins_and_when_it_is_over(
    met: str,
    before: str,
    counts: dict[str, int],
    done: tuple[str, ...],
    wanted: tuple[int, int, int],
) -> None:
    watch = compare(
        [problem(met)] if met else [],
        [alarm(before)] if before else [],
        standing(**counts),
        **{what: {"x"} if what in done else set() for what in READ},
    )

    assert (len(watch.began), len(watch.going_on), len(watch.ended)) == wanted

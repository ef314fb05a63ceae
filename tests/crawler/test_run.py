"""A run: what it is called, which run a command goes on with, and what its requests say."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from scrapy import Request

from crawler.discover.candidate import AddressKind
from crawler.discover.frontier import Visit
from crawler.fetch.keys import ADDRESS, VISIT, WAIT
from crawler.fetch.politeness import Wait
from crawler.run import Threads, run_name, user_agent
from crawler.scheduler import request_for
from crawler.site import unknown_site
from tests.crawler.crawl_samples import HOME, commit, crawl_at, fetched, http

STORY = "https://x.example/a-story"
CONTACT = "desk@x.example"


def test_a_run_is_named_after_its_beginning() -> None:
    assert run_name(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "00ff") == "20260102T030405Z-00ff"


def test_the_user_agent_names_us_and_whom_to_write_to() -> None:
    assert user_agent(CONTACT).startswith("Newsreel/")
    assert user_agent(CONTACT).endswith(f" (+{CONTACT})")
    assert "(" not in user_agent(None)


# How the run before ended, and whether the same command goes on with it.
ENDS = {"finished": ("finished", False), "stopped": ("stopped", True), "killed": (None, True)}


@pytest.mark.parametrize(("outcome", "is_resumed"), ENDS.values(), ids=ENDS.keys())
def test_a_run_that_did_not_finish_is_gone_on_with(
    tmp_path: Path, outcome: str | None, *, is_resumed: bool
) -> None:
    with crawl_at(tmp_path, HOME) as before:
        if outcome is not None:
            commit(before, lambda journal: journal.runs.end(before.id, outcome=outcome, at=NOW))

    with crawl_at(tmp_path, HOME) as run:
        assert (run.is_resumed, run.id == before.id) == (is_resumed, is_resumed)


NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_run_of_other_targets_is_another(tmp_path: Path) -> None:
    with crawl_at(tmp_path, HOME) as before:
        pass

    with crawl_at(tmp_path, HOME, STORY) as run:
        assert not run.is_resumed
        assert run.id != before.id


def test_another_thread_s_call_is_followed_by_a_look_for_work() -> None:
    done: list[str] = []
    threads = Threads(call=lambda call: call(), wake=lambda: done.append("wake"))

    threads.post(lambda: done.append("call"))

    assert done == ["call", "wake"]


def field(request: Request, name: str) -> str:
    """Return what a request says in a field."""
    value = request.headers[name]
    assert value is not None
    return value.decode()


ETAG, MODIFIED = '"a1"', "Sun, 22 Nov 2026 12:00:00 GMT"
VALIDATORS = {"If-None-Match": ETAG, "If-Modified-Since": MODIFIED}
# ETag, Last-Modified, whether the payload is stored: the fields that make a request conditional.
CONDITIONS: dict[str, tuple[str | None, str | None, int | None, set[str]]] = {
    "both": (ETAG, MODIFIED, 1, set(VALIDATORS)),
    "etag": (ETAG, None, 1, {"If-None-Match"}),
    "last_modified": (None, MODIFIED, 1, {"If-Modified-Since"}),
    "no_validators": (None, None, 1, set()),
    "no_payload_to_stand_on": (ETAG, MODIFIED, None, set()),
}


@pytest.mark.parametrize(
    ("etag", "modified", "payload_id", "fields"), CONDITIONS.values(), ids=CONDITIONS.keys()
)
def test_a_request_is_conditional_when_there_is_something_to_compare_with(
    tmp_path: Path,
    etag: str | None,
    modified: str | None,
    payload_id: int | None,
    fields: set[str],
) -> None:
    with crawl_at(tmp_path, STORY) as run:
        address = fetched(run, STORY, http(200))
        known = replace(address, etag=etag, last_modified=modified, payload_id=payload_id)
        visit = Visit(address=known, site=unknown_site(STORY), wait=Wait(), server="x")

        request = request_for(visit, run, errback=print)

    sent = {name: field(request, name) for name in VALIDATORS if name in request.headers}
    assert sent == {name: VALIDATORS[name] for name in fields}


def test_a_request_says_who_asks_and_carries_its_visit(tmp_path: Path) -> None:
    with crawl_at(tmp_path, STORY, contact=CONTACT, proxy="http://127.0.0.1:8080") as run:
        address = fetched(run, STORY, http(200))
        visit = Visit(
            address=address, site=unknown_site(STORY), wait=Wait(ms=5, reason="delay"), server="x"
        )

        request = request_for(visit, run, errback=print)

    assert request.url == STORY
    assert field(request, "User-Agent") == user_agent(CONTACT)
    assert (request.meta[ADDRESS], request.meta[VISIT]) == (address, visit)
    assert request.meta[WAIT] == Wait(ms=5, reason="delay")
    assert request.meta["proxy"] == "http://127.0.0.1:8080"
    assert request.dont_filter


ACCEPTED = {
    AddressKind.ROBOTS: "text/plain",
    AddressKind.SITEMAP: "application/xml",
    AddressKind.FEED: "application/rss+xml",
    AddressKind.FRONT: "text/html",
    AddressKind.PAGE: "text/html",
    AddressKind.REQUISITE: "*/*",
}


@pytest.mark.parametrize(("kind", "wanted"), ACCEPTED.items())
def test_a_request_asks_for_what_it_can_read(
    tmp_path: Path, kind: AddressKind, wanted: str
) -> None:
    with crawl_at(tmp_path, STORY) as run:
        address = replace(fetched(run, STORY, http(200)), kind=kind)
        visit = Visit(address=address, site=unknown_site(STORY), wait=Wait(), server="x")

        request = request_for(visit, run, errback=print)

    assert field(request, "Accept").startswith(wanted)
    limit = run.frontier.bounds.each_bytes if kind is AddressKind.REQUISITE else None
    assert request.meta.get("download_maxsize") == limit
    assert "proxy" not in request.meta

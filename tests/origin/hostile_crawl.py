"""One crawl of many rows, and what the store holds of each when it is over."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from archive import open_store
from tests.e2e.command import Ended, newsreel_with
from tests.e2e.warc_blocks import WarcRecord, read_store
from tests.fetch.wire_origin import Answer
from tests.origin.hostile_site import FINE, hostile_site, listing_site, path_of
from tests.origin.row import PATIENCE_S, Kept, Row

ALLOWED: Final = ("--allow-network", "127.0.0.1/32", "--delay", "0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one row."""

    row: Row
    sent: bytes
    """By the origin, without what came before the answer proper."""
    ledger: Mapping[str, Any]
    captures: tuple[Mapping[str, Any], ...]
    responses: tuple[WarcRecord, ...]
    requests: tuple[WarcRecord, ...]
    headlines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HostileCrawl:
    """A crawl that is over."""

    store: Path
    command: Ended
    outcomes: Mapping[str, Outcome]
    listings: Mapping[str, str | None]
    """Why each listing gave nothing, by its path."""
    asked: tuple[str, ...]
    """Every path that an origin was asked for."""
    headlines: Mapping[str, str]
    """Of all rows of `articles`, by address."""


def crawl(
    store: Path,
    sites: Iterable[Mapping[str, Row]],
    *,
    listings: Mapping[str, bytes],
    limits: Mapping[str, float],
) -> HostileCrawl:
    """Crawl every row, each group of them on a site of its own, and one page that is sound."""
    urls: dict[str, str] = {}
    answers: dict[str, Answer] = {}
    rows = {name: row for group in sites for name, row in group.items()}
    with ExitStack() as opened:
        origins = [opened.enter_context(hostile_site(group)) for group in sites]
        for origin, group in zip(origins, sites, strict=True):
            for name, row in group.items():
                urls[name] = origin.base_url + path_of(name)
                answers[name] = row.sent(origin.port)
        lists = opened.enter_context(listing_site(listings))
        listed = {path: lists.base_url + path for path in listings}
        targets = (*urls.values(), f"{lists.base_url}/", origins[0].base_url + FINE)
        settings = {"DOWNLOAD_TIMEOUT": PATIENCE_S, "NEWSREEL_SHORTEST_BACKOFF_S": 0, **limits}
        command = newsreel_with(settings, "crawl", *targets, *ALLOWED, "--store", store)
        asked = tuple(path for origin in (*origins, lists) for path in origin.paths())
    reader, records = open_store(store), read_store(store)
    ledger = {row["url"]: row for row in reader.coverage.to_arrow().to_pylist()}
    captures = reader.captures.to_arrow().to_pylist()
    articles = reader.articles.to_arrow().to_pylist()

    def outcome(name: str) -> Outcome:
        row, url = rows[name], urls[name]
        mine = [record for record in records if record.url == url]
        return Outcome(
            row=row,
            sent=b"".join(answers[name].pieces)[len(row.interim) :],
            ledger=ledger[url],
            captures=tuple(each for each in captures if each["url"] == url),
            responses=tuple(record for record in mine if record.type == "response"),
            requests=tuple(record for record in mine if record.type == "request"),
            headlines=tuple(each["headline"] for each in articles if each["url"] == url),
        )

    return HostileCrawl(
        store=store,
        command=command,
        outcomes={name: outcome(name) for name in rows},
        listings={path: ledger[url]["reason"] for path, url in listed.items()},
        asked=asked,
        headlines={each["url"]: each["headline"] for each in articles},
    )


def what_became(outcome: Outcome) -> dict[str, object]:
    """Return what a crawl made of a row, in the words in which the row says what it should."""
    return {
        "fate": outcome.ledger["fate"],
        "reason": outcome.ledger["reason"],
        "attempts": outcome.ledger["attempts"],
        "requests kept": len(outcome.requests),
        "rows of captures": len(outcome.captures),
        "headlines": outcome.headlines,
    }


def what_should(row: Row) -> dict[str, object]:
    """Return what a crawl should make of a row."""
    return {
        "fate": row.fate,
        "reason": row.reason,
        "attempts": row.attempts,
        "requests kept": row.attempts,
        "rows of captures": row.attempts,
        "headlines": (row.headline,) if row.headline else (),
    }


def misfits(outcome: Outcome) -> list[str]:
    """Return what is wrong with the records of a row's answers; empty when they are as it says."""
    row, wrong = outcome.row, []
    expected = 0 if row.kept is Kept.NOTHING else row.attempts
    if len(outcome.responses) != expected:
        wrong.append(f"{len(outcome.responses)} responses instead of {expected}")
    for record in outcome.responses:
        if record.field("WARC-Truncated") != row.truncated:
            wrong.append(f"it is marked {record.field('WARC-Truncated')}")
        if not record.block or not outcome.sent.startswith(record.block):
            wrong.append("it holds what was not sent")
        if row.kept is Kept.WHOLE and record.block != outcome.sent:
            wrong.append(f"it holds {len(record.block)} bytes of {len(outcome.sent)}")
        if len(record.block) > (row.most_bytes or len(outcome.sent)):
            wrong.append(f"it holds {len(record.block)} bytes")
    return wrong

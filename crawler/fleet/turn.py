"""One turn of a site: it is brought if another worker had it last, crawled, shipped, given back.

Each step may be the last, and each may be done again. What readers see changes in one of them
alone, when the catalog names the shipment.
"""

import logging
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import IO, Final

from archive.bucket import Bucket
from archive.errors import (
    ConfigError,
    LeaseLostError,
    LedgerError,
    NewsreelError,
    ObjectStoreError,
)
from archive.shipping.berth import Berth
from archive.shipping.bringing import bring_for_a_turn
from archive.shipping.catalog import read_catalog
from archive.shipping.sending import Leaving, ship
from archive.shipping.shipment import Shipment, read_shipment
from crawler.discover.requisites import Requisites
from crawler.fleet.crawling import Crawled, Terms, order_line, read_answer
from crawler.fleet.ledger import Claim, Ledger

logger = logging.getLogger(__name__)

AFTER_FAILURE: Final = timedelta(minutes=15)
"""Before a site is given out again whose turn failed."""
CODES: Final = (5, 1, 2, 75, 4, 3)
"""What a crawl ends with that is not all well, the worst first (docs/reference/exit-codes.md)."""
_LOOK_S: Final = 0.2
_LAST_WORDS_S: Final = 60.0
"""For a crawl that was asked to end; then it is killed, which loses nothing that was committed."""


class Outcome(StrEnum):
    """How a turn ended."""

    SHIPPED = "shipped"
    KNOWN = "known"
    """It had been shipped, and the ledger had not been told."""
    LOST = "lost"
    """Another worker had the site meanwhile."""
    STOPPED = "stopped"
    FAILED = "failed"
    HELD = "held"
    """It was not to be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Where a worker works, and by which rules."""

    ledger: Ledger
    bucket: Bucket
    folder: Path
    name: str
    terms: Terms
    lease: timedelta
    every: timedelta
    """Between two turns of a site, at least."""
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What became of a turn."""

    site: str
    outcome: Outcome
    round: int = 0
    """Of the shipment; 0 without one."""
    exit_code: int = 0
    requests: int = 0
    new_rows: int = 0
    why: str | None = None
    """What went wrong, in one sentence; None when nothing did."""


def take_turn(post: Post, claim: Claim, stopping: threading.Event) -> Took:
    """Do all of it, and give the site back, but for one that was lost.

    Raises LedgerError and ObjectStoreError when those do not answer: no site would fare better.
    """
    try:
        with _kept(post, claim) as lease:
            return _turn(post, claim, lease, stopping)
    except LeaseLostError as error:
        return Took(site=claim.site, outcome=Outcome.LOST, why=str(error))
    except (LedgerError, ObjectStoreError):
        raise
    except NewsreelError as error:
        return _failed(post, claim, str(error), error.exit_code)


def _turn(post: Post, claim: Claim, lease: "_Lease", stopping: threading.Event) -> Took:
    name = read_catalog(post.bucket).shipments.get(claim.site)
    before = read_shipment(post.bucket, name) if name else None
    if before and before.round > claim.round and before.next_due > post.clock():
        post.ledger.release(claim, due_at=before.next_due, round_=before.round)
        return Took(site=claim.site, outcome=Outcome.KNOWN, round=before.round)
    berth = Berth(post.folder, claim.site)
    bring(post, claim, berth, before)
    crawled = _crawled(post, claim, berth, lease, stopping)
    if isinstance(crawled, _Failure):
        return _failed(post, claim, crawled.why, crawled.exit_code)
    if lease.lost.is_set():
        raise LeaseLostError(f"the lease of {claim.site} ended before its crawl did")
    if not crawled.is_whole:
        post.ledger.release(claim, due_at=post.clock())
        return Took(site=claim.site, outcome=Outcome.STOPPED, requests=crawled.requests)
    return _shipped(post, claim, berth, before, crawled)


def bring(post: Post, claim: Claim, berth: Berth, before: Shipment | None) -> None:
    """Have the site's store here as it was shipped last, or as an unfinished turn of ours left it.

    Raises ConfigError when the folder has shipped this site elsewhere.
    """
    at_hand = berth.shipment()
    if at_hand == before:
        return
    if before is None:
        raise ConfigError(
            f"{post.folder} has {claim.site} as it was shipped elsewhere, and nothing of it was "
            f"shipped to {post.bucket.url}: give another --store"
        )
    site = post.terms.plan(claim.word).targets[0].site
    with berth.replaced(before) as layout:
        has_requisites = site.requisites is not Requisites.NONE
        bring_for_a_turn(post.bucket, before, layout, with_pages=has_requisites)
    logger.info("site brought site=%s round=%d", claim.site, before.round)


def _shipped(
    post: Post, claim: Claim, berth: Berth, before: Shipment | None, crawled: Crawled
) -> Took:
    now = post.clock()
    is_left = crawled.next_due <= now and crawled.requests > 0  # longer than one turn may take
    next_due = now if is_left else max(crawled.next_due, now + post.every)
    leaving = Leaving(
        site=claim.site,
        word=claim.word,
        layout=berth.layout,
        before=before,
        worker=post.name,
        next_due=next_due,
    )
    shipment = ship(post.bucket, leaving, now=now)
    berth.note(shipment)
    # It counts all the same, as who took the site will find.
    with suppress(LeaseLostError):
        post.ledger.release(claim, due_at=next_due, round_=shipment.round)
    return Took(
        site=claim.site,
        outcome=Outcome.SHIPPED,
        round=shipment.round,
        exit_code=crawled.exit_code,
        requests=crawled.requests,
        new_rows=crawled.new_rows,
    )


def _failed(post: Post, claim: Claim, why: str, exit_code: int) -> Took:
    """Give the site back for later."""
    with suppress(LeaseLostError):
        post.ledger.release(claim, due_at=post.clock() + AFTER_FAILURE)
    return Took(site=claim.site, outcome=Outcome.FAILED, exit_code=exit_code, why=why)


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why a crawl did not end as crawls do."""

    exit_code: int
    why: str


def _crawled(
    post: Post, claim: Claim, berth: Berth, lease: "_Lease", stopping: threading.Event
) -> Crawled | _Failure:
    """Crawl in a process of its own, which ends when the lease does, or when it is to stop."""
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as answer:
        # In a group of its own, or Ctrl-C in a terminal would reach it before we decide.
        with subprocess.Popen(
            [sys.executable, "-m", "crawler.fleet.crawling"],
            stdin=subprocess.PIPE,
            stdout=answer,
            stderr=said,
            text=True,
            start_new_session=True,
        ) as crawling:
            assert crawling.stdin is not None
            order = order_line(
                berth.layout.root, claim.word, post.terms, lease_s=post.lease.total_seconds()
            )
            lease.tell = partial(_say, crawling.stdin)
            lease.tell(order)
            _wait(crawling, (lease.lost, stopping))
            lease.tell = None
        said.seek(0)
        answer.seek(0)
        if crawling.returncode:
            sentence = (said.read().strip().splitlines() or ["it said nothing"])[-1]
            return _Failure(crawling.returncode if crawling.returncode in CODES else 1, sentence)
        return read_answer(answer.read())


def _say(crawling: IO[str], line: str) -> None:
    with suppress(BrokenPipeError, ValueError):  # it has ended
        crawling.write(line)
        crawling.flush()


def _wait(crawling: "subprocess.Popen[str]", ends: tuple[threading.Event, ...]) -> None:
    killed_at: float | None = None
    while crawling.poll() is None:
        if killed_at is None and any(each.is_set() for each in ends):
            crawling.terminate()
            killed_at = time.monotonic() + _LAST_WORDS_S
        elif killed_at is not None and time.monotonic() > killed_at:
            crawling.kill()
        try:
            crawling.wait(_LOOK_S)
        except subprocess.TimeoutExpired:
            continue


@dataclass(slots=True)
class _Lease:
    """A lease that is being renewed."""

    lost: threading.Event = field(default_factory=threading.Event)
    """Set once it is lost, or could not be renewed in time."""
    tell: Callable[[str], None] | None = None
    """Says a line to the crawl, each time the lease was renewed; None without one."""


@contextmanager
def _kept(post: Post, claim: Claim) -> Iterator[_Lease]:
    """Renew the lease in the block."""
    lease, done = _Lease(), threading.Event()

    def renew() -> None:
        good_until = time.monotonic() + post.lease.total_seconds()
        while not done.wait(post.lease.total_seconds() / 3):
            asked_at = time.monotonic()
            try:
                post.ledger.renew(claim, lease=post.lease)
            except LeaseLostError:
                lease.lost.set()
                return
            except LedgerError as error:
                logger.warning("lease not renewed site=%s why=%s", claim.site, error)
                if asked_at >= good_until:
                    lease.lost.set()
                    return
                continue
            good_until = asked_at + post.lease.total_seconds()
            if lease.tell is not None:
                lease.tell("still yours\n")

    keeping = threading.Thread(target=renew, daemon=True)
    keeping.start()
    try:
        yield lease
    finally:
        done.set()
        keeping.join()

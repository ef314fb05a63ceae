"""One turn of a site: it is brought if another worker had it last, crawled, shipped, given back.

Each step may be the last, and each may be done again. What readers see changes in one of them
alone, when the catalog names the shipment.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

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
from crawler.fleet.apart import Failure, crawl_apart
from crawler.fleet.crawling import Crawled, Order, Terms
from crawler.fleet.leasing import Lease, kept
from crawler.fleet.ledger import Claim, Ledger

logger = logging.getLogger(__name__)

AFTER_FAILURE: Final = timedelta(minutes=15)
"""Before a site is given out again whose turn failed."""


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
    looks: tuple[str, ...] = ()
    """What needs a look since this turn, a sentence each."""


def take_turn(post: Post, claim: Claim, stopping: threading.Event) -> Took:
    """Do all of it, and give the site back, but for one that was lost.

    Raises LedgerError and ObjectStoreError when those do not answer: no site would fare better.
    """
    try:
        with kept(post.ledger, claim, post.lease) as lease:
            return _turn(post, claim, lease, stopping)
    except LeaseLostError as error:
        return Took(site=claim.site, outcome=Outcome.LOST, why=str(error))
    except (LedgerError, ObjectStoreError):
        raise
    except NewsreelError as error:
        return _failed(post, claim, str(error), error.exit_code)


def _turn(post: Post, claim: Claim, lease: Lease, stopping: threading.Event) -> Took:
    name = read_catalog(post.bucket).shipments.get(claim.site)
    before = read_shipment(post.bucket, name) if name else None
    if before and before.round > claim.round and before.next_due > post.clock():
        post.ledger.release(claim, due_at=before.next_due, round_=before.round)
        return Took(site=claim.site, outcome=Outcome.KNOWN, round=before.round)
    berth = Berth(post.folder, claim.site)
    bring(post, claim, berth, before)
    order = Order(root=berth.layout.root, word=claim.word, terms=post.terms, lease_s=lease.seconds)
    crawled = crawl_apart(order, lease, stopping)
    if isinstance(crawled, Failure):
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
        looks=crawled.looks,
    )


def _failed(post: Post, claim: Claim, why: str, exit_code: int) -> Took:
    """Give the site back for later."""
    with suppress(LeaseLostError):
        post.ledger.release(claim, due_at=post.clock() + AFTER_FAILURE)
    return Took(site=claim.site, outcome=Outcome.FAILED, exit_code=exit_code, why=why)

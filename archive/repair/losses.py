"""Captures that were committed and are gone: which they were, and that their addresses are due."""

from dataclasses import dataclass
from datetime import datetime

from archive.instant import from_micros
from archive.journal.addresses import Advertised
from archive.journal.journal import Journal
from archive.journal.naming import OPERATOR
from archive.journal.runs import Run

_ANSWERED = (
    "SELECT c.record_id, c.url, c.fetched_at, c.warc_filename, c.run_id, c.address_id "
    "FROM capture c WHERE c.record_type IS NOT NULL AND c.state != 'withdrawn' ORDER BY c.id"
)
_ADDRESS = "SELECT * FROM address WHERE id = ?"
_NAMED = (
    "SELECT d.advertised_in, b.url FROM advertisement d LEFT JOIN address b "
    "ON b.id = d.by_address_id WHERE d.address_id = ? ORDER BY d.run_id DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A capture whose bytes are gone."""

    record_id: str
    url: str
    fetch_time: datetime
    warc_filename: str
    run_id: str
    address_id: int
    """In the journal that knew it."""


def lost_captures(old: Journal, new: Journal) -> tuple[Lost, ...]:
    """Return the answers that one journal has and another, told from what is left, has not."""
    return tuple(
        Lost(
            record_id=row["record_id"],
            url=row["url"],
            fetch_time=from_micros(row["fetched_at"]),
            warc_filename=row["warc_filename"],
            run_id=row["run_id"],
            address_id=row["address_id"],
        )
        for row in old.query(_ANSWERED)
        if not new.query("SELECT 1 FROM capture WHERE record_id = ?", (row["record_id"],))
    )


def make_due(lost: tuple[Lost, ...], old: Journal, new: Journal, *, now: datetime) -> None:
    """Have the addresses of captures lost by runs that go on known: they are asked for again.

    What a finished run has lost is asked for by the next one whose site still names it.
    """
    with new.transaction():
        for each in lost:
            _begin_run(each.run_id, old, new)
            if each.run_id not in new.runs.ended() and new.addresses.find(each.url) is None:
                new.addresses.advertise(each.run_id, (_named(each, old, new),), now=now)


def _begin_run(run_id: str, old: Journal, new: Journal) -> None:
    """Have a run known of which nothing is left: it counts as interrupted."""
    if new.query("SELECT 1 FROM run WHERE id = ?", (run_id,)):
        return
    (run,) = old.query("SELECT * FROM run WHERE id = ?", (run_id,))
    new.runs.begin(Run(id=run_id, plan=run["plan"], started_at=from_micros(run["started_at"])))


def _named(lost: Lost, old: Journal, new: Journal) -> Advertised:
    (address,) = old.query(_ADDRESS, (lost.address_id,))
    named = next(iter(old.query(_NAMED, (lost.address_id,))), None)
    by = new.addresses.find(named["url"]) if named and named["url"] else None
    return Advertised(
        url=address["url"],
        site=address["site"],
        kind=address["kind"],
        advertised_in=named["advertised_in"] if named else "operator",
        by=by.id if by else OPERATOR,
        depth=address["depth"],
        hops=address["hops"],
        priority=address["priority"],
    )

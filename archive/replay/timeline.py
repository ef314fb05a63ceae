"""The captures of an address in the order of time, as the journal knows them.

An address is found by what it is (`archive.address.identity_of`); when nothing was captured there,
by the same address under the other scheme: pages name pictures by http that browsers ask for by
https. Only what can be shown counts: answers to GET, and of revisits those whose target is known.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from archive.address import crawl_address, identity_of
from archive.exchange import Location
from archive.instant import from_micros, to_micros
from archive.journal.journal import Journal
from archive.replay.place import digits_of

_OTHER_SCHEME: Final = {"http": "https", "https": "http"}
# A second with two captures in it has one timestamp of fourteen digits for both.
_ROWS: Final = (
    "SELECT c.*, p.warc_filename AS payload_filename, p.warc_offset AS payload_offset, "
    "p.warc_length AS payload_record_length, p.payload_digest AS target_digest, "
    "p.payload_length AS target_length, p.media_type AS target_type, "
    "EXISTS (SELECT 1 FROM capture o WHERE o.address_id = c.address_id AND o.id <> c.id "
    "AND o.fetched_at BETWEEN c.fetched_at - c.fetched_at % 1000000 "
    "AND c.fetched_at - c.fetched_at % 1000000 + 999999 "
    "AND o.method = 'GET' AND o.status >= 200 AND o.state != 'withdrawn' "
    "AND (o.record_type = 'response' AND o.status <> 304 "
    "OR o.record_type = 'revisit' AND o.payload_id IS NOT NULL)) AS is_crowded "
    "FROM capture c LEFT JOIN capture p ON p.id = c.payload_id "
    "WHERE c.method = 'GET' AND c.status >= 200 AND c.state != 'withdrawn' "
    "AND (c.record_type = 'response' AND c.status <> 304 "
    "OR c.record_type = 'revisit' AND c.payload_id IS NOT NULL) "
)
_OF_ADDRESS: Final = f"{_ROWS} AND c.address_id = ?"
_FORWARD: Final = "ORDER BY c.fetched_at, c.id"
_BACKWARD: Final = "ORDER BY c.fetched_at DESC, c.id DESC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Memento:
    """One capture that can be shown."""

    capture_id: int
    address_id: int
    url: str
    """Normalised: the same whichever way it was written."""
    captured_at: datetime
    digits: str
    """The timestamp that names it among the captures of its address."""
    status: int
    redirect: str | None
    media_type: str | None
    """Of an answer that came unchanged, that of its payload's."""
    location: Location
    payload_location: Location | None
    """The record with the payload; None when it is the capture's own."""
    payload_digest: str | None
    payload_bytes: int
    """Of the entity, content-coded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The captures of the same address around one."""

    first: Memento
    previous: Memento | None
    """None for the first."""
    next: Memento | None
    """None for the last."""
    last: Memento


class Timeline:
    """What the journal knows of captures in time; reads only."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def nearest(
        self, url: str, moment: datetime, within: timedelta = timedelta(0)
    ) -> Memento | None:
        """Return the capture nearest to a time, of two equally near the later; None without one.

        All that were made up to `within` later count as exact, the last of them most.
        """
        for rank, address_id in self._addresses(url):
            if nearest := self._nearest(address_id, moment, within):
                return None if rank and _leads_back(nearest, url) else nearest
        return None

    def _nearest(self, address_id: int, moment: datetime, within: timedelta) -> Memento | None:
        until = to_micros(moment + within)
        before = self._one(address_id, f"AND c.fetched_at <= ? {_BACKWARD}", until)
        if before and before.captured_at >= moment:
            return before
        after = self._one(address_id, f"AND c.fetched_at > ? {_FORWARD}", until)
        found = [one for one in (after, before) if one]
        return min(found, key=lambda one: abs(one.captured_at - moment), default=None)

    def of(self, capture_id: int) -> Memento | None:
        """Return a capture by its id in the journal; None when it cannot be shown."""
        rows = self._journal.query(f"{_ROWS} AND c.id = ?", (capture_id,))
        return _memento(rows[0]) if rows else None

    def newest(self, url: str) -> Memento | None:
        """Return the last capture of an address; None when there is none."""
        return self.nearest(url, datetime.max.replace(tzinfo=UTC))

    def around(self, memento: Memento) -> Neighbours:
        """Return the captures of an address around one of them."""
        at, address_id = to_micros(memento.captured_at), memento.address_id
        return Neighbours(
            first=self._one(address_id, _FORWARD) or memento,
            previous=self._one(address_id, f"AND c.fetched_at < ? {_BACKWARD}", at),
            next=self._one(address_id, f"AND c.fetched_at > ? {_FORWARD}", at),
            last=self._one(address_id, _BACKWARD) or memento,
        )

    def every(self, memento: Memento) -> Iterator[Memento]:
        """Yield the captures of a capture's address, oldest first, a page of them in memory."""
        page, after = [memento], (-1, -1)
        while page:
            rows = self._journal.query(
                f"{_OF_ADDRESS} AND (c.fetched_at, c.id) > (?, ?) {_FORWARD} LIMIT 500",
                (memento.address_id, *after),
            )
            page = [_memento(row) for row in rows]
            yield from page
            if rows:
                after = (rows[-1]["fetched_at"], rows[-1]["id"])

    def recent(self, limit: int) -> tuple[Memento, ...]:
        """Return the newest captures of pages, newest first."""
        rows = self._journal.query(
            f"{_ROWS} AND c.media_type IN ('text/html', 'application/xhtml+xml') "
            "ORDER BY c.id DESC LIMIT ?",
            (limit,),
        )
        return tuple(map(_memento, rows))

    def holds(self, url: str) -> bool:
        """Whether there is a capture of an address at all."""
        return any(self._one(address_id, _BACKWARD) for _, address_id in self._addresses(url))

    def _addresses(self, url: str) -> Iterator[tuple[int, int]]:
        """Yield the ids of an address, its own first, each with its rank."""
        asked = crawl_address(url)
        if asked is None:
            return
        scheme, _, rest = asked.partition(":")
        for rank, form in enumerate((asked, f"{_OTHER_SCHEME[scheme]}:{rest}")):
            rows = self._journal.query(
                "SELECT id FROM address WHERE identity = ?", (identity_of(form),)
            )
            yield from ((rank, row["id"]) for row in rows)

    def _one(self, address_id: int, condition: str, *values: int) -> Memento | None:
        rows = self._journal.query(f"{_OF_ADDRESS} {condition} LIMIT 1", (address_id, *values))
        return _memento(rows[0]) if rows else None


def _leads_back(memento: Memento, url: str) -> bool:
    """Whether a capture under the other scheme only sends to the address that was asked for."""
    target = crawl_address(memento.redirect or "")
    return target is not None and target == crawl_address(url)


def _memento(row: sqlite3.Row) -> Memento:
    captured_at = from_micros(row["fetched_at"])
    is_revisit = row["payload_id"] is not None
    return Memento(
        capture_id=row["id"],
        address_id=row["address_id"],
        url=crawl_address(row["url"]) or row["url"],
        captured_at=captured_at,
        digits=digits_of(captured_at, is_crowded=bool(row["is_crowded"])),
        status=row["status"],
        redirect=row["redirect"],
        media_type=row["media_type"] or row["target_type"],
        location=Location(
            warc_filename=row["warc_filename"],
            offset=row["warc_offset"],
            length=row["warc_length"],
        ),
        payload_location=Location(
            warc_filename=row["payload_filename"],
            offset=row["payload_offset"],
            length=row["payload_record_length"],
        )
        if is_revisit
        else None,
        payload_digest=row["target_digest"] if is_revisit else row["payload_digest"],
        payload_bytes=(row["target_length"] if is_revisit else row["payload_length"]) or 0,
    )

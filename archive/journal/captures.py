"""The captures: what every request brought, where its record lies, and whether it was read."""

import json
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from archive.address import identity_of, registrable_domain
from archive.capture import Capture
from archive.exchange import Location
from archive.instant import from_micros, to_micros
from archive.surt import surt_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A committed response or conversion, by which an article's bytes are found."""

    capture_id: int
    record_id: str
    url: str
    fetched_at: datetime
    digest: str | None
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadCapture:
    """A capture from which nothing was concluded yet: committed, then the crawl was killed."""

    id: int
    record_id: str
    address_id: int


class Captures:
    """The table capture."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def add(self, capture: Capture, *, address_id: int, payload_id: int | None, site: str) -> int:
        """Note a capture, unread, with the site it was asked for; return its id."""
        cursor = self._db.execute(
            "INSERT INTO capture (record_id, run_id, address_id, url, method, fetched_at, status, "
            "redirect, failure, elapsed_ms, waited_ms, wait_reason, payload_digest, media_type, "
            "charset, payload_length, truncated, record_type, payload_id, warc_filename, "
            "warc_offset, warc_length, asked_kind, asked_site, state) VALUES "
            "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'unread')",
            (
                capture.warc_record_id,
                capture.run_id,
                address_id,
                capture.url,
                capture.request_method,
                to_micros(capture.fetch_time),
                capture.fetch_status,
                capture.fetch_redirect,
                capture.fetch_failure,
                capture.elapsed_ms,
                capture.waited_ms,
                capture.wait_reason,
                capture.content_digest,
                capture.content_mime_type,
                capture.content_charset,
                capture.content_length,
                capture.content_truncated,
                capture.record_type,
                payload_id,
                capture.warc_filename,
                capture.warc_record_offset,
                capture.warc_record_length,
                capture.address_kind,
                site,
            ),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def get(self, record_id: str) -> Capture | None:
        """Return a capture by its record; None when it is not committed."""
        row = self._db.execute(f"{self._rows} WHERE c.record_id = ?", (record_id,)).fetchone()
        return None if row is None else _capture(row)

    def id_of(self, record_id: str) -> int:
        """Return the id of a committed capture."""
        row = self._db.execute(
            "SELECT id FROM capture WHERE record_id = ?", (record_id,)
        ).fetchone()
        identifier: int = row[0]
        return identifier

    def payload(self, record_id: str) -> Payload | None:
        """Return the capture that a capture's payload lies in: itself, or a revisit's target."""
        row = self._db.execute(
            "SELECT p.* FROM capture c JOIN capture p ON p.id = CASE c.record_type "
            "WHEN 'conversion' THEN c.id ELSE coalesce(c.payload_id, c.id) END "
            "WHERE c.record_id = ? AND p.record_type IN ('response', 'conversion')",
            (record_id,),
        ).fetchone()
        return None if row is None else _payload(row)

    def answer(self, record_id: str) -> Payload | None:
        """Return the response behind a capture; of a conversion, that which it was made from."""
        row = self._db.execute(
            "SELECT p.* FROM capture c "
            "LEFT JOIN capture s ON s.id = c.payload_id AND c.record_type = 'conversion' "
            "JOIN capture p ON p.id = coalesce(s.payload_id, s.id, c.payload_id, c.id) "
            "WHERE c.record_id = ? AND p.record_type = 'response'",
            (record_id,),
        ).fetchone()
        return None if row is None else _payload(row)

    def payload_of(self, capture_id: int) -> Payload | None:
        """Return a response by its capture's id; None when it is none."""
        row = self._db.execute(
            "SELECT * FROM capture WHERE id = ? AND record_type = 'response'", (capture_id,)
        ).fetchone()
        return None if row is None else _payload(row)

    def same_payload(self, digest: str) -> Payload | None:
        """Return the first whole response with this payload; None when there is none."""
        row = self._db.execute(
            "SELECT * FROM capture WHERE payload_digest = ? AND record_type = 'response' "
            "AND truncated IS NULL AND state != 'withdrawn' ORDER BY id LIMIT 1",
            (digest,),
        ).fetchone()
        return None if row is None else _payload(row)

    def newest(self, url: str) -> str | None:
        """Return the record id of the last answered capture of an address; None without one."""
        row = self._db.execute(
            "SELECT record_id FROM capture JOIN address a ON a.id = address_id "
            "WHERE a.identity = ? AND record_type IS NOT NULL AND capture.state != 'withdrawn' "
            "ORDER BY capture.id DESC LIMIT 1",
            (identity_of(url),),
        ).fetchone()
        return None if row is None else row[0]

    def is_withdrawn(self, record_id: str) -> bool:
        """Whether a capture is kept from readers, or gone."""
        row = self._db.execute(
            "SELECT state FROM capture WHERE record_id = ?", (record_id,)
        ).fetchone()
        return row is None or row[0] == "withdrawn"

    def mark_read(self, record_id: str, page_kind: str | None = None) -> None:
        """Note that all that follows from a capture is committed with this."""
        self._db.execute(
            "UPDATE capture SET state = 'read', page_kind = coalesce(?, page_kind) "
            "WHERE record_id = ?",
            (page_kind, record_id),
        )

    def unread(self, *, after: int, limit: int) -> tuple[UnreadCapture, ...]:
        """Return captures that a crawl was killed before reading, oldest first, behind an id."""
        rows = self._db.execute(
            "SELECT id, record_id, address_id FROM capture "
            "WHERE state = 'unread' AND id > ? ORDER BY id LIMIT ?",
            (after, limit),
        )
        return tuple(
            UnreadCapture(id=row["id"], record_id=row["record_id"], address_id=row["address_id"])
            for row in rows
        )

    def left_unread(self, run_id: str) -> dict[str, int]:
        """Return how many captures of a run nothing was concluded from, by site."""
        rows = self._db.execute(
            "SELECT a.site, count(*) FROM capture c JOIN address a ON a.id = c.address_id "
            "WHERE c.state = 'unread' AND c.run_id = ? GROUP BY a.site",
            (run_id,),
        )
        return {row[0]: row[1] for row in rows}

    def has_unpublished(self, count: int) -> bool:
        """Whether so many captures are in no part yet."""
        row = self._db.execute(
            "SELECT count(*) FROM (SELECT 1 FROM capture WHERE part_id IS NULL "
            "AND state != 'withdrawn' LIMIT ?)",
            (count,),
        )
        return bool(row.fetchone()[0] == count)

    def unpublished(
        self, limit: int, *, sites: Collection[str] | None = None
    ) -> tuple[tuple[int, str, Capture], ...]:
        """Return id, site and row of captures that are read and in no part yet.

        Those of some sites, or of all.
        """
        rows = self._db.execute(
            f"{self._rows} WHERE c.part_id IS NULL AND c.state = 'read' "
            f"AND (?1 IS NULL OR {self._columns['site']} IN {_NAMES}) ORDER BY c.id LIMIT ?2",
            (None if sites is None else json.dumps([*sites]), limit),
        )
        return tuple((row["id"], row["site"], _capture(row)) for row in rows)

    @cached_property
    def _rows(self) -> str:
        """What asks for captures."""
        return _ROWS.format(**self._columns)

    @cached_property
    def _columns(self) -> Mapping[str, str]:
        """Where site and kind stand; before format 4 the captures' addresses alone knew them."""
        column = "SELECT 1 FROM pragma_table_info('capture') WHERE name = 'asked_kind'"
        if self._db.execute(column).fetchone():
            return {"site": "c.asked_site", "kind": "c.asked_kind"}
        return {"site": "a.site", "kind": "a.kind"}

    def put_in_part(self, capture_ids: tuple[int, ...], part_id: int) -> None:
        """Note which part of `captures` holds these rows."""
        self._db.executemany(
            "UPDATE capture SET part_id = ? WHERE id = ?", [(part_id, each) for each in capture_ids]
        )

    def count(self, run_id: str) -> int:
        """Return how many requests a run made."""
        row = self._db.execute(
            "SELECT count(*) FROM capture WHERE run_id = ? AND record_type IS NOT 'conversion'",
            (run_id,),
        )
        total: int = row.fetchone()[0]
        return total

    def taken(self, site: str, *, since: datetime, until: datetime) -> tuple[int, int]:
        """Return how many requests were made of a site meanwhile, and the bytes they brought."""
        row = self._db.execute(
            "SELECT count(*), coalesce(sum(payload_length), 0) FROM capture "
            "WHERE run_id IN (SELECT id FROM run WHERE coalesce(ended_at, ?2) >= ?2) "
            "AND fetched_at BETWEEN ?2 AND ?3 AND asked_site = ?1 "
            "AND record_type IS NOT 'conversion'",
            (site, to_micros(since), to_micros(until)),
        ).fetchone()
        return row[0], row[1]


_ROWS: Final = (
    "SELECT c.*, {site} AS site, {kind} AS kind, p.record_id AS refers_to FROM capture c "
    "JOIN address a ON a.id = c.address_id LEFT JOIN capture p ON p.id = c.payload_id"
)
_NAMES: Final = "(SELECT value FROM json_each(?1))"


def _payload(row: sqlite3.Row) -> Payload:
    return Payload(
        capture_id=row["id"],
        record_id=row["record_id"],
        url=row["url"],
        fetched_at=from_micros(row["fetched_at"]),
        digest=row["payload_digest"],
        location=Location(
            warc_filename=row["warc_filename"],
            offset=row["warc_offset"],
            length=row["warc_length"],
        ),
    )


def _capture(row: sqlite3.Row) -> Capture:
    return Capture(
        url_surtkey=surt_key(row["url"]),
        url=row["url"],
        url_host_registered_domain=registrable_domain(row["url"]),
        request_method=row["method"],
        fetch_time=from_micros(row["fetched_at"]),
        fetch_status=row["status"],
        fetch_redirect=row["redirect"],
        fetch_failure=row["failure"],
        elapsed_ms=row["elapsed_ms"],
        waited_ms=row["waited_ms"],
        wait_reason=row["wait_reason"],
        content_digest=row["payload_digest"],
        content_mime_type=row["media_type"],
        content_charset=row["charset"],
        content_length=row["payload_length"],
        content_truncated=row["truncated"],
        record_type=row["record_type"],
        refers_to=row["refers_to"],
        warc_filename=row["warc_filename"],
        warc_record_offset=row["warc_offset"],
        warc_record_length=row["warc_length"],
        warc_record_id=row["record_id"],
        address_kind=row["kind"],
        page_kind=row["page_kind"],
        run_id=row["run_id"],
    )

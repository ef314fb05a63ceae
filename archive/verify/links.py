"""The way from each article's row to its bytes: file, offset, length, id and digest."""

from collections.abc import Callable
from sqlite3 import Row
from typing import Final

from archive.verify.problem import Check, Findings
from archive.verify.records import WITH_PAYLOAD
from archive.verify.snapshot import Snapshot

# The row names the record that holds the payload: of a revisit, that is its target.
_LINKS: Final = """
SELECT r.version, r.url, p.path AS part, w.filename AS known_filename,
       r.record_id, r.filename, r.start, r.length, r.digest, r.fetched_at,
       f.type AS found_type, f.filename AS found_filename, f.start AS found_start,
       f.length AS found_length, f.digest AS found_digest,
       c.record_id AS capture_id, c.fetched_at AS captured_at, t.record_id AS payload_id
FROM article_row r
JOIN part p ON p.id = r.part_id
LEFT JOIN found f ON f.record_id = r.record_id
LEFT JOIN warc w ON w.filename = r.filename
LEFT JOIN version v ON v.article_id = r.article_id AND v.version = r.version
LEFT JOIN capture c ON c.id = v.capture_id
LEFT JOIN capture t
  ON t.id = CASE c.record_type WHEN 'conversion' THEN c.id ELSE coalesce(c.payload_id, c.id) END
ORDER BY p.id
"""


def _is_elsewhere(row: Row) -> bool:
    found = (row["found_filename"], row["found_start"], row["found_length"])
    return found != (row["filename"], row["start"], row["length"])


# Tried in order, the first that holds is told: what follows from it would only repeat it.
_FAULTS: Final[tuple[tuple[Callable[[Row], bool], str], ...]] = (
    (lambda row: row["record_id"] is None, "names no record"),
    (lambda row: row["found_type"] is None, "names the record {record_id}, which is in no WARC"),
    (
        lambda row: row["found_type"] not in WITH_PAYLOAD,
        "names a {found_type}, which holds no payload",
    ),
    (
        _is_elsewhere,
        "names another place than {found_filename} at byte {found_start}, {found_length} bytes",
    ),
    (
        lambda row: row["found_digest"] != row["digest"],
        "says {digest}, the payload's digest is {found_digest}",
    ),
    (
        lambda row: row["capture_id"] is not None and row["payload_id"] != row["record_id"],
        "names {record_id}, its capture's payload is in {payload_id}",
    ),
    (
        lambda row: row["capture_id"] is not None and row["captured_at"] != row["fetched_at"],
        "says another time of fetching than its capture {capture_id}",
    ),
)


def follow_rows(snapshot: Snapshot, findings: Findings) -> int:
    """Follow every article's row to its record; return how many arrived."""
    arrived = 0
    for row in snapshot.ask(_LINKS):
        fault = next((what for is_so, what in _FAULTS if is_so(row)), None)
        if fault is None:
            arrived += 1
            continue
        where, offset = row["part"], None
        if row["known_filename"] is not None:
            where, offset = snapshot.path_below(row["filename"]), row["start"]
        said = fault.format(**dict(zip(row.keys(), row, strict=True)))
        what = f"the row of version {row['version']} of {row['url']} in {row['part']} {said}"
        findings.add(Check.ROW_RECORD, where, what, offset=offset)
    return arrived

"""What only all WARCs together can show: captures without a record, answers without a request."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from archive.counted import counted
from archive.noted import is_cut_noted, requestless_records
from archive.verify.problem import Check, Findings
from archive.verify.snapshot import Snapshot

# A record that lies at a fault, or behind the end of its file, was named with its file already.
_LOST: Final = """
SELECT c.url, c.record_id, c.warc_filename AS filename, c.warc_offset AS start
FROM capture c
JOIN reach r ON r.filename = c.warc_filename AND c.warc_offset + c.warc_length <= r.readable
LEFT JOIN found f ON f.record_id = c.record_id
LEFT JOIN fault d ON d.filename = c.warc_filename AND d.start = c.warc_offset
WHERE c.record_type IS NOT NULL AND f.record_id IS NULL AND d.start IS NULL
ORDER BY c.id
"""
# A request stands right behind its answer: when nothing whole is there, that was named already.
_ALONE: Final = """
SELECT f.record_id, f.filename, f.start, f.start + f.length AS end, f.type,
       coalesce(q.requests, 0) AS requests
FROM found f
LEFT JOIN (SELECT concurrent_to, count(*) AS requests FROM found WHERE type = 'request'
           GROUP BY concurrent_to) q ON q.concurrent_to = f.record_id
LEFT JOIN fault d ON d.filename = f.filename AND d.start = f.start + f.length
WHERE f.type IN ('response', 'revisit') AND coalesce(q.requests, 0) != 1 AND d.start IS NULL
ORDER BY f.filename, f.start
"""
_REQUESTS: Final[Mapping[int, str]] = MappingProxyType({0: "no request record belongs to it"})


def match_answers(snapshot: Snapshot, findings: Findings) -> None:
    """Find captures whose record is gone, and answers that have no request or two."""
    for row in snapshot.ask(_LOST):
        what = f"the record {row['record_id']} of {row['url']} is not here"
        path = snapshot.path_below(row["filename"])
        findings.add(Check.CAPTURE, path, what, offset=row["start"])
    noted = requestless_records(snapshot.layout)
    for row in snapshot.ask(_ALONE):
        count = row["requests"]
        is_cut = is_cut_noted(snapshot.layout, row["filename"], row["end"])
        if not count and (is_cut or row["record_id"] in noted):
            continue  # its request is lost, and that is known
        what = _REQUESTS.get(count, f"{counted(count, 'request record')} belong to it")
        path = snapshot.path_below(row["filename"])
        findings.add(Check.REQUEST, path, f"{row['type']}: {what}", offset=row["start"])

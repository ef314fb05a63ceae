"""Whether a store is at rest: no run under way, and nothing to read, to publish or to cut off.

A crawl that was killed or stopped leaves such things, and the next one finishes them; they are no
damage, and a store that is handed on or put away should have none.
"""

from typing import Final

from archive.counted import counted
from archive.journal.runs import WAITING
from archive.store import find_warc
from archive.verify.problem import Check, Findings
from archive.verify.snapshot import Snapshot

_RUNS: Final = (
    "SELECT r.id, r.outcome, (SELECT count(*) FROM capture c WHERE c.run_id = r.id "
    "AND (c.state = 'unread' OR c.state = 'read' AND c.part_id IS NULL)) AS captures "
    "FROM run r WHERE coalesce(r.outcome, '') != 'finished' ORDER BY r.id"
)
_WAITS: Final = "newsreel crawl --due ends it, a day after it began"
_CUT_OFF: Final = "the command that began it goes on with it"


def find_half_done(snapshot: Snapshot, findings: Findings) -> None:
    """Find the runs that have not ended, and what lies behind the committed end of their WARCs."""
    for run in snapshot.ask(_RUNS):
        captures = counted(run["captures"], "capture")
        findings.leave(
            Check.RUN,
            snapshot.layout.journal.name,
            f"run {run['id']} has not ended; {captures} of it not read, or without a row yet",
            hint=_WAITS if run["outcome"] == WAITING else _CUT_OFF,
        )
    for warc in snapshot.journal.runs.warcs():
        path = find_warc(snapshot.layout, warc.filename)
        size = path.stat().st_size if path.is_file() else 0
        if not warc.is_sealed and size > warc.committed_length:
            findings.leave(
                Check.WARC_LENGTH,
                path.relative_to(snapshot.layout.root).as_posix(),
                f"{counted(size - warc.committed_length, 'byte')} behind its committed length",
            )

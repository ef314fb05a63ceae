"""What the journal says of itself: no row names another that is not there, or contradicts it."""

from typing import Final

from archive.counted import counted
from archive.verify.problem import Check, Findings
from archive.verify.snapshot import Snapshot, statements_of

# What waits in a finished run is taken up by the next crawl, whatever that is asked for.
_WAITING: Final = (
    "SELECT count(*) FROM capture c JOIN run r ON r.id = c.run_id AND r.outcome = 'finished' "
    "WHERE c.state = 'unread' OR c.state = 'read' AND c.part_id IS NULL"
)


def check_references(snapshot: Snapshot, findings: Findings) -> None:
    """Find rows of the journal that hang in the air, and captures of finished runs that wait."""
    journal = snapshot.layout.journal.name
    for question in statements_of("references.sql"):
        for row in snapshot.ask(question):
            findings.add(Check.REFERENCE, journal, row[0])
    waiting = next(snapshot.ask(_WAITING))[0]
    if waiting:
        what = f"{counted(waiting, 'capture')} of finished runs not read, or without a row yet"
        hint = "the next crawl on this store goes on with them"
        findings.leave(Check.REFERENCE, journal, what, hint=hint)

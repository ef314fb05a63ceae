"""What the log of withdrawals says, against the journal: one may be older than the other."""

from typing import Final

from archive.counted import counted
from archive.verify.problem import Check, Findings
from archive.verify.snapshot import Snapshot

_LEFT: Final = (
    "SELECT count(*) AS captures, total(c.state != 'withdrawn') AS shown FROM capture c "
    "JOIN address a ON a.id = c.address_id WHERE a.identity = ?"
)


def check_withdrawals(snapshot: Snapshot, findings: Findings) -> None:
    """Find captures that are withdrawn by the log alone, and those of what was erased.

    So it is when a withdrawal was killed, or the journal was restored from an older copy.
    """
    path = snapshot.layout.withdrawn.name
    for identity, each in snapshot.withdrawn.items():
        row = next(snapshot.ask(_LEFT, identity))
        if row["shown"]:
            what = f"{counted(int(row['shown']), 'capture')} of {each.url} can still be read"
            findings.add(Check.WITHDRAWN, path, f"{what}: run `newsreel forget {each.url}`")
        elif each.is_erased and row["captures"]:
            what = f"{counted(row['captures'], 'capture')} of {each.url} may still be in the WARCs"
            hint = f"run `newsreel forget {each.url} --erase`"
            findings.add(Check.WITHDRAWN, path, f"{what}: {hint}")

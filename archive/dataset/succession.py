"""How one snapshot follows another: some parts give way to others, in one step for every reader."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import PurePosixPath

from archive.dataset.handover import handed_over
from archive.dataset.schema import DATASETS
from archive.durable import publish
from archive.fault import fault
from archive.journal.journal import Journal
from archive.journal.snapshots import Replacement
from archive.layout import Layout
from archive.snapshots import placed, prepare, write_manifest


def succeed(  # noqa: PLR0913 - what comes, what goes, when, and what a reader and the journal need
    layout: Layout,
    journal: Journal,
    replacements: Sequence[Replacement],
    *,
    now: datetime,
    pause: Callable[[float], None],
    dropped: Sequence[str] = (),
    also: Callable[[Journal], None] = lambda _: None,
) -> int:
    """Make the next snapshot, and return its number: the current one with other parts for some.

    The new parts lie in staging under their last names; what is `dropped` gives way to none.
    `pause` waits some seconds, twice, while plain readers are refused where parts give way; `also`
    is what else has to become true with the new ones. Killed before its one transaction, nothing
    has happened; killed behind it, the next opening leads readers on. Raises OSError and
    CaptureError when the disk refuses.
    """
    current = journal.snapshots.current()
    assert current is not None  # opening a store for writing makes one
    number = current.number + 1
    gone = {path for each in replacements for path in each.replaced} | {*dropped}
    kept = [part.path for part in journal.parts.all() if part.path not in gone]
    prepare(layout, number, kept, [each.part.path for each in replacements], DATASETS)
    fault("snapshot.prepared")
    for each in replacements:
        path = each.part.path
        publish(layout.staged(PurePosixPath(path).name), placed(layout, number, path))
    write_manifest(layout, current, journal, at=now)
    fault("snapshot.told")
    handing = handed_over(layout, journal, after=number, replaced=gone, pause=pause)
    with handing, journal.transaction():
        journal.snapshots.open(number, at=now)
        journal.snapshots.replace(replacements, at=now)
        journal.snapshots.drop(dropped)
        also(journal)
    return number

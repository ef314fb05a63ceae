"""Hands plain readers over from one snapshot to the next, refusing them where parts are replaced.

pandas lists a folder, then asks for every name by its path, and passes over what is gone by then
without a word; DuckDB does, too. If a dataset's path came to lead to the next snapshot between the
two, a whole month would be gone from their count. So what was listed stays until there was time to
ask for it: for a moment the path leads to the old parts, and then to the new ones, with a file
beside them that no reader can read. Who lists then is told to read again.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from archive.dataset.schema import DATASETS
from archive.durable import share
from archive.fault import fault
from archive.journal.journal import Journal
from archive.layout import Layout
from archive.snapshots import lead, lead_on

REFUSAL: Final = "being-replaced-read-again.parquet"
"""It says so by its name, for that is what a reader's own error shows."""
_SENTENCE: Final = "The parts in this folder are being replaced: read it again in a moment.\n"
_LEAST_S: Final = 0.5
_S_A_PART: Final = 0.001
"""A folder of a thousand names that is not in memory takes part of a second to list."""


@contextmanager
def handed_over(
    layout: Layout,
    journal: Journal,
    *,
    after: int,
    replaced: Iterable[str],
    pause: Callable[[float], None],
) -> Iterator[None]:
    """Lead readers from one snapshot's folder to the next; the block makes that the current one.

    Both folders are there. `pause` is given seconds, once before the block and once behind it; with
    nothing replaced there is nobody to wait for. Whatever happens, readers end at the snapshot that
    the journal names.
    """
    current = journal.snapshots.current()
    assert current is not None  # opening a store for writing makes one
    before = current.number
    gone = tuple(map(PurePosixPath, replaced))
    months = frozenset(path.parent for path in gone)
    names = sorted({month.parts[0] for month in months})
    seconds = _LEAST_S + _S_A_PART * len(gone)
    for number, folder in ((before, layout.leaving(before)), (after, layout.arriving(after))):
        _refuse(layout.snapshot(number), folder, months)
    try:
        if names:
            lead(layout, names, layout.leaving(before))
            pause(seconds)
        yield
        fault("snapshot.known")
        if names:
            lead(layout, names, layout.arriving(after))
            pause(seconds)
    finally:
        lead_on(layout, journal, DATASETS)


def _refuse(source: Path, folder: Path, months: Iterable[PurePosixPath]) -> None:
    """Make a folder with the same parts as a snapshot's, and what refuses readers beside some.

    It need not last: it is nobody's but this process's, and the next opening leads past it.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for name in {month.parts[0] for month in months}:
        for part in (source / name).rglob("*.parquet"):
            twin = folder / part.relative_to(source)
            twin.parent.mkdir(parents=True, exist_ok=True)
            share(part, twin)
    for month in months:
        (folder / month).mkdir(parents=True, exist_ok=True)  # no part may be left in it
        (folder / month / REFUSAL).write_text(_SENTENCE, "utf-8")

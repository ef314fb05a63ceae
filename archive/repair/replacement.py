"""A new journal and new datasets beside a store, and the moment they take the old ones' place.

They are written into the store's staging folder, which a crash may leave and the next opening
clears. What they replace is moved to quarantine/, whole: nothing is thrown away by a repair.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from typing_extensions import override

from archive.durable import publish
from archive.journal.journal import Journal
from archive.layout import Layout
from archive.store import DATASETS

_WAL_SUFFIXES = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Scaffold(Layout):
    """The layout of a store that is being rebuilt; its WARCs are the old ones, where they lie."""

    kept: Layout

    @property
    @override
    def warcs(self) -> Path:
        """The store's own WARCs: they are read, never written."""
        return self.kept.warcs


def begin_scaffold(layout: Layout) -> Scaffold:
    """Return an empty place to rebuild a store in."""
    scaffold = Scaffold(layout.staged("rebuilt"), layout)
    if scaffold.root.exists():  # a repair was killed over it
        shutil.rmtree(scaffold.root)
    for folder in (scaffold.root, scaffold.staging, *map(scaffold.dataset, DATASETS)):
        folder.mkdir(parents=True, exist_ok=True)
    return scaffold


def open_scaffold(scaffold: Scaffold) -> Journal:
    """Open the new journal: it has to last only once it is whole."""
    journal = Journal.open(scaffold.journal)
    journal.query("PRAGMA synchronous = OFF")
    return journal


def replace_with(scaffold: Scaffold, aside: Path) -> None:
    """Put the rebuilt journal and datasets in the old ones' place, and those aside.

    The journal comes last: until it is
    there, the store counts as one that lost its journal, and a repair begins anew. The datasets
    are folders then, which the next opening makes the first snapshot; the old snapshots are put
    aside with the rest, since the new journal does not know them.
    """
    layout = scaffold.kept
    old = [layout.journal, *(_beside(layout.journal, suffix) for suffix in _WAL_SUFFIXES)]
    for dataset in map(layout.dataset, DATASETS):
        if dataset.is_symlink():
            dataset.unlink()  # what it led to is moved with the snapshots
        old.append(dataset)
    for path in (*old, layout.snapshots):
        if path.is_file() or (path.is_dir() and any(path.iterdir())):
            publish(path, aside.joinpath(path.name))
    for name in DATASETS:
        folder = layout.dataset(name)
        if folder.is_dir():
            folder.rmdir()  # empty: what it held was moved aside
        publish(scaffold.dataset(name), folder)
    publish(scaffold.journal, layout.journal)


def finish_scaffold(journal: Journal) -> None:
    """Fold the new journal into one file and close it."""
    journal.query("PRAGMA wal_checkpoint(TRUNCATE)")
    journal.close()


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)

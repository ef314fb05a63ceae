"""Finds the store that is at a path, without loading what reads its datasets."""

from pathlib import Path
from typing import Final

from archive.dataset.schema import DATASETS
from archive.errors import NoStoreError
from archive.journal.journal import refuse_newer_format
from archive.layout import Layout

_MARKS: Final = ("journal.db", "warc", *DATASETS)


def existing_store(path: Path | str) -> Layout:
    """Return where things lie in the store at a path.

    Raises NoStoreError when there is none, StoreFormatError for a newer Newsreel's.
    """
    root = Path(path)
    if not any((root / mark).exists() for mark in _MARKS):
        raise NoStoreError(root)
    layout = Layout(root)
    refuse_newer_format(layout)
    return layout

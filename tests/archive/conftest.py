"""A journal with one run begun, and a store with a recorder at work."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.journal.journal import Journal
from tests.archive.store_samples import Clock, Recording, begin, recording


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return where a store is to be; nothing is there yet."""
    return tmp_path / "store"


@pytest.fixture
def journal(root: Path) -> Iterator[Journal]:
    """Open a journal with one run in it."""
    journal = Journal.open(root / "journal.db")
    begin(journal)
    yield journal
    journal.close()


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands at noon."""
    return Clock()


@pytest.fixture
def desk(root: Path, clock: Clock) -> Iterator[Recording]:
    """Open a store with a recorder at work."""
    with recording(root, clock) as desk:
        yield desk

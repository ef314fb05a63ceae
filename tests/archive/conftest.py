"""A journal with one run begun, and a store with a recorder at work."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.journal.journal import Journal
from tests.archive.sink_bench import Bench, sink_of
from tests.archive.store_samples import Clock, Recording, begin, recording

collect_ignore = ["alone"]
"""What stands in for a library where a tool of others is run; it fails when it is imported."""


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


@pytest.fixture
def ids(desk: Recording) -> list[int]:
    """Know the addresses of four pages; return their ids behind a zero, so that 1 is page 1's."""
    found = desk.advertise(*(f"https://x.example/{number}" for number in (1, 2, 3, 4)))
    return [0, *(address.id for address in found)]


@pytest.fixture
def bench(desk: Recording) -> Iterator[Bench]:
    """Open a sink of rows at the recorder."""
    bench = Bench(desk, sink_of(desk))
    yield bench
    bench.sink._thread.shutdown()  # noqa: SLF001 - a sink that is closed twice is not what is tried

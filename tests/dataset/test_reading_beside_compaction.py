"""Whoever reads while parts are compacted counts rightly, though a plain reader may read again."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest

from archive import open_store
from archive.dataset.compaction import compact
from archive.store import Store, open_for_writing
from tests.dataset.plain_readers import GONE, READERS
from tests.dataset.small_parts import JULY, add_part, begin_run

Make = Callable[..., Any]
SEVEN = 7
PAUSE_S = 0.05
"""A tenth of what is waited for readers elsewhere."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a store without parts."""
    begin_run(tmp_path / "store")
    return tmp_path / "store"


def pinned(folder: Path) -> int:
    rows = open_store(folder.parent).captures.scan()
    return rows.to_table(columns=["url"]).num_rows


class Writer:
    """Adds seven rows in seven parts and compacts them, until it is told to stop."""

    def __init__(self, root: Path, record: Make) -> None:
        self.rows = 0
        """Committed so far."""
        self.compactions = 0
        self._rows_begun = 0
        self._root, self._record = root, record
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)

    @property
    def most_rows(self) -> int:
        """Of which some may be on their way."""
        return self._rows_begun

    def __enter__(self) -> Self:
        self._thread.start()
        while not self.compactions:
            self._thread.join(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        with open_for_writing(self._root, now=JULY) as store:
            while not self._stop.is_set():
                self._add(store)
                compact(store, now=JULY, pause=self._let_readers_go_on)
                self.compactions += 1

    def _let_readers_go_on(self, _: float) -> None:
        self._stop.wait(PAUSE_S)

    def _add(self, store: Store) -> None:
        for serial in range(SEVEN):
            self._rows_begun += 1
            row = self._record("captures", serial)
            part_id = f"{self.compactions}-{serial}"
            add_part(store, "captures", [row], part_id=part_id, site="xy"[serial % 2])
            self.rows += 1


def read_beside(writer: Writer, count: Callable[[], int], loops: int) -> Iterator[bool]:
    """Yield whether each read was right."""
    for _ in range(loops):
        least = writer.rows
        found = count()
        yield least <= found <= writer.most_rows


@pytest.mark.parametrize("count", READERS.values(), ids=READERS.keys())
def test_a_naive_reader_may_have_to_read_again_but_never_counts_wrongly(
    root: Path, record: Make, count: Callable[[Path], int]
) -> None:
    check_naive(root, record, count, loops=25)


@pytest.mark.soak
@pytest.mark.parametrize("count", READERS.values(), ids=READERS.keys())
def test_a_naive_reader_never_counts_wrongly_in_a_thousand_loops(
    root: Path, record: Make, count: Callable[[Path], int]
) -> None:
    check_naive(root, record, count, loops=1_000)


def check_naive(root: Path, record: Make, count: Callable[[Path], int], *, loops: int) -> None:
    def patiently() -> int:
        while True:
            try:
                return count(root / "captures")
            except GONE:
                continue

    with Writer(root, record) as writer:
        right = list(read_beside(writer, patiently, loops))
    assert writer.compactions > 1
    assert right == [True] * loops
    assert count(root / "captures") == writer.rows


def test_a_pinned_reader_never_fails(root: Path, record: Make) -> None:
    check_pinned(root, record, loops=50)


@pytest.mark.soak
def test_a_pinned_reader_never_fails_in_a_thousand_loops(root: Path, record: Make) -> None:
    check_pinned(root, record, loops=1_000)


def check_pinned(root: Path, record: Make, *, loops: int) -> None:
    with Writer(root, record) as writer:
        right = list(read_beside(writer, lambda: pinned(root / "captures"), loops))

    assert writer.compactions > 1
    assert right == [True] * loops

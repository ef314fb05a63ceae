"""Readers who know nothing of snapshots are refused for a moment rather than given half a month."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from archive import open_store
from archive.dataset.compaction import compact
from archive.store import open_for_writing
from tests.dataset.plain_readers import GONE, READERS
from tests.dataset.small_parts import JULY, add_part, begin_run

Make = Callable[..., Any]
ROWS = 5


@pytest.fixture
def root(tmp_path: Path, record: Make) -> Path:
    """Return a store with a month of several parts, and a site with one that stays as it is."""
    begin_run(tmp_path)
    with open_for_writing(tmp_path, now=JULY) as store:
        for serial in range(ROWS - 1):
            add_part(store, "captures", [record("captures", serial)], part_id=f"{serial}")
        add_part(store, "captures", [record("captures", 9)], part_id="alone", site="y")
    return tmp_path


def hand_over(root: Path, meanwhile: Callable[[], None]) -> None:
    def pause(_: float) -> None:
        meanwhile()

    with open_for_writing(root, now=JULY) as store:
        assert compact(store, now=JULY, pause=pause).compacted


READER = pytest.mark.parametrize("count", READERS.values(), ids=READERS.keys())


def outcome(count: Callable[[Path], int], folder: Path) -> int | None:
    """Return what a reader counts; None when it is refused."""
    try:
        return count(folder)
    except GONE:
        return None


@READER
def test_plain_readers_are_refused_twice_and_right_before_and_after(
    root: Path, count: Callable[[Path], int]
) -> None:
    seen = [outcome(count, root / "captures")]

    def look() -> None:
        seen.append(outcome(count, root / "captures"))

    hand_over(root, look)

    assert [*seen, outcome(count, root / "captures")] == [ROWS, None, None, ROWS]


def test_whoever_reads_another_month_or_opens_the_store_is_not_refused(root: Path) -> None:
    seen: list[tuple[int, int]] = []

    def look() -> None:
        opened = open_store(root).captures.to_arrow(["url"]).num_rows
        seen.append((len(pd.read_parquet(root / "captures/site=y")), opened))

    hand_over(root, look)

    assert seen == [(1, ROWS), (1, ROWS)]


def test_names_that_were_listed_a_step_ago_give_all_rows_or_none(root: Path) -> None:
    folders: list[Path] = []

    def note() -> None:
        folders.append(Path(os.path.realpath(root / "captures")))

    note()
    hand_over(root, note)
    note()

    assert len(set(folders)) == 4
    assert {rows_listed(*each) for each in pairwise(folders)} <= {ROWS, None}
    assert rows_listed(folders[0], folders[-1]) == 1, "which is why there are steps"


def rows_listed(then: Path, now: Path) -> int | None:
    """Return what a reader counts that listed one folder and asks for the names in another.

    As pandas and DuckDB do, it passes over a name that is gone; None when it is refused.
    """
    listed = [path.relative_to(then) for path in then.rglob("*.parquet")]
    there = [str(now / path) for path in listed if (now / path).exists()]
    try:
        rows: int = ds.dataset(there).count_rows()
    except pa.ArrowInvalid:
        return None
    return rows


@pytest.fixture(scope="session")
def moved_link(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the library that moves a link on at a call of a reader's."""
    if (compiler := shutil.which("cc")) is None:
        pytest.skip("moving a link at a reader's call needs a C compiler, which is missing here")
    library = tmp_path_factory.mktemp("library") / "moved_link.so"
    source = Path(__file__).with_name("moved_link.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


def swept(library: Path, reader: str, folders: Sequence[Path]) -> list[list[int | None]]:
    """Return, of each step, what is counted with the link moved on at each call of a reader's."""
    command = [sys.executable, "-m", "tests.dataset.swept_reader", reader]
    answer = subprocess.run(
        [*command, folders[0].with_name("link"), *folders],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"LD_PRELOAD": str(library)},
        capture_output=True,
        check=True,
        timeout=1_800,
    )
    return list(map(json.loads, answer.stdout.splitlines()))


@pytest.mark.soak
@pytest.mark.parametrize("reader", READERS)
def test_at_whichever_call_a_link_moves_on_no_reader_counts_wrongly(
    root: Path, moved_link: Path, reader: str
) -> None:
    folders: list[Path] = []

    def note() -> None:
        folders.append(Path(os.path.realpath(root / "captures")))

    note()
    hand_over(root, note)
    note()

    steps = swept(moved_link, reader, folders)
    (at_once,) = swept(moved_link, reader, [folders[0], folders[-1]])
    assert [len(seen) > 20 for seen in steps] == [True] * 3
    assert {found for seen in steps for found in seen} <= {ROWS, None}
    assert (1 in at_once) is (reader != "polars"), "which is why there are steps"


@pytest.mark.parametrize("stopped_at", [1, 2])
def test_who_stops_it_leaves_readers_a_snapshot_that_they_can_read(
    root: Path, stopped_at: int
) -> None:
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == stopped_at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), open_for_writing(root, now=JULY) as store:
        compact(store, now=JULY, pause=pause)

    assert len(pd.read_parquet(root / "captures")) == ROWS
    assert len(list((root / "captures/site=x/month=2026-06").iterdir())) == (4, 1)[stopped_at - 1]


@pytest.mark.parametrize("cut_off_at", [1, 2])
def test_what_was_cut_off_on_the_way_is_led_on_by_the_next_opening(
    root: Path, tmp_path_factory: pytest.TempPathFactory, cut_off_at: int
) -> None:
    copies: list[Path] = []

    def keep() -> None:
        left = tmp_path_factory.mktemp("cut-off") / "store"
        copies.append(Path(shutil.copytree(root, left, symlinks=True)))

    hand_over(root, keep)
    left = copies[cut_off_at - 1]

    assert outcome(READERS["pandas"], left / "captures") is None
    assert open_store(left).captures.to_arrow().num_rows == ROWS
    with open_for_writing(left, now=JULY):
        assert len(pd.read_parquet(left / "captures")) == ROWS


def test_it_waits_longer_the_more_names_there_are(root: Path) -> None:
    pauses: list[float] = []

    with open_for_writing(root, now=JULY) as store:
        compact(store, now=JULY, pause=pauses.append)

    assert pauses == [0.504, 0.504]

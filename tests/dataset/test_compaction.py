"""Compaction makes one part of many: no reader counts wrongly, no kill loses or doubles a row."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archive import open_store
from archive.dataset.compaction import (
    KEPT_FOR,
    MOST_ROWS,
    Compaction,
    compact,
    heaps,
    merge_heaps,
)
from archive.dataset.handover import REFUSAL
from archive.dataset.schema import DATASETS, SCHEMA_VERSION
from archive.errors import CaptureError, ConfigError, CorruptArchiveError
from archive.journal.journal import Journal
from archive.journal.parts import PublishedPart
from archive.journal.runs import Run
from archive.layout import Layout
from archive.store import open_for_writing
from tests.dataset.small_parts import JULY, JUNE, RUN, add_part, at_once, begin_run

Make = Callable[..., Any]
PART = PublishedPart(
    dataset="captures",
    path="",
    rows=0,
    size_bytes=0,
    sha256="0" * 64,
    schema_version=SCHEMA_VERSION,
    run_id=RUN,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a store without parts."""
    begin_run(tmp_path / "store")
    return tmp_path / "store"


@pytest.fixture
def scattered(root: Path, record: Make) -> Path:
    """Return a store of three sites: two of some parts in June, one of a single part; and July."""
    with open_for_writing(root, now=JUNE) as store:
        for serial in range(4):
            rows = [record("articles", 10 * serial + n) for n in (2, 1)]
            at = JUNE + timedelta(hours=serial)
            add_part(store, "articles", rows, part_id=f"a{serial}", site="xy"[serial % 2], at=at)
        add_part(store, "articles", [record("articles", 90)], part_id="alone", site="z")
        for serial in range(2):
            add_part(store, "captures", [record("captures", serial)], part_id=f"c{serial}")
            july = [record("articles", 95 + serial)]
            add_part(store, "articles", july, part_id=f"j{serial}", month=JULY)
    return root


def compacted(root: Path, **options: Any) -> Compaction:
    with open_for_writing(root, now=JULY) as store:
        return compact(store, pause=at_once, **({"now": JULY} | options))


def urls(folder: Path) -> list[str]:
    return sorted(pd.read_parquet(folder, columns=["url"])["url"].tolist())


def test_a_closed_month_becomes_one_part_a_site_with_the_same_rows(scattered: Path) -> None:
    before = urls(scattered / "articles")

    done = compacted(scattered)

    places = [(each.heap.dataset, each.heap.site, each.heap.month) for each in done.compacted]
    assert places == [
        ("articles", "x", "2026-06"),
        ("articles", "y", "2026-06"),
        ("captures", "x", "2026-06"),
    ]
    assert urls(scattered / "articles") == before
    assert len(list((scattered / "articles").glob("site=*/month=2026-06/*"))) == 3
    assert len(list((scattered / "articles").glob("site=*/month=2026-07/*"))) == 2


FULL, HALF, LATE = MOST_ROWS, MOST_ROWS // 2, 20
LARGE_MONTHS = {
    "to_the_last_row": ([HALF, HALF - LATE, LATE], [[0, 1, 2]]),
    "one_row_too_many": ([HALF, HALF, 1], [[0, 1]]),
    "full_parts_stay": ([LATE, FULL, FULL + 1, LATE], [[0, 3]]),
    "whoever_has_room": ([HALF, FULL - LATE, HALF, LATE], [[0, 2], [1, 3]]),
    # No two of these have room for each other: what was compacted is not compacted again.
    "already_compacted": ([HALF + LATE, FULL, HALF], []),
}


@pytest.mark.parametrize(("rows", "places"), LARGE_MONTHS.values(), ids=LARGE_MONTHS)
def test_a_month_of_more_rows_than_one_part_may_have_becomes_several(
    root: Path, rows: list[int], places: list[list[int]]
) -> None:
    with open_for_writing(root, now=JUNE) as store, store.journal.transaction():
        for serial, each in enumerate(rows):
            told = replace(PART, path=f"captures/site=x/month=2026-06/{serial}", rows=each)
            store.journal.parts.add(told, at=JUNE)

    with closing(Journal.read(Layout(root).journal)) as journal:
        found = heaps(journal, now=JULY)

    assert [[int(part.path[-1]) for part in heap.parts] for heap in found] == places


def test_the_journal_names_what_lies_there_and_nothing_else(scattered: Path) -> None:
    compacted(scattered)

    with open_for_writing(scattered, now=JULY) as store:
        named = {part.path: part for part in store.journal.parts.all()}
        assert store.healing.parts == ()
    found = {
        path.relative_to(scattered).as_posix()
        for name in DATASETS
        for path in (scattered / name).rglob("*.parquet")
    }
    assert set(named) == found
    for path, part in named.items():
        assert (scattered / path).stat().st_size == part.size_bytes


def test_the_month_that_goes_on_is_taken_when_asked(scattered: Path) -> None:
    done = compacted(scattered, is_open_too=True)

    assert [each.heap.month for each in done.compacted if each.heap.site == "x"] == [
        "2026-06",
        "2026-07",
        "2026-06",
    ]


CLOSING = {
    "within": (JUNE.replace(day=20), False),
    "the_day_after": (JUNE.replace(month=7, day=2), False),
    "two_days_after": (JUNE.replace(month=7, day=3), True),
}


@pytest.mark.parametrize(("now", "is_closed"), CLOSING.values(), ids=CLOSING.keys())
def test_a_month_is_closed_two_days_after_its_end(
    scattered: Path, now: Any, is_closed: object
) -> None:
    with open_for_writing(scattered, now=now) as store:
        assert bool(heaps(store.journal, now=now)) is is_closed


def test_compacting_again_changes_nothing(scattered: Path) -> None:
    first = compacted(scattered)

    again = compacted(scattered)

    assert again == Compaction(snapshot=first.snapshot)
    folders = {path.name.partition("-")[0] for path in (scattered / "snapshots").iterdir()}
    assert folders == {"000001", "000002"}


def test_a_ledger_that_may_still_be_resumed_stays_as_it_is(root: Path, record: Make) -> None:
    with open_for_writing(root, now=JUNE) as store:
        with store.journal.transaction():
            store.journal.runs.begin(Run(id="stopped", plan="{}", started_at=JUNE))
        for serial, run_id in enumerate([RUN, RUN, "stopped"]):
            row = record("coverage", serial)
            add_part(store, "coverage", [row], part_id=f"{serial}", run_id=run_id)

    done = compacted(root)

    (only,) = done.compacted
    assert {part.run_id for part in only.heap.parts} == {RUN}
    with open_for_writing(root, now=JULY) as store:
        assert store.journal.parts.has_coverage("stopped")


def test_versions_and_captures_follow_their_rows(scattered: Path) -> None:
    with open_for_writing(scattered, now=JULY) as store, store.journal.transaction():
        query = "INSERT INTO version SELECT 'a' || id, 1, '', 0, id FROM part"
        store.journal.query(query)

    compacted(scattered)

    with open_for_writing(scattered, now=JULY) as store:
        query = "SELECT count(*) FROM version v JOIN part p ON p.id = v.part_id"
        assert store.journal.query(query)[0][0] == 9


def test_a_part_that_was_changed_is_refused_and_everything_stays(scattered: Path) -> None:
    part = next((scattered / "articles/site=x/month=2026-06").iterdir())
    part.write_bytes(part.read_bytes() + b"\0")
    before = sorted((scattered / "articles").rglob("*"))

    with pytest.raises(CorruptArchiveError, match=part.name):
        compacted(scattered)

    assert sorted((scattered / "articles").rglob("*")) == before


def test_what_a_full_disk_cut_off_gives_its_room_back(scattered: Path) -> None:
    before = urls(scattered / "articles")
    layout = open_store(scattered).layout
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with closing(Journal.read(layout.journal)) as journal:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
        try:
            with pytest.raises(CaptureError):
                merge_heaps(layout, journal, now=JULY)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert not layout.compacting.exists()
    assert urls(scattered / "articles") == before


def test_a_compacted_part_is_sorted_described_and_says_where_it_is_from(
    root: Path, record: Make
) -> None:
    with open_for_writing(root, now=JUNE) as store:
        for serial in range(2):
            rows = [record("captures", n) for n in range(serial, 1_200, 2)]
            add_part(store, "captures", rows, part_id=f"{serial}")

    compacted(root)

    (part,) = (root / "captures").rglob("*.parquet")
    file = pq.ParquetFile(part)
    keys = file.read(["url_surtkey"])["url_surtkey"].to_pylist()
    assert keys == sorted(keys)
    assert file.schema_arrow.equals(DATASETS["captures"].schema, check_metadata=True)
    assert (file.metadata.metadata or {})[b"newsreel.run_id"] == b"snapshot-000002"


def test_a_snapshot_stays_for_a_week_and_goes_whole(scattered: Path) -> None:
    compacted(scattered)
    early, late = JULY + KEPT_FOR - timedelta(seconds=1), JULY + KEPT_FOR

    with open_for_writing(scattered, now=early) as store:
        kept = compact(store, pause=at_once, now=early).expired
    with open_for_writing(scattered, now=late) as store:
        gone = compact(store, pause=at_once, now=late).expired

    assert (kept, gone) == ((), (1,))
    assert {path.name for path in (scattered / "snapshots").iterdir()} == {
        "000002",
        "000002-arriving",
    }
    assert len(urls(scattered / "articles")) == 11


def test_readers_are_given_a_day_at_least(scattered: Path) -> None:
    with pytest.raises(ConfigError, match="at least a day"):
        compacted(scattered, keep_for=timedelta(hours=1))


def test_a_killed_compaction_loses_and_doubles_nothing(scattered: Path, tmp_path: Path) -> None:
    check_kills(scattered, tmp_path, stride=13)


@pytest.mark.soak
def test_a_compaction_killed_at_every_step_loses_and_doubles_nothing(
    scattered: Path, tmp_path: Path
) -> None:
    check_kills(scattered, tmp_path, stride=1)


def check_kills(source: Path, tmp_path: Path, *, stride: int) -> None:
    killed = tmp_path / "killed"
    driver = [sys.executable, "-m", "tests.dataset.killed_compaction"]
    before = urls(source / "articles")

    subprocess.run([*driver, str(source), str(killed), str(stride)], check=True, timeout=300)

    stores = sorted(killed.iterdir())
    assert len(stores) > 50 / stride
    for root in stores:
        assert urls_or_refusal(root / "articles") in (before, None), f"{root.name}: before healing"
        assert sorted(open_store(root).articles.to_arrow(["url"])["url"].to_pylist()) == before
        compacted(root)
        assert urls(root / "articles") == before, f"{root.name}: after healing"
        assert len(list((root / "articles").glob("site=*/month=2026-06/*"))) == 3
        assert list((root / "staging").iterdir()) == []


def urls_or_refusal(folder: Path) -> list[str] | None:
    """Return None where a reader is told to read again."""
    refused = [*folder.rglob(REFUSAL)]
    try:
        return urls(folder)
    except pa.ArrowInvalid:
        return None if refused else []


def test_a_reader_that_began_before_a_compaction_ends_behind_it(scattered: Path) -> None:
    store = open_store(scattered)
    rows, connection = store.articles.scan(), store.connect()
    resolved = os.path.realpath(scattered / "articles")

    compacted(scattered)

    assert rows.to_table(columns=["url"]).num_rows == 11
    assert connection.sql("SELECT count(DISTINCT url) FROM articles").fetchall() == [(11,)]
    assert len(pd.read_parquet(resolved)) == 11

"""Compaction: the parts of a closed month become few, while readers read and nothing is doubled.

Merging takes a while, so it is done beside the store, and crawls go on. Then the new parts and
links to all that stays are put into the folder of the next snapshot, which nobody looks into. One
transaction of the journal makes it the current one; handover.py leads readers there. Killed before
the transaction, nothing has happened; killed behind it, the next opening moves the links on.
"""

import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Final

from archive.counted import counted
from archive.dataset.merge import merge_parts
from archive.dataset.schema import DATASETS, SCHEMA_VERSION
from archive.dataset.succession import succeed
from archive.dataset.writer import sha256_of
from archive.durable import share
from archive.errors import ConfigError, CorruptArchiveError, write_failure
from archive.fault import fault
from archive.journal.journal import Journal
from archive.journal.parts import PublishedPart
from archive.journal.snapshots import Replacement, Snapshot
from archive.layout import Layout
from archive.snapshots import clear_away, part_file
from archive.store import Store

CLOSED_AFTER: Final = timedelta(days=2)
"""A month is closed this long after its end: a crawl that spans midnight has ended by then."""
KEPT_FOR: Final = timedelta(days=7)
"""How long a snapshot stays after the next one took its place; at least a day is kept."""
MOST_ROWS: Final = 50_000
"""Of a part that is made: what its writer holds to the end grows by 128 KB a row group (measured,
benchmarks/README.md)."""
_SHORTEST_KEPT: Final = timedelta(days=1)
_RUN_PREFIX: Final = "snapshot-"
"""Stands where a part of one run has the run's id."""
# As archive/layout.py names a part.
_PLACE: Final = re.compile(r"(?P<dataset>\w+)/site=(?P<site>[^/]+)/month=(?P<month>\d{4}-\d{2})/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heap:
    """Parts of one site and month that are to become one, of MOST_ROWS at most."""

    dataset: str
    site: str
    month: str
    parts: tuple[PublishedPart, ...]

    @property
    def rows(self) -> int:
        """Of all its parts."""
        return sum(part.rows for part in self.parts)

    @property
    def size_bytes(self) -> int:
        """Of all its parts."""
        return sum(part.size_bytes for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted:
    """A heap and the part that stands for it now."""

    heap: Heap
    part: PublishedPart


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Parts that are written and wait for their place."""

    number: int
    """The snapshot that they were written for."""
    compacted: tuple[Compacted, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compaction:
    """What one compaction did."""

    snapshot: int
    """The current one now; the one before when there was nothing to do."""
    compacted: tuple[Compacted, ...] = ()
    expired: tuple[int, ...] = ()
    """Snapshots that are gone: their time was over."""


def heaps(journal: Journal, *, now: datetime, is_open_too: bool = False) -> tuple[Heap, ...]:
    """Return what a compaction would take up: parts of a closed month that fit into one.

    A month with more rows than one part may have is several heaps.
    The ledger of a run that may still be resumed stays as it is: resuming looks for its parts.
    """
    finished = journal.runs.ended()
    found: dict[tuple[str, str, str], list[PublishedPart]] = defaultdict(list)
    for part in journal.parts.all():
        place = _PLACE.match(part.path)
        is_resumable = part.dataset == "coverage" and not (
            part.run_id in finished or part.run_id.startswith(_RUN_PREFIX)
        )
        if place and not is_resumable and (is_open_too or _is_closed(place["month"], now)):
            found[place["dataset"], place["site"], place["month"]].append(part)
    return tuple(
        Heap(dataset=dataset, site=site, month=month, parts=tuple(parts))
        for (dataset, site, month), published in sorted(found.items())
        for parts in _loads(published)
        if len(parts) > 1
    )


def _loads(parts: Sequence[PublishedPart]) -> list[tuple[PublishedPart, ...]]:
    """Return a month's parts in loads of MOST_ROWS at most, or of one part that has more.

    Each goes to the first load that has room for it. So no two loads have room for each other, and
    what was compacted is not compacted again.
    """
    loads: list[list[PublishedPart]] = []
    rows: list[int] = []
    for part in parts:
        fits = (place for place, taken in enumerate(rows) if taken + part.rows <= MOST_ROWS)
        if (place := next(fits, None)) is None:
            loads.append([part])
            rows.append(part.rows)
        else:
            loads[place].append(part)
            rows[place] += part.rows
    return [tuple(load) for load in loads]


def _is_closed(month: str, now: datetime) -> bool:
    begins = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    ends = (begins + timedelta(days=32)).replace(day=1)
    return now >= ends + CLOSED_AFTER


def merge_heaps(
    layout: Layout,
    journal: Journal,
    *,
    now: datetime,
    is_open_too: bool = False,
    report: Callable[[Heap], None] = lambda _: None,
) -> Merged:
    """Write the part of every heap, beside whoever writes to the store; no reader sees it yet.

    Raises CorruptArchiveError when a part is not what was published, CaptureError when the disk
    refuses.
    """
    current = journal.snapshots.current()
    number = current.number + 1 if current else 1
    compacted: list[Compacted] = []
    try:
        with _given_back(layout.compacting):
            shutil.rmtree(layout.compacting, ignore_errors=True)
            layout.compacting.mkdir()
            for heap in heaps(journal, now=now, is_open_too=is_open_too):
                report(heap)
                compacted.append(_compacted(layout, current, heap, number, len(compacted) + 1))
    except OSError as error:
        raise write_failure(error, layout.root) from error
    return Merged(number=number, compacted=tuple(compacted))


@contextmanager
def _given_back(folder: Path) -> Iterator[None]:
    """Take a folder away when the block fails: it would fill a disk that is full already."""
    with ExitStack() as failing:
        failing.callback(shutil.rmtree, folder, ignore_errors=True)
        yield
        failing.pop_all()


def compact(  # noqa: PLR0913 - one parameter a choice, most with a default
    store: Store,
    *,
    now: datetime,
    pause: Callable[[float], None],
    is_open_too: bool = False,
    keep_for: timedelta = KEPT_FOR,
    merged: Merged | None = None,
    report: Callable[[Heap], None] = lambda _: None,
) -> Compaction:
    """Put every heap's part in the place of its parts, and let go of snapshots whose time is over.

    `merged` is what was written beforehand; heaps that were taken up by somebody else since are
    merged anew. `pause` waits some seconds, twice, while plain readers are refused where parts give
    way; others go on reading. Raises ConfigError for a time that is too short for readers,
    CorruptArchiveError when a part is not what was published, CaptureError when the disk refuses.
    """
    if keep_for < _SHORTEST_KEPT:
        raise ConfigError(
            "a snapshot is kept for at least a day: a reader may have begun with it; "
            "give --keep-days 1 or more"
        )
    layout, journal = store.layout, store.journal
    current = journal.snapshots.current()
    assert current is not None  # opening a store for writing makes one
    number = current.number
    if merged is None or merged.number != number + 1:
        merged = merge_heaps(layout, journal, now=now, is_open_too=is_open_too, report=report)
    try:
        with _given_back(layout.compacting):
            if merged.compacted:
                for each in merged.compacted:
                    name = PurePosixPath(each.part.path).name
                    share(layout.compacting / name, layout.staged(name))
                replacements = [_replacement(each) for each in merged.compacted]
                number = succeed(layout, journal, replacements, now=now, pause=pause)
        shutil.rmtree(layout.compacting)
        expired = _expire(layout, journal, now - keep_for)
    except OSError as error:
        raise write_failure(error, layout.root) from error
    return Compaction(snapshot=number, compacted=merged.compacted, expired=expired)


def _compacted(
    layout: Layout, current: Snapshot | None, heap: Heap, number: int, serial: int
) -> Compacted:
    """Write a heap's part under its last name."""
    paths = [_sound(part_file(layout, current, part.path), part) for part in heap.parts]
    run_id = f"{_RUN_PREFIX}{number:06d}"
    name = f"part-{run_id}-{serial:05d}.parquet"
    written = layout.compacting / name
    rows = merge_parts(
        paths,
        DATASETS[heap.dataset],
        written,
        footer={"newsreel.run_id": run_id},
        scratch=lambda scratch: layout.compacting / scratch,
    )
    fault("compact.merged")
    if rows != heap.rows:
        raise CorruptArchiveError(
            paths[0].parent,
            0,
            f"its parts hold {counted(rows, 'row')}, not the {heap.rows:,} published",
        )
    part = PublishedPart(
        dataset=heap.dataset,
        path=f"{heap.dataset}/site={heap.site}/month={heap.month}/{name}",
        rows=rows,
        size_bytes=written.stat().st_size,
        sha256=sha256_of(written),
        schema_version=SCHEMA_VERSION,
        run_id=run_id,
    )
    return Compacted(heap=heap, part=part)


def _sound(path: Path, part: PublishedPart) -> Path:
    """Return a part's file; one that changed since it was published must not become another."""
    try:
        found = sha256_of(path)
    except FileNotFoundError as error:
        raise CorruptArchiveError(path, 0, "it is not there") from error
    if found != part.sha256:
        raise CorruptArchiveError(path, 0, "it is not what was published: see `newsreel verify`")
    return path


def _replacement(each: Compacted) -> Replacement:
    return Replacement(part=each.part, replaced=tuple(part.path for part in each.heap.parts))


def _expire(layout: Layout, journal: Journal, before: datetime) -> tuple[int, ...]:
    expired = tuple(
        each.number
        for each in journal.snapshots.all()
        if each.closed_at is not None and each.closed_at <= before
    )
    if expired:
        with journal.transaction():
            journal.snapshots.forget(expired)
        clear_away(layout, expired)
    return expired

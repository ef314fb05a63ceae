"""A store open for writing: the lock, the journal, and healing what a crash left behind.

Nothing is repaired that was committed: healing only takes away what no transaction ever named. It
keeps even that: the tail of a WARC goes to `quarantine/tails`, byte for byte.
"""

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Final

from archive.counted import counted
from archive.dictionary import schema_file
from archive.durable import held, publish, sync_folder, write_whole
from archive.errors import ConfigError, LossError, write_failure
from archive.fault import fault
from archive.index.build import index_after_sealing
from archive.journal.journal import Journal
from archive.journal.runs import WarcFile
from archive.layout import WARC_NAME, Layout
from archive.snapshots import settle
from archive.warc.writer import OPEN_SUFFIX

logger = logging.getLogger(__name__)

DATASETS: Final = ("articles", "captures", "coverage")

_README: Final = """\
This folder is a Newsreel store.

warc/      the pages, byte for byte (WARC/1.1, one gzip member a record)
articles/  one row a version of an article (Parquet; so are the next two)
captures/  one row a request
coverage/  one row an advertised address and run: what became of it
schema.json what every column holds; views.sql the views, for DuckDB
snapshots/ what the three above are links to, and what they were before the last compactions
journal.db what is committed (SQLite); runs/ logs; quarantine/ what could not be read
withdrawn.jsonl what was taken down: keep it, with every copy

    pandas.read_parquet("articles")        newsreel sql --store . "select * from articles_latest"

Nothing in here needs to be edited. Prove it sound with: newsreel verify --store .
"""
_IS_STORE: Final = _README.encode().partition(b"\n")[0]
"""What every version's README opens with."""


_VIEWS_HEAD: Final = """\
-- In a store that has crawled: duckdb -init views.sql
SET TimeZone = 'UTC';
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Healing:
    """What opening a store had to put right."""

    tails: tuple[Path, ...] = ()
    """Uncommitted ends of WARCs, now in quarantine/tails."""
    parts: tuple[Path, ...] = ()
    """Parquet files that no transaction named, removed: their rows are extracted again."""
    sealed: tuple[str, ...] = ()
    """WARCs that had their final name already."""


@dataclass(frozen=True, slots=True)
class Store:
    """A store that this process alone writes to."""

    layout: Layout
    journal: Journal
    healing: Healing


@contextmanager
def open_for_writing(root: Path, *, now: datetime) -> Iterator[Store]:
    """Open or make a store, heal it, and hold it until the block ends.

    Raises StoreInUseError beside another writer, StoreFormatError for a newer store, LossError
    when committed bytes are missing, CaptureError when the disk refuses what healing has to write,
    ConfigError when the folder is somebody's own.
    """
    layout = Layout(root)
    _refuse_a_strange_folder(layout)
    _refuse_a_file_for_a_folder(layout)
    with held(layout.lock):
        if not layout.journal.exists():
            _refuse_a_lost_journal(layout)
        journal = Journal.open(layout.journal)
        try:
            yield _healed(layout, journal, now)
        finally:
            journal.close()


def _healed(layout: Layout, journal: Journal, now: datetime) -> Store:
    try:
        _prepare(layout)
        if not journal.runs.newest(1):
            _refuse_a_lost_journal(layout)
        settle(layout, journal, DATASETS, now=now)
        return Store(layout, journal, heal(layout, journal, now))
    except OSError as error:
        raise write_failure(error, layout.root) from error


def _prepare(layout: Layout) -> None:
    for folder in (layout.warcs, layout.staging):
        folder.mkdir(parents=True, exist_ok=True)
    if not layout.readme.exists():
        write_whole(layout.readme, _README.encode())
    for path, text in ((layout.schema, schema_file()), (layout.views, _views())):
        if not path.exists() or path.read_bytes() != text:
            write_whole(path, text)


def _views() -> bytes:
    """Return the views over the parts themselves, by paths below the store."""
    tables = "".join(
        f"CREATE OR REPLACE VIEW {name} AS FROM read_parquet('{name}/**/*.parquet', "
        "hive_partitioning = true, hive_types = {'site': VARCHAR, 'month': VARCHAR}, "
        "union_by_name = true);\n"
        for name in DATASETS
    )
    views = (files("archive.dataset") / "views.sql").read_text("utf-8")
    return (
        (_VIEWS_HEAD + tables + "\n" + views)
        .replace("CREATE VIEW", "CREATE OR REPLACE VIEW")
        .encode()
    )


def is_store(layout: Layout) -> bool:
    """Whether a folder is a store or what is left of one, and so whether its files are ours."""
    if layout.journal.exists():
        return True
    warcs = layout.warcs.iterdir() if layout.warcs.is_dir() else iter(())
    if any(WARC_NAME.fullmatch(path.name.removesuffix(OPEN_SUFFIX)) for path in warcs):
        return True
    return layout.readme.is_file() and layout.readme.read_bytes().startswith(_IS_STORE)


def _refuse_a_strange_folder(layout: Layout) -> None:
    """Keep a new store from clearing away what is not its own, such as a project's `staging`.

    The names are looked at before the journal is: a store that is made beside us has its journal
    first.
    """
    own = (*layout.own_names, *map(layout.dataset, DATASETS))
    names = sorted(path.name for path in own if os.path.lexists(path))
    if names and not is_store(layout):
        raise ConfigError(
            f"{layout.root} is not a store, and holds {', '.join(names)}, which a store "
            "would write over; give another --store"
        )


def _refuse_a_file_for_a_folder(layout: Layout) -> None:
    """Say before anything begins what a crawl would otherwise meet in its midst."""
    for folder in layout.own_folders:
        if os.path.lexists(folder) and not folder.is_dir():
            raise ConfigError(
                f"{folder} is in the way: a store has a folder of that name; move it elsewhere"
            )


def _refuse_a_lost_journal(layout: Layout) -> None:
    """Keep healing from clearing a store away: to an empty journal, every file is uncommitted."""
    kept = [path for name in DATASETS for path in layout.dataset(name).rglob("*.parquet")]
    kept += [path for path in layout.warcs.glob("*") if path.is_file()]
    if kept:
        raise LossError(
            f"{layout.journal} knows of no run, yet here is what runs wrote, "
            f"{counted(len(kept), 'file')}: restore "
            "the journal from a copy, or rebuild it with `newsreel verify --repair`"
        )


def heal(layout: Layout, journal: Journal, now: datetime) -> Healing:
    """Take away what no transaction ever named; the store is held. Raises LossError as opening."""
    if layout.staging.exists():
        shutil.rmtree(layout.staging)
    layout.staging.mkdir()
    healing = Healing(
        tails=tuple(_heal_warcs(layout, journal.runs.warcs())),
        sealed=tuple(_finish_sealing(layout, journal, now)),
        parts=tuple(_remove_unnamed_parts(layout, journal)),
    )
    if healing.sealed:
        index_after_sealing(layout)
    for tail in healing.tails:
        logger.warning("warc healed tail=%s bytes=%d", tail, tail.stat().st_size)
    for part in healing.parts:
        logger.warning("part removed path=%s reason=not-committed", part)
    return healing


def _heal_warcs(layout: Layout, known: tuple[WarcFile, ...]) -> Iterator[Path]:
    """Cut each WARC back to its committed length; a file that no transaction named goes whole."""
    committed = {warc.filename: warc.committed_length for warc in known}
    for path in sorted(filter(Path.is_file, layout.warcs.iterdir())):
        length = committed.pop(path.name.removesuffix(OPEN_SUFFIX), 0)
        size = path.stat().st_size
        if size == 0 == length:
            path.unlink()  # opened, and killed before its warcinfo: no reader takes it for a WARC
        if size < length:
            raise LossError(
                f"{path} has {counted(size, 'byte')}, not the {length:,} committed: real loss; "
                "restore the file from a copy, or see what it still holds with `newsreel verify`"
            )
        if size > length:
            yield cut_back(layout, path, length)
    if committed:
        raise LossError(
            f"{layout.warc(min(committed))} is missing: the store lacks "
            f"{counted(len(committed), 'committed WARC file')}; restore from a copy"
        )


def cut_back(layout: Layout, path: Path, length: int) -> Path:
    """Move what lies beyond a length to quarantine/tails; the file goes when nothing is left."""
    tail = layout.tail(path.name.removesuffix(OPEN_SUFFIX), length)
    if not length:
        publish(path, tail)
        sync_folder(path.parent)
        return tail
    staged = layout.staged(tail.name)
    with path.open("rb") as source, staged.open("wb") as target:
        source.seek(length)
        shutil.copyfileobj(source, target)
    publish(staged, tail)
    fault("heal.tail_kept")
    with path.open("r+b") as file:
        file.truncate(length)
        fault("heal.cut")
        os.fsync(file.fileno())
    return tail


def _finish_sealing(layout: Layout, journal: Journal, now: datetime) -> Iterator[str]:
    """Seal what a crawl was killed before sealing: its run has ended, or its file has its name."""
    ended = journal.runs.ended()
    for warc in journal.runs.warcs():
        final = layout.warc(warc.filename)
        if warc.is_sealed or not (final.exists() or warc.run_id in ended):
            continue
        if not final.exists():
            publish(final.with_name(final.name + OPEN_SUFFIX), final)
        fault("heal.sealed")
        with journal.transaction():
            journal.runs.seal_warc(warc.filename, now)
        yield warc.filename


def _remove_unnamed_parts(layout: Layout, journal: Journal) -> Iterator[Path]:
    named = {part.path for part in journal.parts.all()}
    for dataset in DATASETS:
        for path in sorted(layout.dataset(dataset).rglob("*.parquet")):
            if path.relative_to(layout.root).as_posix() not in named:
                path.unlink()
                fault("heal.part_removed")
                yield path


def find_warc(layout: Layout, filename: str) -> Path:
    """Return where a WARC lies now: under its name, or under `.open` while it grows."""
    path = layout.warc(filename)
    return path if path.exists() else path.with_name(filename + OPEN_SUFFIX)

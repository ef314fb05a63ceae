"""Exporting a WACZ: the whole store, or the captures of a site or of some days.

The whole store is copied file by file, so that the rows of its dataset go on saying where their
bytes are; of a selection, new WARCs are made. Whatever the store's size, what is in memory is one
record, a run of index lines to sort and a batch of rows.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.dataset.export import count_rows, selected_rows
from archive.dataset.reader import open_store
from archive.durable import publish, staging_beside
from archive.errors import ConfigError, write_failure
from archive.existing import existing_store
from archive.index.merge import merge_files, sort_into_runs
from archive.journal.journal import Journal
from archive.layout import Layout
from archive.selection import Selection
from archive.wacz.captures import Total, take, taken
from archive.wacz.contents import PAGE_COLUMNS, write_index, write_pages
from archive.wacz.copying import Maker, copy_captures, copy_files
from archive.wacz.package import Package
from archive.warc.records import Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What a WACZ holds."""

    captures: int
    """Answers and revisits, and what those stand on."""
    pages: int
    """Articles in the list a player opens with, one a version."""
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What a WACZ would hold."""

    captures: int
    """Answers and revisits."""
    pages: int
    answer_bytes: int
    """Of the answers' records, compressed; requests, index and pages come on top."""


def foresee_wacz(root: Path, selection: Selection) -> Foreseen:
    """Return what an export would take, without writing anything; raises as `export_wacz` does."""
    layout = existing_store(root)
    with _reading(layout) as (journal, db):
        found = take(journal, layout, db, selection)
    _require_captures(found, selection)
    pages = count_rows(open_store(root).articles, selection)
    return Foreseen(captures=found.captures, pages=pages, answer_bytes=found.answer_bytes)


def export_wacz(
    root: Path, out: Path, selection: Selection, *, now: datetime, software: str
) -> Exported:
    """Write a WACZ; it has its name only once it is whole and on disk.

    Only reads the store, also beside a crawl: what is committed when it begins is in it. Raises
    ConfigError when nothing is selected, CorruptArchiveError when a record is not whole,
    CaptureError when the disk refuses.
    """
    layout = existing_store(root)
    try:
        with staging_beside(out) as scratch:
            staged = scratch.joinpath(out.name)
            provenance = Provenance(software=software, run_id=f"newsreel export, {selection}")
            maker = Maker(provenance=provenance, now=now, scratch=scratch)
            captures, pages = _write(layout, staged, selection, maker)
            size_bytes = staged.stat().st_size
            publish(staged, out)
    except OSError as error:
        raise write_failure(error, out) from error
    return Exported(captures=captures, pages=pages, size_bytes=size_bytes)


def _write(layout: Layout, staged: Path, selection: Selection, maker: Maker) -> tuple[int, int]:
    """Write the package; return how many captures and pages are in it."""
    # In this order: a row is published only after its capture is committed, so every page of the
    # parts there are now has its capture in the journal that is read next.
    pages = selected_rows(open_store(layout.root).articles, selection, PAGE_COLUMNS)
    with (
        _reading(layout) as (journal, db),
        staged.open("wb") as file,
        Package(file, created=maker.now) as package,
    ):
        _require_captures(take(journal, layout, db, selection), selection)
        known = [warc for warc in journal.runs.warcs() if warc.committed_length]
        if selection.is_whole:
            copied = copy_files(package, layout, known, now=maker.now)
        else:
            ends = {warc.filename: warc.committed_length for warc in known}
            copied = copy_captures(package, layout, taken(db), ends=ends, maker=maker)
        with closing(copied) as lines:
            runs = sort_into_runs(lines, maker.scratch)
        captures = write_index(package, merge_files(runs, maker.scratch))
        page_count = write_pages(package, pages)
        package.finish(
            title=f"Newsreel: {selection}",
            description=f"Captures of {selection}, as they crossed the wire.",
            software=maker.provenance.software,
        )
    return captures, page_count


@contextmanager
def _reading(layout: Layout) -> Iterator[tuple[Journal, sqlite3.Connection]]:
    """Open the journal, and hold on to this moment of it."""
    journal = Journal.read(layout.journal)
    try:
        with journal.snapshot() as db:
            yield journal, db
    finally:
        journal.close()


def _require_captures(found: Total, selection: Selection) -> None:
    if not found.captures:
        raise ConfigError(f"there is nothing to export: no answer was captured of {selection}")

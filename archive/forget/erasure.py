"""The second step of a takedown: the records are overwritten in the WARCs, by blanks as long.

A file is written anew beside the old one and takes its place by one rename, so that a kill leaves
the one or the other. Every other record stays where it was, byte for byte.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from archive.durable import publish
from archive.errors import ConfigError, StoreInUseError, write_failure
from archive.forget.matter import Matter
from archive.journal.journal import Journal
from archive.journal.runs import WarcFile
from archive.layout import Layout
from archive.store import Store
from archive.warc.blank import Picking, blank_member, runs_of
from archive.warc.reader import walk
from archive.withdrawn import Step, Withdrawals, note, withdrawals

_MOST_NAMED: Final = 10

Span = tuple[int, int]
"""Place and length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was overwritten."""

    files: int
    captures: int
    size_bytes: int


def refuse_erasure(journal: Journal, matter: Matter) -> None:
    """Raise ConfigError when others stand on these records, StoreInUseError while a file grows."""
    others = journal.withdrawing.standing_on(matter.ids)
    if others:
        named = ", ".join(others[:_MOST_NAMED])
        more = f" and {len(others) - _MOST_NAMED:,} more" if len(others) > _MOST_NAMED else ""
        raise ConfigError(
            f"{named}{more} brought the same bytes, which lie in these records alone: "
            "name it in the same command, or leave --erase out"
        )
    growing = [warc.filename for warc in _warcs(journal, matter) if not warc.is_sealed]
    if growing:
        raise StoreInUseError(
            f"{growing[0]} still grows: --erase has to wait until its run has ended, under "
            "`crawl --due` a day at most; without --erase it is withdrawn from readers now"
        )


def erase(store: Store, matter: Matter, *, now: datetime) -> Erased:
    """Overwrite the records of a matter that is withdrawn, and delete its captures.

    Raises CorruptArchiveError for a WARC that is damaged, CaptureError when the disk refuses.
    """
    layout, journal = store.layout, store.journal
    known = withdrawals(layout)
    theirs = {each.identity: known[each.identity] for each in matter.addresses}
    found = [
        (warc.filename, spans)
        for warc in _warcs(journal, matter)
        if (spans := tuple(runs_of(_theirs(layout.warc(warc.filename), theirs))))
    ]
    try:
        if not all(each.is_erased for each in theirs.values()):
            note(layout, Step.ERASED, theirs.values(), at=now)
        for filename, spans in found:
            _overwrite(layout, filename, spans, now)
        # What an interrupted verification noted holds the records' fields.
        shutil.rmtree(layout.verifying, ignore_errors=True)
        journal.query("PRAGMA secure_delete = ON")
        with journal.transaction():
            captures = journal.withdrawing.erase(matter.ids)
        journal.query("PRAGMA wal_checkpoint(TRUNCATE)")
    except OSError as error:
        raise write_failure(error, layout.warcs) from error
    size = sum(length for _, spans in found for _, length in spans)
    return Erased(files=len(found), captures=captures, size_bytes=size)


def copies_aside(layout: Layout) -> tuple[str, ...]:
    """Return what repairs put aside, which may hold it still; nothing in there is ever changed."""
    replaced = (path for path in layout.quarantine.glob("replaced-*"))
    aside = (path for folder in (layout.tails, layout.damaged) for path in folder.glob("*"))
    return tuple(
        path.relative_to(layout.root).as_posix()
        for path in sorted((*replaced, *aside))
        if path.suffix != ".json"
    )


def _warcs(journal: Journal, matter: Matter) -> tuple[WarcFile, ...]:
    """Return the WARCs of the runs that captured it: a request alone is in none that it names."""
    runs = {each.run_id for each in journal.withdrawing.captures_of(matter.ids)}
    return tuple(warc for warc in journal.runs.warcs() if warc.run_id in runs)


def _theirs(path: Path, theirs: Withdrawals) -> Iterator[Span]:
    picking = Picking(theirs)
    for location, record in walk(path):
        if picking.takes(record):
            yield location.offset, location.length


def _overwrite(layout: Layout, filename: str, spans: tuple[Span, ...], now: datetime) -> None:
    path = layout.warc(filename)
    staged = layout.staged(filename)
    shutil.copyfile(path, staged)
    with staged.open("r+b") as file:
        for offset, length in spans:
            file.seek(offset)
            file.write(blank_member(length, name=f"{filename} {offset}", at=now))
    publish(staged, path)

"""The first step of a takedown: readers have it no more, and it is never asked for again.

In this order: the log says so; the next snapshot holds the datasets without it, in one step with
the journal; older snapshots, indexes and notes that still hold it go. Killed anywhere in between,
the same command does what is left. The records stay in the WARCs (archive/forget/erasure.py).
"""

import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath

from archive.dataset.schema import DATASETS, SCHEMA_VERSION
from archive.dataset.succession import succeed
from archive.dataset.thinning import concerned_rows, thin_part
from archive.dataset.writer import sha256_of
from archive.durable import is_held
from archive.errors import write_failure
from archive.forget.matter import Matter
from archive.index.build import leave_out
from archive.journal.journal import Journal
from archive.journal.parts import PublishedPart
from archive.journal.snapshots import Replacement
from archive.journal.withdrawing import Concerned
from archive.layout import Layout
from archive.search.index import unlearn
from archive.snapshots import clear_away, part_file
from archive.store import Store
from archive.withdrawn import Step, Withdrawal, note, withdrawals


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A part with rows of what is withdrawn."""

    part: PublishedPart
    rows: Counter[str]
    """By the address as the rows have it."""


def held_rows(layout: Layout, journal: Journal, matter: Matter) -> tuple[Held, ...]:
    """Return the parts that hold rows of a matter; raises CorruptArchiveError for a damaged one."""
    current = journal.snapshots.current()
    found = (
        Held(
            part=part,
            rows=concerned_rows(
                part_file(layout, current, part.path), part.dataset, matter.is_concerned
            ),
        )
        for part in journal.parts.all()
    )
    return tuple(each for each in found if each.rows)


def rows_by_dataset(held: Sequence[Held]) -> dict[str, int]:
    """Return how many rows of each dataset are withdrawn; those of coverage stay, emptied."""
    return {
        name: sum(each.rows.total() for each in held if each.part.dataset == name)
        for name in DATASETS
    }


def withdraw(
    store: Store,
    matter: Matter,
    *,
    reason: str | None,
    now: datetime,
    pause: Callable[[float], None],
) -> Mapping[str, int]:
    """Withdraw a matter from readers; return how many rows of each dataset that took away.

    `pause` waits some seconds while plain readers are refused (archive/dataset/handover.py).
    Raises CorruptArchiveError for a part that is damaged, CaptureError when the disk refuses.
    """
    layout, journal = store.layout, store.journal
    try:
        held = held_rows(layout, journal, matter)
        thinned = _thinned(layout, journal, held, matter)
        known = withdrawals(layout)
        fresh = [each for each in matter.addresses if each.identity not in known]
        if fresh:
            told = [_told(each, matter, held, reason, now) for each in fresh]
            note(layout, Step.WITHDRAWN, told, at=now)
        journal.query("PRAGMA secure_delete = ON")  # titles do not stay in free pages
        _commit(store, matter, thinned, now, pause)
        _clear_traces(layout, journal, matter)
        journal.query("PRAGMA wal_checkpoint(TRUNCATE)")
    except OSError as error:
        raise write_failure(error, layout.root) from error
    return rows_by_dataset(held)


def _thinned(
    layout: Layout, journal: Journal, held: Sequence[Held], matter: Matter
) -> Mapping[str, PublishedPart | None]:
    """Write the parts without what is withdrawn, beside those that readers see.

    By the path of the old one; None where no row is left.
    """
    current = journal.snapshots.current()
    assert current is not None  # opening a store for writing makes one
    found: dict[str, PublishedPart | None] = {}
    for serial, each in enumerate(held, start=1):
        old = each.part
        name = f"part-withdrawn-{current.number + 1:06d}-{serial:05d}.parquet"
        staged = layout.staged(name)
        left = thin_part(
            part_file(layout, current, old.path),
            staged,
            old.dataset,
            matter.is_concerned,
            rows=old.rows,
            footer={"newsreel.run_id": old.run_id},
        )
        found[old.path] = None
        if left:
            found[old.path] = replace(
                old,
                path=PurePosixPath(old.path).with_name(name).as_posix(),
                rows=left,
                size_bytes=staged.stat().st_size,
                sha256=sha256_of(staged),
                schema_version=SCHEMA_VERSION,
            )
    return found


def _told(
    each: Concerned, matter: Matter, held: Sequence[Held], reason: str | None, now: datetime
) -> Withdrawal:
    own = Matter(addresses=(each,), article_ids={})
    rows: Counter[str] = Counter()
    for one in held:
        rows[one.part.dataset] += sum(n for url, n in one.rows.items() if own.is_concerned(url))
    return Withdrawal(
        url=each.url,
        at=now,
        reason=reason,
        article_ids=matter.article_ids[each.id],
        rows=rows,
        captures=each.captures,
    )


def _commit(
    store: Store,
    matter: Matter,
    thinned: Mapping[str, PublishedPart | None],
    now: datetime,
    pause: Callable[[float], None],
) -> None:
    """Make it true for readers and for crawls, in one step."""
    before = [each.number for each in store.journal.snapshots.all()]

    def withdraw_each(journal: Journal) -> None:
        for each in matter.addresses:
            journal.withdrawing.withdraw(each.id)

    def withdraw_with_the_past(journal: Journal) -> None:
        withdraw_each(journal)
        journal.snapshots.forget(before)

    if thinned:  # who went back in time would find it in the snapshots before
        succeed(
            store.layout,
            store.journal,
            [Replacement(part=new, replaced=(old,)) for old, new in thinned.items() if new],
            now=now,
            pause=pause,
            dropped=[old for old, new in thinned.items() if new is None],
            also=withdraw_with_the_past,
        )
        clear_away(store.layout, before)
    elif not all(each.is_withdrawn for each in matter.addresses):
        with store.journal.transaction():
            withdraw_each(store.journal)


def _clear_traces(layout: Layout, journal: Journal, matter: Matter) -> None:
    """Take it out of what is made of WARCs and parts, and out of what waits to become parts."""
    leave_out(layout, withdrawals(layout))
    for capture in journal.withdrawing.captures_of(matter.ids):
        with suppress(FileNotFoundError):
            layout.quarantined(capture.record_id).unlink()
    shutil.rmtree(layout.rereading, ignore_errors=True)
    if not is_held(layout.compacting_lock):  # one that goes on merges anew
        shutil.rmtree(layout.compacting, ignore_errors=True)
    unlearn(layout)

"""Which parts a store consisted of at a moment: time travel over its snapshots."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from archive.dataset.schema import DATASETS
from archive.errors import ConfigError
from archive.journal.journal import Journal
from archive.journal.snapshots import Snapshot
from archive.layout import Layout
from archive.snapshots import placed, published_in

At = int | str | date | datetime
"""A snapshot's number, or a moment: a day means its end, a time without a zone is UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The parts of every dataset at one moment; they stay as long as their snapshot is kept."""

    snapshot: int
    folders: Mapping[str, Path]
    """Where each dataset's `site=` folders are."""
    files: Mapping[str, tuple[Path, ...]]


def moment_of(layout: Layout, at: At) -> Moment:
    """Return what the store consisted of.

    A moment between two publications is told to the part. Raises ConfigError when nothing is kept
    of that time, or it is no time.
    """
    wanted = read_moment(at)
    journal = Journal.read(layout.journal)
    try:
        with journal.snapshot():
            snapshot = _snapshot_of(layout, journal.snapshots.all(), wanted)
            published = (
                journal.snapshots.published()
                if snapshot.closed_at is None
                else published_in(layout, snapshot.number)
            )
    finally:
        journal.close()
    until = wanted if isinstance(wanted, datetime) else None
    named = [path for path, then in published.items() if until is None or then <= until]
    return Moment(
        snapshot=snapshot.number,
        folders={name: layout.snapshot(snapshot.number) / name for name in DATASETS},
        files={
            name: tuple(
                placed(layout, snapshot.number, path)
                for path in sorted(named)
                if path.startswith(f"{name}/")
            )
            for name in DATASETS
        },
    )


def _snapshot_of(layout: Layout, kept: tuple[Snapshot, ...], wanted: int | datetime) -> Snapshot:
    if not kept:
        raise ConfigError(f"{layout.root} has no snapshots yet: the next crawl makes the first")
    if isinstance(wanted, int):
        for snapshot in kept:
            if snapshot.number == wanted:
                return snapshot
        numbers = ", ".join(str(snapshot.number) for snapshot in kept)
        raise ConfigError(f"{layout.root} keeps no snapshot {wanted}: it has {numbers}")
    for snapshot in reversed(kept):
        if snapshot.opened_at <= wanted:
            return snapshot
    raise ConfigError(
        f"{layout.root} keeps nothing of {wanted:%Y-%m-%d %H:%M} UTC: its oldest snapshot is of "
        f"{kept[0].opened_at:%Y-%m-%d %H:%M} UTC"
    )


def read_moment(at: At) -> int | datetime:
    """Return the number or the moment that is meant; raises ConfigError when it is neither."""
    if isinstance(at, int):
        return at
    if isinstance(at, datetime):
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    if isinstance(at, date):
        return datetime.combine(at + timedelta(days=1), time(), UTC) - timedelta(microseconds=1)
    if at.isdecimal():
        return int(at)
    try:
        return read_moment(date.fromisoformat(at) if len(at) == len("2026-06-01") else _instant(at))
    except ValueError as error:
        raise ConfigError(
            f"{at!r} is no moment: give a snapshot's number, 2026-06-01 or 2026-06-01T12:00"
        ) from error


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)

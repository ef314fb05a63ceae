"""The folders of snapshots: a dataset's path is a link that changes over in one step.

A reader that lists a folder and then opens its files must find the same rows whenever it does, so
no folder that it may have listed ever loses a file: the next snapshot is a new folder of hard links
to the same parts, and the link is moved on by one rename. The journal says which snapshot is the
current one; the links follow it, also after a crash. archive/dataset/handover.py leads readers from
one folder to the next.
"""

import json
import re
import shutil
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final

from archive.columns import plain
from archive.durable import move_folder, point, share, sync_folder, write_whole
from archive.errors import CorruptArchiveError, LossError, StoreError
from archive.fault import fault
from archive.journal.journal import Journal
from archive.journal.parts import PublishedPart
from archive.journal.snapshots import Snapshot
from archive.layout import Layout

MANIFEST_VERSION: Final = 1
# As archive/layout.py names them: its own, and those that readers pass on the way from it or to it.
_FOLDER: Final = re.compile(r"(?P<number>\d+)(-leaving|-arriving)?")


def settle(layout: Layout, journal: Journal, datasets: Iterable[str], *, now: datetime) -> None:
    """Let every dataset's path lead to the current snapshot; make the first one when there is none.

    A store of before snapshots has folders there: they become the first snapshot as they are. What
    a killed compaction had prepared or let go of, and the journal does not name, is cleared away.
    Raises LossError when readers were led to a snapshot that the journal does not know yet.
    """
    names = tuple(datasets)
    current = journal.snapshots.current()
    linked = max((_linked(layout, name) for name in names), default=0)
    if current is None:
        number = linked or max((each for each, _ in _folders(layout)), default=0) + 1
        with journal.transaction():
            journal.snapshots.open(number, at=now)
    else:
        number = current.number
    if linked > number:  # the journal changes first, so this is no crash
        raise LossError(
            f"{layout.journal} is older than the datasets: it knows snapshot {number}, they are at "
            f"{linked}; restore the journal that belongs to them, or rebuild it with "
            "`newsreel verify --repair`"
        )
    for name in names:
        _lead(layout, layout.dataset(name), layout.snapshot(number) / name)
    named = {each.number for each in journal.snapshots.all()}
    for each, folder in _folders(layout):
        if each not in named:
            shutil.rmtree(folder)


def _linked(layout: Layout, name: str) -> int:
    """Return the number of the snapshot that a dataset's path leads to; 0 when it is no link."""
    link = layout.dataset(name)
    if not link.is_symlink():
        return 0
    folder = _FOLDER.fullmatch(link.readlink().parent.name)
    return int(folder["number"]) if folder else 0


def followed(layout: Layout, name: str) -> Path:
    """Return the folder of the snapshot that a dataset's path leads to, where nobody is refused."""
    number = _linked(layout, name)
    return layout.snapshot(number) / name if number else layout.dataset(name).resolve()


def _lead(layout: Layout, link: Path, folder: Path) -> None:
    if link.is_symlink() and link.resolve() == folder.resolve() and folder.is_dir():
        return
    if not link.is_symlink() and link.is_dir():
        if not folder.exists():
            move_folder(link, folder)
        elif _listed(link) == _listed(folder):
            # A copy that followed the links (cp -L, rsync -L) has every part twice.
            move_folder(link, layout.staged(f"{link.name}-copied"))
        else:
            raise StoreError(f"{link} is a folder, and {folder} is there, too: move one away")
    folder.mkdir(parents=True, exist_ok=True)
    for above in (layout.snapshots.parent, layout.snapshots, folder.parent):
        sync_folder(above)  # a part's own folder may last, and be lost with one that it lies in
    point(link, folder)
    fault("snapshot.led")


def _listed(folder: Path) -> frozenset[tuple[str, int]]:
    parts = folder.rglob("*.parquet")
    return frozenset((path.relative_to(folder).as_posix(), path.stat().st_size) for path in parts)


def prepare(
    layout: Layout,
    number: int,
    kept: Iterable[str],
    coming: Iterable[str],
    datasets: Iterable[str],
) -> None:
    """Make the folder of a snapshot to come, with the parts that it goes on naming.

    All paths are below the store's root; of parts that are coming only the folders are made. The
    folder lasts when this returns, and no reader sees it.
    """
    shutil.rmtree(layout.snapshot(number), ignore_errors=True)
    folders = {layout.snapshot(number) / name for name in datasets}
    folders |= {placed(layout, number, path).parent for path in coming}
    files = {path: placed(layout, number, path) for path in kept}
    folders |= {target.parent for target in files.values()}
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    for path, target in files.items():
        share(layout.root.joinpath(*PurePosixPath(path).parts).resolve(), target)
    for folder in {above for each in folders for above in (each, *each.parents)}:
        if folder.is_relative_to(layout.snapshots):
            sync_folder(folder)


def lead_on(layout: Layout, journal: Journal, datasets: Iterable[str]) -> None:
    """Let every dataset's path lead to the snapshot that the journal calls the current one."""
    current = journal.snapshots.current()
    assert current is not None  # opening a store for writing makes one
    lead(layout, datasets, layout.snapshot(current.number))


def lead(layout: Layout, datasets: Iterable[str], folder: Path) -> None:
    """Let datasets' paths lead into a folder, each in one step."""
    for name in datasets:
        point(layout.dataset(name), folder / name)
        fault("snapshot.led")


def placed(layout: Layout, number: int, path: str) -> Path:
    """Return where a part, by its path below the root, lies in a snapshot."""
    return layout.snapshot(number).joinpath(*PurePosixPath(path).parts)


def part_file(layout: Layout, current: Snapshot | None, path: str) -> Path:
    """Return where a part lies that the journal names, whatever the links lead to by now."""
    dataset = layout.dataset(PurePosixPath(path).parts[0])
    if current is not None and dataset.is_symlink():
        return placed(layout, current.number, path)
    return layout.root.joinpath(*PurePosixPath(path).parts)


def write_manifest(layout: Layout, snapshot: Snapshot, journal: Journal, *, at: datetime) -> None:
    """Write down which parts a snapshot consists of that is about to be closed."""
    published = journal.snapshots.published()
    told = {
        "manifest_version": MANIFEST_VERSION,
        "snapshot": snapshot.number,
        "opened_at": plain(snapshot.opened_at),
        "closed_at": plain(at),
        "parts": [_told(part, published) for part in journal.parts.all()],
    }
    write_whole(layout.manifest(snapshot.number), json.dumps(told, indent=1).encode())


def _told(part: PublishedPart, published: Mapping[str, datetime]) -> dict[str, Any]:
    return {
        "path": part.path,
        "dataset": part.dataset,
        "rows": part.rows,
        "bytes": part.size_bytes,
        "sha256": part.sha256,
        "schema_version": part.schema_version,
        "run_id": part.run_id,
        "published_at": plain(published[part.path]),
    }


def published_in(layout: Layout, number: int) -> dict[str, datetime]:
    """Return when each part of a closed snapshot was published, by its path.

    Raises CorruptArchiveError when its manifest cannot be read.
    """
    path = layout.manifest(number)
    try:
        told = json.loads(path.read_bytes())
        return {
            part["path"]: datetime.fromisoformat(part["published_at"]) for part in told["parts"]
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorruptArchiveError(path, 0, f"it is no manifest of a snapshot: {error}") from error


def clear_away(layout: Layout, numbers: Iterable[int]) -> None:
    """Remove the folders of snapshots that the journal names no longer.

    A part goes with the last snapshot that names it: the others have a link of their own.
    """
    expired = frozenset(numbers)
    for number, folder in _folders(layout):
        if number in expired:
            # Half a snapshot must not keep its name; opening a store clears staging.
            doomed = layout.staged(f"snapshot-{folder.name}")
            move_folder(folder, doomed)
            shutil.rmtree(doomed)


def _folders(layout: Layout) -> list[tuple[int, Path]]:
    """Return the folders of snapshots with their numbers; one may have several."""
    if not layout.snapshots.is_dir():
        return []
    found = ((_FOLDER.fullmatch(path.name), path) for path in sorted(layout.snapshots.iterdir()))
    return [(int(name["number"]), path) for name, path in found if name]

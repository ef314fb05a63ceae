"""Makes the indexes of a store: one a sealed WARC, and all of them merged.

They hold nothing that the WARCs do not: one that is missing is made again, at the latest when the
next WARC is sealed. A crash between sealing and indexing needs no more than that.
"""

import logging
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from archive.address import identity_of
from archive.durable import publish
from archive.errors import CorruptArchiveError
from archive.exchange import Location
from archive.index.cdxj import entry_of, parse_line
from archive.index.merge import merge_files, sort_into_runs
from archive.layout import Layout
from archive.warc.framing import whole_records
from archive.warc.writer import OPEN_SUFFIX
from archive.withdrawn import Withdrawals, withdrawals

logger = logging.getLogger(__name__)


def index_after_sealing(layout: Layout) -> None:
    """Bring the indexes up to date, or say in the log why not: a crawl does not end for that."""
    try:
        update_index(layout)
    except (OSError, CorruptArchiveError) as error:
        logger.warning("index not updated folder=%s why=%s", layout.index, error)


def update_index(layout: Layout) -> None:
    """Index the sealed WARCs that have none, drop indexes of WARCs that are gone, and merge all.

    An index that is damaged is made anew. Only the process that holds the store may do so. Raises
    CorruptArchiveError after indexing all others when a WARC is damaged, and OSError when something
    cannot be written.
    """
    damage = _index_missing(layout)
    while broken := _merge(layout):
        logger.warning("index removed path=%s reason=damaged", broken)
        broken.unlink()
        damage = _index_missing(layout)
    if damage:
        raise damage


def drop_indexes(layout: Layout) -> None:
    """Take all indexes away: what they list is not what the WARCs hold any more."""
    for path in (layout.merged_index, *_indexes(layout)):
        path.unlink(missing_ok=True)


def leave_out(layout: Layout, withdrawn: Withdrawals) -> None:
    """Take the lines of withdrawn addresses out of all indexes; the others stay as they are.

    Raises CorruptArchiveError for an index that is damaged, OSError when one cannot be written.
    """
    for path in (*_indexes(layout), layout.merged_index):  # the merged one stays the youngest
        theirs = frozenset(_theirs(path, withdrawn)) if path.is_file() else frozenset()
        if theirs:
            with _scratch(layout) as scratch, path.open("rb") as lines:
                kept = (line for line in lines if line not in theirs)
                _publish_lines(kept, path, scratch)


def _theirs(path: Path, withdrawn: Withdrawals) -> Iterator[bytes]:
    """Yield the lines of withdrawn addresses."""
    offset = 0
    with path.open("rb") as lines:
        for line in lines:
            url = parse_line(line, path, offset).url
            if url is not None and identity_of(url) in withdrawn:
                yield line
            offset += len(line)


def warc_lines(
    path: Path,
    filename: str,
    *,
    end: int | None = None,
    withdrawn: Withdrawals = MappingProxyType({}),
) -> Iterator[bytes]:
    """Yield the index lines of a WARC of ours, in the order of its records.

    Those of withdrawn addresses are left out. What lies behind `end` is not read: the file may be
    growing. Raises CorruptArchiveError at the
    first member that is not one whole record.
    """
    with path.open("rb") as file:
        for offset, length, record in whole_records(file, path):
            location = Location(warc_filename=filename, offset=offset, length=length)
            url = record.target_uri
            is_withdrawn = url is not None and identity_of(url) in withdrawn
            if not is_withdrawn and (entry := entry_of(record, location)):
                yield entry.line()
            if end is not None and offset + length >= end:
                return


def _index_missing(layout: Layout) -> CorruptArchiveError | None:
    """Have an index for each sealed WARC and for nothing else; return what kept one from it."""
    damage, withdrawn = None, withdrawals(layout)
    sealed = {path.name for path in layout.warcs.iterdir() if not path.name.endswith(OPEN_SUFFIX)}
    indexed = {path.stem: path for path in _indexes(layout)}
    for name in indexed.keys() - sealed:
        indexed[name].unlink()
    for name in sorted(sealed - indexed.keys()):
        try:
            with _scratch(layout) as scratch:
                lines = warc_lines(layout.warc(name), name, withdrawn=withdrawn)
                runs = sort_into_runs(lines, scratch)
                _publish_lines(merge_files(runs, scratch), layout.cdxj(name), scratch)
        except CorruptArchiveError as error:
            damage = damage or error
    return damage


def _merge(layout: Layout) -> Path | None:
    """Merge what is younger than the merged index into it, or all when that is not enough.

    Return the index that cannot be merged, because it is damaged; None when all went well.
    """
    paths = _indexes(layout)
    sizes = {path: path.stat().st_size for path in paths}
    target = layout.merged_index
    merged = target.stat() if target.exists() else None
    young = [path for path in paths if not merged or path.stat().st_mtime_ns > merged.st_mtime_ns]
    if merged and merged.st_size == sum(sizes[path] for path in paths if path not in young):
        if not young:
            return None
        paths = (target, *young)
    try:
        with _scratch(layout) as scratch:
            _publish_lines(merge_files(paths, scratch), target, scratch)
    except CorruptArchiveError as error:
        return Path(error.path)
    return None


def _publish_lines(lines: Iterable[bytes], target: Path, scratch: Path) -> None:
    staged = scratch.joinpath(target.name)
    with staged.open("wb") as file:
        file.writelines(lines)
    publish(staged, target)


def _indexes(layout: Layout) -> tuple[Path, ...]:
    """Return the indexes of single WARCs that there are."""
    return tuple(sorted(layout.index.glob("*.warc.gz.cdxj")))


@contextmanager
def _scratch(layout: Layout) -> Iterator[Path]:
    """Make a folder on the store's file system; what a crash leaves of it, healing removes."""
    layout.staging.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=layout.staging) as folder:
        yield Path(folder)

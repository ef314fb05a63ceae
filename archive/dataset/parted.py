"""A second name for every part of a dataset, in another folder: an export that copies nothing."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from archive.dataset.scan import DatasetReader
from archive.durable import share


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedParts:
    """The parts of one dataset in an export."""

    files: tuple[Path, ...]
    rows: int
    size_bytes: int


def share_parts(reader: DatasetReader, folder: Path, *, site: str | None) -> SharedParts:
    """Give every part, or those of a site, a name below `folder/<dataset>/site=…/month=…/`.

    On another file system it is copied. A part that is there already is the same one: parts never
    change.
    """
    files = []
    rows = size_bytes = 0
    for part in reader.files():
        partition = part.parent.parent.name, part.parent.name
        if site is not None and partition[0] != f"site={site}":
            continue
        target = folder.joinpath(reader.dataset.name, *partition, part.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            share(part, target)
        files.append(target)
        rows += pq.read_metadata(target).num_rows
        size_bytes += target.stat().st_size
    return SharedParts(files=tuple(files), rows=rows, size_bytes=size_bytes)

"""Copying records into the WARCs of a package, with an index line for each that is a capture.

Both functions yield the lines while they write: all have to be taken before anything else is put
into the package.
"""

import hashlib
import itertools
import uuid
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from archive.exchange import Location
from archive.index.cdxj import entry_of
from archive.journal.runs import WarcFile
from archive.layout import Layout
from archive.store import find_warc
from archive.wacz.captures import Picked
from archive.wacz.members import StoredMember, all_members, exchange_members
from archive.wacz.package import Package, PackedFile
from archive.warc.blank import Picking, blank_member
from archive.warc.records import Provenance, warcinfo_record
from archive.warc.writer import WarcWriter
from archive.withdrawn import withdrawals

LARGEST_WARC: Final = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Who makes new WARCs, and when."""

    provenance: Provenance
    now: datetime
    scratch: Path
    largest: int = LARGEST_WARC
    """Bytes after which the next exchange begins another file."""


def copy_files(
    package: Package, layout: Layout, warcs: Iterable[WarcFile], *, now: datetime
) -> Generator[bytes, None, None]:
    """Copy whole WARCs, as far as they are committed, under the names that rows give them.

    Where records were withdrawn stand blanks of their length.
    """
    withdrawn = withdrawals(layout)
    for warc in warcs:
        with package.file(f"archive/{warc.filename}") as file:
            members = all_members(find_warc(layout, warc.filename), warc.committed_length)
            yield from _copy_file(file, warc.filename, members, Picking(withdrawn), now)


def copy_captures(
    package: Package,
    layout: Layout,
    captures: Iterable[Picked],
    *,
    ends: Mapping[str, int],
    maker: Maker,
) -> Generator[bytes, None, None]:
    """Copy the exchanges of captures into new WARCs; `ends`: how far each old one is committed."""
    waiting = iter(captures)
    capture = next(waiting, None)
    serial = 0
    while capture is not None:
        serial += 1
        name = f"newsreel-export-{serial:05d}.warc.gz"
        with package.file(f"archive/{name}") as file:
            file.write(_beginning(name, maker))
            while capture is not None and file.size_bytes < maker.largest:
                path = find_warc(layout, capture.location.warc_filename)
                end = ends[capture.location.warc_filename]
                for member in exchange_members(path, capture, end):
                    yield from _copy(file, name, member)
                capture = next(waiting, None)


def _copy_file(
    file: PackedFile, name: str, members: Iterator[StoredMember], picking: Picking, now: datetime
) -> Iterator[bytes]:
    """Append a whole WARC to the package; yield the index lines of what may be shown."""
    for is_theirs, group in itertools.groupby(members, lambda each: picking.takes(each.record)):
        if is_theirs:
            length = sum(len(member.content) for member in group)
            file.write(blank_member(length, name=f"{name} {file.size_bytes}", at=now))
            continue
        for member in group:
            yield from _copy(file, name, member)


def _copy(file: PackedFile, name: str, member: StoredMember) -> Iterator[bytes]:
    """Append a member to a file of the package; yield its index line when it can be looked up."""
    content = member.content
    location = Location(warc_filename=name, offset=file.size_bytes, length=len(content))
    file.write(content)
    entry = entry_of(member.record, location)
    if entry and entry.url:  # players do not expect an entry without an address
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        yield replace(entry, record_digest=digest).line()


def _beginning(name: str, maker: Maker) -> bytes:
    """Return the member that a new WARC begins with."""
    warcinfo = warcinfo_record(
        name,
        provenance=maker.provenance,
        record_id=f"<{uuid.uuid4().urn}>",
        date=maker.now,
    )
    path = maker.scratch.joinpath(name)
    WarcWriter(path, warcinfo=warcinfo).close()
    return path.read_bytes()

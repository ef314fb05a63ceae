"""A WARC that is damaged before its end: what is whole in it goes on in a new file of its run.

Nothing can be cut off without losing whole records, and nothing can be changed in a file that rows
name places in. So the file is set aside as it was found, and its good members are copied, byte for
byte, behind a new warcinfo. What was wrong with it, and where, is noted beside it.
"""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from archive.durable import publish, write_whole
from archive.instant import from_micros
from archive.layout import WARC_NAME, Layout
from archive.repair.sifting import Fault, Good, Sifting
from archive.verify.members import Whole, read_members
from archive.verify.snapshot import Snapshot
from archive.warc.crawl_log import read_fields, written_fields
from archive.warc.records import FIELDS_TYPE, Record, make_record, written_date
from archive.warc.writer import OPEN_SUFFIX, WarcWriter

SALVAGED_FROM: Final = "salvaged-from"
"""What a warcinfo calls the file that it goes on instead of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    """What was salvaged from one WARC."""

    path: Path
    """The new one."""
    aside: Path
    """Where the damaged one lies now."""
    faults: tuple[Fault, ...]


def salvage_warc(
    layout: Layout, path: Path, snapshot: Snapshot | None, *, now: datetime
) -> Salvaged:
    """Let what is whole in a damaged WARC go on in a new one, and set the damaged one aside.

    The damaged one goes last: a repair that is killed before that
    begins anew.
    """
    named = WARC_NAME.fullmatch(path.name.removesuffix(OPEN_SUFFIX))
    assert named is not None, "files of other names are moved aside before"
    before = Sifting(path=path, snapshot=snapshot)
    # Read twice: what the new file begins with is known once the old one was read.
    dates = [good.record.date for exchange in before.exchanges() for good in exchange[:1]]
    began = next(filter(None, dates), now)
    name = layout.next_warc(named["run"])
    staged = layout.staged(name)
    staged.parent.mkdir(exist_ok=True)
    staged.unlink(missing_ok=True)
    warcinfo = _warcinfo(before, name, named["run"], began)
    writer = WarcWriter(staged, warcinfo=warcinfo)
    sifted = Sifting(path=path, snapshot=snapshot)
    with path.open("rb") as file:
        for exchange in sifted.exchanges():
            for good in exchange:
                _write(writer, good, file)
    writer.sync()
    writer.close()
    note = {
        "warc_filename": sifted.filename,
        "salvaged_into": name,
        "faults": [
            {"offset": each.offset, "why": each.why, "is_lost": each.is_lost}
            for each in sifted.faults
        ],
    }
    aside = layout.put_aside(path.name)
    text = json.dumps(note, indent=1) + "\n"
    write_whole(aside.with_name(f"{aside.name}.json"), text.encode())
    publish(staged, layout.warc(name))
    publish(path, aside)
    return Salvaged(path=layout.warc(name), aside=aside, faults=tuple(sifted.faults))


def foreign_files(layout: Layout) -> tuple[Path, ...]:
    """Return what does not belong into warc/: files of other names, and what is there twice.

    Twice is a file that grows beside its own final name, and one that goes on instead of another
    which is here: a repair was killed, or somebody has put a copy in the place of a damaged file.
    """
    paths = tuple(sorted(layout.warcs.iterdir()))
    names = {path.name.removesuffix(OPEN_SUFFIX) for path in paths}
    return tuple(path for path in paths if _is_foreign(path, names))


def _is_foreign(path: Path, names: set[str]) -> bool:
    name = path.name.removesuffix(OPEN_SUFFIX)
    is_twin = path.name != name and path.with_name(name).exists()
    if is_twin or not WARC_NAME.fullmatch(name):
        return True
    return path.is_file() and _salvaged_from(path) in names


def _salvaged_from(path: Path) -> str | None:
    with path.open("rb") as file:
        first = next(read_members(file, path.stat().st_size), None)
    if not isinstance(first, Whole) or first.record.type != "warcinfo":
        return None
    return dict(read_fields(first.record.block)).get(SALVAGED_FROM)


def _write(writer: WarcWriter, good: Good, file: BinaryIO) -> None:
    if good.length is None:
        writer.append(good.record)
    else:
        file.seek(good.offset)
        writer.append_member(file.read(good.length))


def _warcinfo(sifted: Sifting, name: str, run_id: str, began: datetime) -> Record:
    """Return the new file's warcinfo: the damaged one's, or what the journal knows of the run."""
    info = sifted.info
    stated = read_fields(info.block) if info else tuple(_known_of_run(sifted.snapshot, run_id))
    lines = [(key, value) for key, value in stated if key != SALVAGED_FROM]
    block = written_fields((*lines, (SALVAGED_FROM, sifted.filename)))
    date = (info.date if info else None) or began
    named = (
        ("WARC-Record-ID", f"<{uuid.uuid4().urn}>"),
        ("WARC-Date", written_date(date)),
        ("WARC-Filename", name),
    )
    return make_record("warcinfo", named, FIELDS_TYPE, block)


def _known_of_run(snapshot: Snapshot | None, run_id: str) -> Iterator[tuple[str, str]]:
    yield "format", "WARC File Format 1.1"
    yield "isPartOf", run_id
    if snapshot is None:
        return
    for row in snapshot.ask("SELECT plan, started_at FROM run WHERE id = ?", run_id):
        yield "run-plan", row["plan"]
        yield "run-began", written_date(from_micros(row["started_at"]))

"""What a repair noted as lost for good, so that verifying does not find the same loss for ever."""

import json
from collections.abc import Iterable
from pathlib import Path

from archive.durable import write_whole
from archive.layout import Layout
from archive.warc.writer import OPEN_SUFFIX


def note_cut(layout: Layout, path: Path, offset: int, *, why: str) -> None:
    """Note beside the tails that a WARC ends at an offset because the rest of it was lost.

    The exchange before it may lack its request: that is no new damage.
    """
    filename = path.name.removesuffix(OPEN_SUFFIX)
    told = {"warc_filename": filename, "cut_at": offset, "why": why}
    write_whole(layout.tail_note(filename, offset), _text(told))


def is_cut_noted(layout: Layout, filename: str, offset: int) -> bool:
    """Whether a WARC is known to end at an offset because the rest of it was lost."""
    return layout.tail_note(filename, offset).is_file()


def note_lost(layout: Layout, record_ids: Iterable[str]) -> None:
    """Note records that are gone: revisits that stand for them cannot be replayed any more."""
    lost = lost_records(layout) | frozenset(record_ids)
    if lost:
        write_whole(layout.lost_records, _text({"lost_records": sorted(lost)}))


def lost_records(layout: Layout) -> frozenset[str]:
    """Return the ids of the records that are known to be gone."""
    try:
        told = json.loads(layout.lost_records.read_bytes())
    except FileNotFoundError:
        return frozenset()
    return frozenset(map(str, told["lost_records"]))


def _text(told: object) -> bytes:
    return (json.dumps(told, indent=1) + "\n").encode()

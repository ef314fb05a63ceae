"""What a repair noted as lost for good, so that verifying does not find the same loss for ever."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from archive.durable import write_whole
from archive.layout import Layout
from archive.warc.writer import OPEN_SUFFIX

_LOST: Final = "lost_records"
_REQUESTLESS: Final = "answers_without_request"


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
    _note(layout, _LOST, record_ids)


def lost_records(layout: Layout) -> frozenset[str]:
    """Return the ids of the records that are known to be gone."""
    return _noted(layout, _LOST)


def note_requestless(layout: Layout, record_ids: Iterable[str]) -> None:
    """Note answers whose request is gone."""
    _note(layout, _REQUESTLESS, record_ids)


def requestless_records(layout: Layout) -> frozenset[str]:
    """Return the ids of the answers whose request is known to be gone."""
    return _noted(layout, _REQUESTLESS)


def _note(layout: Layout, name: str, record_ids: Iterable[str]) -> None:
    told = {each: sorted(_noted(layout, each)) for each in (_LOST, _REQUESTLESS)}
    told[name] = sorted({*told[name], *record_ids})
    if any(told.values()):
        write_whole(layout.lost_records, _text(told))


def _noted(layout: Layout, name: str) -> frozenset[str]:
    try:
        told = json.loads(layout.lost_records.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return frozenset()
    return frozenset(map(str, told.get(name, ())))


def _text(told: object) -> bytes:
    return (json.dumps(told, indent=1) + "\n").encode()

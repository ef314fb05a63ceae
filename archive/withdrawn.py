"""What was withdrawn from readers: the log that is asked before anything is shown or fetched.

It is a file of its own beside the journal, so that it outlives a journal that is lost or restored
from an older copy: a rebuild from the WARCs must not bring back what somebody took down. Lines are
only ever added, and a line counts once its end is there.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from archive.address import crawl_address, identity_of
from archive.columns import plain
from archive.durable import sync_folder
from archive.errors import StoreError, WithdrawnError
from archive.layout import Layout
from archive.surt import surt_key

REASON: Final = "withdrawn"
"""Why the ledger says that a withdrawn address is refused."""


class Step(StrEnum):
    """How far a withdrawal went."""

    WITHDRAWN = "withdrawn"
    """Readers have it no more; its records lie in the WARCs."""
    ERASED = "erased"
    """Its records are overwritten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """An address that was withdrawn."""

    url: str
    at: datetime
    """When it was withdrawn; UTC."""
    reason: str | None = None
    """As the operator gave it; None when none was given."""
    article_ids: tuple[str, ...] = ()
    """Of the articles that it held."""
    rows: Mapping[str, int] | None = None
    """How many rows of each dataset were withdrawn, as the log of that step says."""
    captures: int = 0
    is_erased: bool = False

    @property
    def identity(self) -> str:
        """What makes other spellings the same address."""
        return identity_of(self.url)

    @property
    def sentence(self) -> str:
        """Say what became of it, when and why."""
        because = f" ({self.reason})" if self.reason else ""
        return f"{self.url} was withdrawn on {self.at:%Y-%m-%d}{because}: nothing of it is shown"


Withdrawals = Mapping[str, Withdrawal]
"""By the identity of the address."""


def withdrawals(layout: Layout) -> Withdrawals:
    """Return what is withdrawn; empty in nearly every store.

    Raises StoreError when the log cannot be read: showing what was taken down would be worse.
    """
    path = layout.withdrawn
    try:
        stat = path.stat()
    except FileNotFoundError:
        return MappingProxyType({})
    return _read(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, _mtime_ns: int, _size: int) -> Withdrawals:
    """Return what a log says, read once for each state of the file."""
    found: dict[str, Withdrawal] = {}
    for number, line in enumerate(_lines(path), start=1):
        try:
            _take(found, json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"{path} cannot be read in line {number}: restore it from a copy, for it says "
                "what must not be shown"
            ) from error
    return MappingProxyType(found)


def _take(found: dict[str, Withdrawal], told: Mapping[str, Any]) -> None:
    url, step = str(told["url"]), Step(told["step"])
    known = found.get(identity_of(url))
    if step is Step.ERASED and known is not None:
        found[known.identity] = replace(known, is_erased=True)
    elif known is None:
        found[identity_of(url)] = Withdrawal(
            url=url,
            at=datetime.fromisoformat(told["at"]),
            reason=told["reason"],
            article_ids=tuple(told["article_ids"]),
            is_erased=step is Step.ERASED,
        )


def note(layout: Layout, step: Step, withdrawn: Iterable[Withdrawal], *, at: datetime) -> None:
    """Add a line for each address and step; it lasts when this returns."""
    text = b"".join(_line(step, each, at) for each in withdrawn)
    whole = sum(map(len, _lines(layout.withdrawn))) if layout.withdrawn.exists() else 0
    with layout.withdrawn.open("ab") as file:
        file.truncate(whole)  # the rest of a line that was cut off
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(layout.root)


def _line(step: Step, each: Withdrawal, at: datetime) -> bytes:
    told = {
        "step": step,
        "at": plain(at),
        "url": each.url,
        "url_surtkey": surt_key(each.url),
        "reason": each.reason,
        "article_ids": each.article_ids,
        "rows": dict(each.rows or {}),
        "captures": each.captures,
    }
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"


def _lines(path: Path) -> list[bytes]:
    """Return the lines that were written to their end."""
    *whole, _ = path.read_bytes().split(b"\n")
    return [line + b"\n" for line in whole]


def withdrawal_of(layout: Layout, url: str) -> Withdrawal | None:
    """Return the withdrawal of an address, however it is spelled; None when there was none."""
    known = withdrawals(layout)
    address = crawl_address(url) if known else None
    return None if address is None else known.get(identity_of(address))


def refuse_withdrawn(layout: Layout, url: str) -> None:
    """Raise WithdrawnError for an address that was withdrawn."""
    if (found := withdrawal_of(layout, url)) is not None:
        raise WithdrawnError(found.sentence)

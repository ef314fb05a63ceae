"""WARC read by the letter of the standard and with nothing of Newsreel's: the tests' own reader."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_GZIP: Final = 16 + zlib.MAX_WBITS
_PIECE: Final = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcRecord:
    """One record: a gzip member of its own."""

    fields: tuple[tuple[str, str], ...]
    block: bytes
    file: str
    offset: int
    length: int

    def field(self, name: str) -> str | None:
        """Return a field's first value; None when it is absent."""
        return next(iter(self.values(name)), None)

    def values(self, name: str) -> tuple[str, ...]:
        """Return every value of a field."""
        return tuple(value for key, value in self.fields if key.lower() == name.lower())

    @property
    def type(self) -> str:
        """WARC-Type."""
        return self.field("WARC-Type") or ""

    @property
    def url(self) -> str | None:
        """WARC-Target-URI."""
        return self.field("WARC-Target-URI")


def read_store(store: Path) -> tuple[WarcRecord, ...]:
    """Return every record of a store, in the order written."""
    return tuple(
        record
        for path in sorted((store / "warc").iterdir())
        for record in read_warc(path.read_bytes(), path.name)
    )


def read_warc(data: bytes, name: str) -> Iterator[WarcRecord]:
    """Yield the records of a file; AssertionError where it is not as the standard says."""
    position = 0
    while position < len(data):
        record, end = _member(data, position)
        assert end is not None, f"{name}@{position}: the gzip member breaks off"
        yield _record(record, name, position, end - position)
        position = end


def _member(data: bytes, start: int) -> tuple[bytes, int | None]:
    """Return what a gzip member holds, and where it ends; zlib copies what is left of a piece."""
    member, pieces = zlib.decompressobj(_GZIP), []
    for position in range(start, len(data), _PIECE):
        piece = data[position : position + _PIECE]
        pieces.append(member.decompress(piece))
        if member.eof:
            return b"".join(pieces), position + len(piece) - len(member.unused_data)
    return b"".join(pieces), None


def _record(record: bytes, name: str, offset: int, length: int) -> WarcRecord:
    head, blank, rest = record.partition(b"\r\n\r\n")
    version, *lines = head.decode().split("\r\n")
    assert blank
    assert version == "WARC/1.1"
    named = (line.partition(":") for line in lines)
    fields = tuple((key.strip(), value.strip()) for key, _, value in named)
    size = int(next(value for key, value in fields if key == "Content-Length"))
    assert rest[size:] == b"\r\n\r\n", f"{name}@{offset}: the record does not end where it says"
    return WarcRecord(fields=fields, block=rest[:size], file=name, offset=offset, length=length)

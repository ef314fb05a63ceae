"""HTTP/1.x messages as the bytes that crossed the wire: taken apart, never rewritten.

Servers end lines with CRLF or with a bare LF, fold lines, and send lines without a colon; whatever
a browser reads is read here, and nothing raises on junk. What cannot be a message at all (HTTP/0.9
answers, torn bytes) has no fields and is all body.
"""

import re
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Protocol

import brotli
from isal import isal_zlib

from archive.counted import counted
from archive.errors import NewsreelError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# A line ends with LF, after a CR or not (RFC 9112 section 2.2), and so does a blank one.
_BLANK_LINE: Final = re.compile(rb"\n\r?\n")
_LINE_END: Final = re.compile(rb"\r?\n")
_FIRST_LINE: Final = re.compile(
    rb"HTTP/\d|[!-~]{1,64} [^\r\n]* HTTP/\d\.\d\r?(?:\n|$)", re.IGNORECASE
)
_NEARLY_BLANK: Final = re.compile(rb"\n[ \t]+\r\n")
_STATUS: Final = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?!\S)", re.IGNORECASE)
_CHUNK_SIZE: Final = re.compile(rb"[ \t]*0*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]*)?\r?\n")
_CHARSET: Final = re.compile(r""";\s*charset\s*=\s*["']?([^\s;"']+)""", re.IGNORECASE)
_GZIP: Final = 16 + zlib.MAX_WBITS  # zlib's way to ask for a gzip header and trailer
_MOST_CODINGS: Final = 5  # no server means more; each step of a bomb multiplies
_SWITCHING_PROTOCOLS: Final = 101  # the one 1xx answer that is final (RFC 9110 section 15.2.2)


class ContentError(NewsreelError):
    """A body could not be decoded by its Content-Encoding."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        """A stable word: bad_content_coding, too_large or unknown_content_coding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A body without its content codings."""

    body: bytes
    is_whole: bool
    """False when the coded bytes stop short of their own end: a torn gzip stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One request or response."""

    start_line: bytes
    """Request line or status line without its line end; empty for what is no HTTP/1.x message."""
    fields: tuple[tuple[bytes, bytes], ...]
    """Names and values in the order sent, folded lines joined by one space."""
    head_length: int
    """Bytes before the body, the blank line included."""
    body: bytes
    """As on the wire, transfer coding and all."""
    is_plain: bool = False
    """Whether every reader finds the head to be one and to end here: CRLF ends each line of it."""

    @property
    def status(self) -> int | None:
        """The status code; None for a request and for what is no message."""
        found = _STATUS.match(self.start_line)
        return int(found[1]) if found else None

    def field_values(self, name: str) -> tuple[str, ...]:
        """Return every value of a field, in order; names compare without case."""
        wanted = name.lower().encode("latin-1")
        return tuple(value.decode("latin-1") for key, value in self.fields if key.lower() == wanted)

    def field(self, name: str) -> str | None:
        """Return the first value of a field; None when it was not sent."""
        return next(iter(self.field_values(name)), None)

    @property
    def is_chunked(self) -> bool:
        """Whether chunked is the last transfer coding (RFC 9112 section 6.1)."""
        codings = ",".join(self.field_values("Transfer-Encoding")).split(",")
        return codings[-1].strip().lower() == "chunked"

    @property
    def has_undisputed_payload(self) -> bool:
        """Whether tools agree on what the payload is: they do not about chunks, nor odd heads."""
        return self.is_plain and not self.is_chunked

    def entity(self) -> bytes:
        """Return the body without its transfer coding, still content-encoded.

        A chunked body that breaks off yields what is there; one that never was chunked (some
        archives keep the field and drop the framing) is returned as it is.
        """
        return unchunk(self.body) if self.is_chunked else self.body

    @property
    def media_type(self) -> str | None:
        """Content-Type without parameters, in lower case; None when it was not sent."""
        content_type = (self.field("Content-Type") or "").partition(";")[0].strip()
        return content_type.lower() or None

    @property
    def charset(self) -> str | None:
        """The charset parameter of Content-Type, as sent; None when it was not sent."""
        found = _CHARSET.search(self.field("Content-Type") or "")
        return found[1] if found else None


def address_said(value: str) -> str:
    """Return the address that a field gives, when it is in UTF-8, as browsers read it.

    Fields are ISO 8859-1 here, which any byte is, and that is what an address in none is left in.

    >>> address_said("/caf\u00c3\u00a9"), address_said("/caf\u00e9"), address_said("/ok")
    ('/caf\u00e9', '/caf\u00e9', '/ok')
    """
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def interim_length(raw: bytes | memoryview) -> int:
    """Return how many bytes of 1xx answers stand in front of the final response.

    A 1xx answer that breaks off counts as final: nothing says what it would have become.
    """
    position = 0
    while (found := _STATUS.match(raw, position)) and found[1].startswith(b"1"):
        blank = _BLANK_LINE.search(raw, found.end())
        if int(found[1]) == _SWITCHING_PROTOCOLS or not blank:
            break
        position = blank.end()
    return position


def split_interim(raw: bytes) -> tuple[bytes, bytes]:
    """Return the 1xx answers in front, and the final response."""
    position = interim_length(raw)
    return raw[:position], raw[position:]


def parse_message(raw: bytes) -> Message:
    """Take a message apart; a head that breaks off is all head, junk is all body."""
    head = parse_head(raw)
    return replace(head, body=raw[head.head_length :])


def parse_head(raw: bytes | memoryview) -> Message:
    """Take a message's head apart; its body is left where it is, and empty in what is returned."""
    if not _FIRST_LINE.match(raw):
        return Message(start_line=b"", fields=(), head_length=0, body=b"")
    blank = _BLANK_LINE.search(raw)
    head_length = blank.end() if blank else len(raw)
    head = bytes(raw[:head_length])
    start_line, *lines = head.split(b"\n")
    return Message(
        start_line=start_line.removesuffix(b"\r"),
        fields=_parse_fields(lines),
        head_length=head_length,
        body=b"",
        is_plain=_is_plain(head),
    )


def _is_plain(head: bytes) -> bool:
    has_bare_ends = head.count(b"\n") != head.count(b"\r\n")
    return head.startswith(b"HTTP/") and not has_bare_ends and not _NEARLY_BLANK.search(head)


def _parse_fields(lines: list[bytes]) -> tuple[tuple[bytes, bytes], ...]:
    fields: list[tuple[bytes, list[bytes]]] = []
    folds: list[bytes] = []
    for line in lines:
        if line[:1] in {b" ", b"\t"}:  # obs-fold (RFC 9112 section 5.2)
            folds.append(line.strip())
            continue
        name, colon, value = line.partition(b":")
        folds = [value.strip()]  # of a line without a colon, nobody keeps them
        if colon:
            fields.append((name.strip(), folds))
    return tuple((name, b" ".join(filter(None, folded))) for name, folded in fields)


def unchunk(body: bytes) -> bytes:
    """Return a chunked body's content as far as it goes, without extensions and trailers.

    A body that does not begin with a chunk size never was chunked, and is returned as it is.
    """
    return b"".join(chunks_of(body))


def chunks_of(body: bytes | memoryview) -> Iterator[bytes | memoryview]:
    """Yield the content of each chunk of a body, and the whole body when it never was chunked."""
    position, is_chunked = 0, False
    while chunk := _CHUNK_SIZE.match(body, position):
        is_chunked = True
        size = int(chunk[1], 16)
        yield body[chunk.end() : chunk.end() + size]
        line_end = _LINE_END.match(body, chunk.end() + size)
        if not size or not line_end:
            break
        position = line_end.end()
    if not is_chunked:
        yield body


class _Decompressor(Protocol):
    """What zlib, isal and zstd agree on."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def _decode_members(
    coded: bytes, limit_bytes: int, start: Callable[[], _Decompressor], magic: bytes
) -> Decoded:
    """Decode one compressed stream after another; what follows without the magic is padding."""
    if not magic.startswith(coded[: len(magic)]):  # isal takes short junk for a torn stream
        raise ContentError("bad_content_coding", f"begins with {coded[:4]!r}")
    pieces: list[bytes] = []
    room = limit_bytes + 1
    while True:
        stream = start()
        pieces.append(stream.decompress(coded, room))
        room -= len(pieces[-1])
        coded = stream.unused_data
        if room <= 0 or not stream.eof or not coded.startswith(magic):
            return Decoded(body=b"".join(pieces), is_whole=stream.eof)


def _start_gunzip() -> _Decompressor:
    return isal_zlib.decompressobj(_GZIP)


def _gunzip(coded: bytes, limit_bytes: int) -> Decoded:
    return _decode_members(coded, limit_bytes, _start_gunzip, b"\x1f\x8b")


def _inflate(coded: bytes, limit_bytes: int) -> Decoded:
    # Deflate means zlib's wrapping; some send the stream bare (RFC 9110 section 8.4.1.2).
    try:
        stream = zlib.decompressobj()
        body = stream.decompress(coded, limit_bytes + 1)
    except zlib.error:
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        body = stream.decompress(coded, limit_bytes + 1)
    return Decoded(body=body, is_whole=stream.eof)


def _unbrotli(coded: bytes, limit_bytes: int) -> Decoded:
    stream = brotli.Decompressor()
    body = stream.process(coded, output_buffer_limit=limit_bytes + 1)
    return Decoded(body=body, is_whole=stream.is_finished())


def _unzstd(coded: bytes, limit_bytes: int) -> Decoded:
    return _decode_members(coded, limit_bytes, _start_unzstd, b"\x28\xb5\x2f\xfd")


def _start_unzstd() -> _Decompressor:
    # A decoder of web content may refuse windows above 8 MiB (RFC 9659 section 3).
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: 23})


def _keep(coded: bytes, limit_bytes: int) -> Decoded:
    return Decoded(body=coded[: limit_bytes + 1], is_whole=True)


# Misconfigured servers put these into Content-Encoding. Browsers hand on what they cannot decode.
_NO_CODINGS: Final = ("", "identity", "none", "binary", "8bit", "utf-8", "utf8", "iso-8859-1")
# The registered codings that browsers ask for; `compress` and the rest died out.
_CODINGS: Final[dict[str, Callable[[bytes, int], Decoded]]] = {
    **dict.fromkeys(_NO_CODINGS, _keep),
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}


def decode_content(entity: bytes, content_encoding: str | None, *, limit_bytes: int) -> Decoded:
    """Return the entity without its content codings, the one applied last undone first.

    Raises ContentError when a coding is unknown, the bytes are not in it, or any step comes out
    larger than the limit.
    """
    codings = [name.strip().lower() for name in (content_encoding or "").split(",")]
    if len(codings) > _MOST_CODINGS:
        raise ContentError("bad_content_coding", f"{len(codings)} codings on top of each other")
    decoded = Decoded(body=entity, is_whole=True)
    for name in reversed(codings):
        step = _decode_step(decoded.body, name, limit_bytes)
        decoded = Decoded(body=step.body, is_whole=step.is_whole and decoded.is_whole)
    return decoded


def decode_beginning(entity: bytes, content_encoding: str | None, *, limit_bytes: int) -> bytes:
    """Return what can be had of the first bytes of an entity without its content codings.

    Never raises: what is not in the coding that was named is taken as it came.
    """
    codings = [name.strip().lower() for name in (content_encoding or "").split(",")]
    body = entity
    for name in reversed(codings[-_MOST_CODINGS:]):
        try:
            body = _CODINGS[name](body, limit_bytes).body
        except (KeyError, zlib.error, isal_zlib.error, brotli.error, zstd.ZstdError):
            break
    return body[:limit_bytes]


def _decode_step(coded: bytes, name: str, limit_bytes: int) -> Decoded:
    if name not in _CODINGS:
        raise ContentError("unknown_content_coding", repr(name))
    if not coded:  # HEAD, 204 and 304 name the coding of a body they do not carry
        return Decoded(body=b"", is_whole=True)
    try:
        step = _CODINGS[name](coded, limit_bytes)
    except (zlib.error, isal_zlib.error, brotli.error, zstd.ZstdError) as error:
        raise ContentError("bad_content_coding", f"{name}: {error}") from error
    if len(step.body) > limit_bytes:
        raise ContentError("too_large", f"more than {counted(limit_bytes, 'byte')}")
    return step

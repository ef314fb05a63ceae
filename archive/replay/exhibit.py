"""A capture made ready to be shown: status, type and body as the replay sends them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from archive.message import Message, decode_beginning, decode_content
from archive.replay.answer import ArchivedAnswer, TooLargeError
from archive.replay.charset import page_text, sheet_text
from archive.replay.page import rewrite_page
from archive.replay.place import RAW, Place
from archive.replay.stylesheet import rewrite_sheet
from archive.replay.timeline import Memento

_XHTML: Final = "application/xhtml+xml"
_PAGES: Final = frozenset({"text/html", _XHTML})
SHEET: Final = "text/css"
MOST_TEXT_BYTES: Final = 8 * 1024 * 1024
"""Of a page before it is rewritten: no page a person reads is larger."""
_MOST_WRITTEN_BYTES: Final = 4 * MOST_TEXT_BYTES
"""Of a page afterwards: short relative addresses become long ones."""
_SEEN_BYTES: Final = 1445
# MIME Sniffing standard, section 7.1: what a browser takes for a page when no type was sent.
_PAGE_BEGINNING: Final = re.compile(
    rb"[\t\n\f\r ]*<(?:!--|(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title"
    rb"|b|body|br|p)[ >])",
    re.IGNORECASE,
)
_WITHOUT_BODY: Final = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """What the replay sends of a capture."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class _Body:
    """A body as it grows, up to a limit."""

    def __init__(self) -> None:
        self.written = bytearray()

    def write(self, text: str) -> None:
        """Append text; raises TooLargeError beyond the limit."""
        self.written += text.encode("utf-8", "replace")
        if len(self.written) > _MOST_WRITTEN_BYTES:
            raise TooLargeError("this page becomes too large when its addresses are rewritten")


def make_exhibit(
    answer: ArchivedAnswer,
    memento: Memento,
    *,
    holds: Callable[[str], bool],
    accepted_codings: str = "",
) -> Exhibit:
    """Return a capture as a browser is to see it.

    Pages and stylesheets are decoded, rewritten and sent as UTF-8; everything else keeps its bytes
    and its type. Raises ContentError when a page is not in the coding it claims, TooLargeError when
    it does not fit into memory.
    """
    head = answer.head
    status = _shown_status(answer.status)
    headers = _kept_headers(head)
    headers |= _way_on(answer, memento, memento.digits)
    if status in _WITHOUT_BODY:
        return Exhibit(status=status, headers=headers)
    media_type = head.media_type or _seen_type(answer)
    if media_type in _PAGES or media_type == SHEET:
        headers["Content-Type"] = f"{media_type}; charset=utf-8"
        return Exhibit(status=status, headers=headers, body=_rewritten(answer, memento, holds))
    body, coding = _as_accepted(answer, accepted_codings)
    return Exhibit(status=status, headers=headers | coding, body=body)


def _seen_type(answer: ArchivedAnswer) -> str | None:
    """Return the type of what begins as a page does; None of all else."""
    coding = answer.head.field("Content-Encoding")
    beginning = decode_beginning(answer.entity, coding, limit_bytes=_SEEN_BYTES)
    return "text/html" if _PAGE_BEGINNING.match(beginning) else None


def make_raw(answer: ArchivedAnswer, memento: Memento) -> Exhibit:
    """Return a capture's payload byte for byte, content-coded as it came."""
    headers = _kept_headers(answer.head)
    if coding := _plain(answer.head.field("Content-Encoding")):
        headers["Content-Encoding"] = coding
    headers |= _way_on(answer, memento, memento.digits + RAW)
    status = _shown_status(answer.status)
    return Exhibit(
        status=status,
        headers=headers,
        body=b"" if status in _WITHOUT_BODY else answer.entity,
    )


def archived_text(answer: ArchivedAnswer) -> str:
    """Return the text of a page or stylesheet.

    Raises ContentError when it is not in the coding it claims, or too large when it is decoded.
    """
    head = answer.head
    coding = head.field("Content-Encoding")
    body = decode_content(answer.entity, coding, limit_bytes=MOST_TEXT_BYTES).body
    read = sheet_text if head.media_type == SHEET else page_text
    return read(body, head.charset)


def _rewritten(answer: ArchivedAnswer, memento: Memento, holds: Callable[[str], bool]) -> bytes:
    text = archived_text(answer)
    place = Place(digits=memento.digits, base=memento.url)
    grown = _Body()
    media_type = answer.head.media_type
    if media_type == SHEET:
        rewrite_sheet(text, place, write=grown.write)
    else:
        is_xml = media_type == _XHTML
        rewrite_page(text, place, holds=holds, write=grown.write, is_xml=is_xml)
    return bytes(grown.written)


def _as_accepted(answer: ArchivedAnswer, accepted: str) -> tuple[bytes, dict[str, str]]:
    """Return the payload in its coding when the client reads it, else without."""
    coding = _plain(answer.head.field("Content-Encoding"))
    if not coding or coding.lower() == "identity":
        return answer.entity, {}
    offered = {one.partition(";")[0].strip().lower() for one in accepted.split(",")}
    if coding.lower() in offered:
        return answer.entity, {"Content-Encoding": coding}
    decoded = decode_content(answer.entity, coding, limit_bytes=_MOST_WRITTEN_BYTES)
    return decoded.body, {}


def _way_on(answer: ArchivedAnswer, memento: Memento, digits: str) -> dict[str, str]:
    """Return where a redirect leads inside the archive; nothing when it leads to no web address."""
    if not memento.redirect or answer.status not in _REDIRECTS:
        return {}
    inside = Place(digits=digits, base=memento.url).inside(memento.redirect)
    return {"Location": inside} if inside and inside.startswith("/") else {}


def _kept_headers(head: Message) -> dict[str, str]:
    """Return the few fields that say how to read the body; all others spoke to another browser."""
    kept = {name: _plain(head.field(name)) for name in ("Content-Type", "Content-Language")}
    return {name: value for name, value in kept.items() if value}


def _plain(value: str | None) -> str | None:
    """Return a field's value when it may stand in a header of ours."""
    return value if value and value.isascii() and value.isprintable() else None


def _shown_status(status: int) -> int:
    """Return the status; some sites answer with numbers that are none (999)."""
    return status if status in _STATUSES else HTTPStatus.BAD_GATEWAY


_STATUSES: Final = range(200, 600)

"""One row of the table of hostile answers: what a server sends, and what must come of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tests.e2e.wire_cases import HTML, OK, article, headline, sized
from tests.fetch.wire_origin import After, Answer

PORT: Final = b"{PORT}"
"""Stands in an answer for the port of the origin that sends it."""
PATIENCE_S: Final = 1.5
"""What an answer may take altogether in these crawls; the product's own limit is a minute."""
LARGEST_BYTES: Final = 1 << 20
"""What an answer may weigh in the crawl of the endless ones; the product's own limit is 32 MiB."""
_READ_AT_ONCE: Final = 1 << 18
"""So much may come in beyond a limit before it is seen."""


class Kept(StrEnum):
    """What of an answer its WARC records hold."""

    WHOLE = "every byte"
    MESSAGE = "the message, not the bytes behind its end"
    BEGINNING = "its beginning, marked as cut off"
    NOTHING = "nothing, for nothing came"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One answer, and what a crawl has to make of it."""

    sends: str
    """In words, for the table in the docs."""
    answer: Answer
    fate: str
    """The ledger's word for what became of the address."""
    reason: str | None = None
    kept: Kept = Kept.WHOLE
    truncated: str | None = None
    """WARC-Truncated of each response."""
    headline: str | None = None
    """Of the row of `articles` that it becomes; None when it must not become one."""
    attempts: int = 1
    """Requests that it deserves."""
    interim: bytes = b""
    """What comes before the answer proper, and is kept in a record of its own."""
    most_bytes: int | None = None
    """What may be kept of an answer without end; None: all that is sent."""
    most_s: float = 5.0
    """What each request may take from its first byte to its last one."""

    def sent(self, port: int) -> Answer:
        """Return the answer as the origin at that port sends it."""
        pieces = (piece.replace(PORT, b"%d" % port) for piece in self.answer.pieces)
        return Answer(pieces=tuple(pieces), after=self.answer.after)


def story(name: str) -> bytes:
    """Return a page that holds an article of its own."""
    return article(name)


def archived(
    name: str, sends: str, *pieces: bytes, after: After = After.KEEP, kept: Kept = Kept.WHOLE
) -> Row:
    """Return a row whose answer holds the article of that name, and is read as that."""
    answer = Answer(pieces=pieces, after=after)
    return Row(sends=sends, answer=answer, fate="archived", headline=headline(name), kept=kept)


def broken(sends: str, *pieces: bytes, reason: str = "broken", after: After = After.CLOSE) -> Row:
    """Return a row whose answer is no whole message: kept, marked, asked for again, and no row."""
    return Row(
        sends=sends,
        answer=Answer(pieces=pieces, after=after),
        fate="failed",
        reason=reason,
        kept=Kept.BEGINNING if any(pieces) else Kept.NOTHING,
        truncated="disconnect" if any(pieces) else None,
        attempts=3,
    )


def endless(sends: str, *pieces: bytes, reason: str, most_bytes: int) -> Row:
    """Return a row whose answer outgrows a limit: kept up to it, and never asked for again."""
    return Row(
        sends=sends,
        answer=Answer(pieces=pieces, after=After.HANG),
        fate="failed",
        reason=reason,
        kept=Kept.BEGINNING,
        truncated="length",
        most_bytes=most_bytes + _READ_AT_ONCE,
    )


def late(sends: str, *pieces: bytes, after: After = After.HANG) -> Row:
    """Return a row whose answer does not end in time."""
    return Row(
        sends=sends,
        answer=Answer(pieces=pieces, after=after),
        fate="failed",
        reason="timeout",
        kept=Kept.BEGINNING if any(pieces) else Kept.NOTHING,
        truncated="time" if any(pieces) else None,
        attempts=3,
    )


def page(body: bytes, *, head: bytes = b"", content_type: bytes = HTML) -> bytes:
    """Return a sound answer with that body."""
    return OK + content_type + head + sized(body)

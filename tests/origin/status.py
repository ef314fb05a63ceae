"""First lines that are odd, missing, or of another protocol (RFC 9112 section 4)."""

from typing import Final

from tests.e2e.wire_cases import CONTINUE, EARLY, HTML, OK, sized
from tests.fetch.wire_origin import After, Answer
from tests.origin.row import Kept, Row, archived, broken, page, story


def _with_status(line: bytes, name: str) -> bytes:
    return line + b"\r\n" + HTML + sized(story(name))


ROWS: Final[dict[str, Row]] = {
    "no_fields": archived(
        "no_fields",
        "a status line and a body, without a field",
        OK + b"\r\n" + story("no_fields"),
        after=After.CLOSE,
    ),
    "http_0_9": broken("a body alone, as HTTP/0.9 had it", story("http_0_9")),
    "http_1_0": archived(
        "http_1_0",
        "HTTP/1.0, its body ended by the connection",
        b"HTTP/1.0 200 OK\r\n\r\n" + story("http_1_0"),
        after=After.CLOSE,
    ),
    "no_number": broken("a status line without a number", _with_status(b"HTTP/1.1 OK", "none")),
    "status_999": Row(
        sends="status 999",
        answer=Answer(pieces=(_with_status(b"HTTP/1.1 999 Denied", "denied"),)),
        fate="failed",
        reason="http_999",
    ),
    "status_000": Row(
        sends="status 000",
        answer=Answer(pieces=(_with_status(b"HTTP/1.1 000 x", "zero"),)),
        fate="failed",
        reason="http_0",
    ),
    "continue": Row(
        sends="100 Continue before the answer, unasked",
        answer=Answer(pieces=(CONTINUE, page(story("continue")))),
        fate="archived",
        headline="The continue Lantern Is Lit Again in Orrenburg",
        interim=CONTINUE,
    ),
    "early_hints": Row(
        sends="103 Early Hints before the answer",
        answer=Answer(pieces=(EARLY, page(story("early_hints")))),
        fate="archived",
        headline="The early_hints Lantern Is Lit Again in Orrenburg",
        interim=EARLY,
    ),
    "body_of_204": Row(
        sends="204 No Content, with a body",
        answer=Answer(
            pieces=(_with_status(b"HTTP/1.1 204 No Content", "of_204"),), after=After.CLOSE
        ),
        fate="not_article",
        reason="other",
        kept=Kept.MESSAGE,
    ),
    "empty_reply": broken("nothing: the connection is closed"),
}

"""The tap, over connections that are strings: what crosses is kept, however it is cut in pieces."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.internet.protocol import Protocol
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web._newclient import Request
from twisted.web.http_headers import Headers

from crawler.fetch.wire import MOST_HEADER_BYTES, Tap, WireProtocol

BEGAN: Final = datetime(2026, 11, 22, 18, tzinfo=UTC)
HINTS: Final = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
SIZED: Final = b"HTTP/1.1 200 OK\r\nserVer: tEst\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED: Final = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n"
)
# What comes over the wire, how much of it lies behind the answer, and whether it is whole once
# the server has closed the connection.
ANSWERS: Final = {
    "sized": (SIZED, 0, True),
    "chunked": (CHUNKED, 0, True),
    "hinted": (HINTS + SIZED, 0, True),
    "no_body": (b"HTTP/1.1 204 No Content\r\n\r\n", 0, True),
    "line_feeds": (b"HTTP/1.0 200 OK\nno colon\nContent-Length: 2\n\nok", 0, True),
    "endless": (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello", 0, True),
    "surplus": (SIZED + b"STRAY", 5, True),
    "surplus_behind_chunks": (CHUNKED + b"STRAY", 5, True),
    "short": (SIZED[:-1], 0, False),
    "short_chunks": (CHUNKED[:-4], 0, False),
    "torn_head": (SIZED[:20], 0, False),
    "nothing": (b"", 0, False),
}


# Twisted's client has no annotations.
_Connection: Any = WireProtocol
_Transport: Any = StringTransport
_Request: Any = Request
_Failure: Any = Failure


class Body(Protocol):
    """Takes a body and looks at none of it."""


def ticking() -> Iterator[datetime]:
    """Yield moments a second apart."""
    return (BEGAN + timedelta(seconds=second) for second in count())


def connect() -> tuple[Any, Any]:
    """Return a connection and the string at its other end."""
    protocol, transport = _Connection(lambda _: None), _Transport()
    protocol.makeConnection(transport)
    return protocol, transport


def ask(protocol: Any, tap: Tap, request: Any = None) -> None:
    """Make a request with a tap on it; its answer's body is thrown away."""
    protocol.next_tap = tap
    answer: Deferred[Any] = protocol.request(request or a_request())
    answer.addCallback(lambda response: response.deliverBody(Body()))
    answer.addErrback(lambda _: None)


def a_request() -> Any:
    headers = Headers({b"hOst": [b"x.example"], b"X-Odd": [b"1", b"2"]})
    return _Request(b"GET", b"/a?b=1", headers, None, persistent=True)


def tapped(pieces: Sequence[bytes]) -> Tap:
    """Return the tap of an exchange whose answer comes in pieces, before the server hangs up."""
    tap, (protocol, _) = Tap(ticking().__next__), connect()
    ask(protocol, tap)
    for piece in pieces:
        protocol.dataReceived(piece)
    protocol.connectionLost(_Failure(ConnectionDone()))
    return tap


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    """Return data in pieces, cut at these places."""
    return [data[start:end] for start, end in pairwise([0, *places, len(data)])]


every_answer = pytest.mark.parametrize(
    ("sent", "surplus", "is_whole"), ANSWERS.values(), ids=ANSWERS.keys()
)


@every_answer
def test_an_answer_is_kept_as_it_came(sent: bytes, surplus: int, is_whole: bool) -> None:  # noqa: FBT001 - a table's column
    tap = tapped([sent])

    assert tap.response == sent[: len(sent) - surplus]
    assert tap.is_whole is is_whole


@every_answer
def test_it_is_the_same_wherever_it_is_cut(sent: bytes, surplus: int, is_whole: bool) -> None:  # noqa: FBT001 - a table's column
    for place in range(len(sent)):
        tap = tapped(cut(sent, [place]))

        # What comes behind the end is dropped with the connection, or counted as surplus.
        assert tap.response == sent[: len(sent) - surplus]
        assert tap.is_whole is is_whole


@given(data=st.data(), name=st.sampled_from(sorted(ANSWERS)))
def test_it_is_the_same_in_any_pieces(data: st.DataObject, name: str) -> None:
    sent, surplus, is_whole = ANSWERS[name]
    places = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=8)))

    tap = tapped(cut(sent, places))

    assert (tap.response, tap.is_whole) == (sent[: len(sent) - surplus], is_whole)


# How the connection ends that a body without a length ends with, and whether that was all of it.
ENDS: dict[str, tuple[type[Exception], tuple[str, str] | None, bool]] = {
    "closed": (ConnectionDone, None, True),
    "reset": (ConnectionLost, None, False),
    "by_us": (ConnectionAborted, None, False),
    "closed_under_tls": (ConnectionDone, ("TLSv1.3", "X"), True),
    "without_the_alert_of_tls": (ConnectionLost, ("TLSv1.3", "X"), True),
    "by_us_under_tls": (ConnectionAborted, ("TLSv1.3", "X"), False),
}


@pytest.mark.parametrize(("end", "tls", "is_whole"), ENDS.values(), ids=ENDS)
def test_a_body_without_a_length_is_whole_when_the_server_ended_it(
    end: type[Exception],
    tls: tuple[str, str] | None,
    is_whole: bool,  # noqa: FBT001 - a table's column
) -> None:
    tap, (protocol, _) = Tap(ticking().__next__), connect()
    ask(protocol, tap)
    tap.tls = tls
    protocol.dataReceived(b"HTTP/1.1 200 OK\r\n\r\nhello")

    protocol.connectionLost(_Failure(end()))

    assert tap.is_whole is is_whole


def test_a_request_is_kept_as_it_was_written() -> None:
    tap, (protocol, transport) = Tap(ticking().__next__), connect()

    ask(protocol, tap)

    assert tap.request == transport.value()
    assert tap.request.startswith(b"GET /a?b=1 HTTP/1.1\r\n")


def test_a_request_that_is_made_twice_is_kept_once() -> None:
    tap, request = Tap(ticking().__next__), a_request()
    (first, _), (second, transport) = connect(), connect()

    ask(first, tap, request)
    first.dataReceived(SIZED[:9])
    ask(second, tap, request)
    second.dataReceived(CHUNKED)

    assert (tap.request, tap.response) == (transport.value(), CHUNKED)
    assert tap.started_at == BEGAN + timedelta(seconds=1)


def test_each_exchange_of_a_connection_has_its_own_bytes() -> None:
    first, second = Tap(ticking().__next__), Tap(ticking().__next__)
    protocol, transport = connect()

    ask(protocol, first)
    protocol.dataReceived(SIZED)
    transport.clear()
    ask(protocol, second)
    protocol.dataReceived(CHUNKED)

    assert (first.response, second.response) == (SIZED, CHUNKED)
    assert second.request == transport.value()


def test_a_server_that_never_ends_its_head_is_hung_up_on() -> None:
    tap, (protocol, transport) = Tap(ticking().__next__), connect()
    ask(protocol, tap)
    sent = SIZED[:17] + b"X: y\r\n" * (MOST_HEADER_BYTES // 6 + 1)

    for piece in cut(sent, range(4096, len(sent), 4096)):
        protocol.dataReceived(piece)

    assert tap.has_too_many_headers
    assert transport.disconnecting
    assert sent.startswith(tap.response)
    assert MOST_HEADER_BYTES < len(tap.response) <= MOST_HEADER_BYTES + 4096


@pytest.mark.parametrize("length", [17_000, 70_000, MOST_HEADER_BYTES - 100])
def test_one_long_line_is_no_reason_to_hang_up(length: int) -> None:
    answer = SIZED.replace(b"tEst", b"t" * length)

    tap = tapped(cut(answer, range(4096, len(answer), 4096)))

    assert tap.is_whole
    assert not tap.has_too_many_headers

"""The replay's answers: a capture, its TimeMap, the way to the nearest one, or that there is none.

Nothing is ever fetched: what the archive does not have is a 404 of ours, and what was withdrawn a
451 (RFC 7725). Only the journal and the
WARCs are opened, by names that the journal gives; no path is made of what a client sends.
"""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from archive.address import crawl_address
from archive.errors import NewsreelError, WithdrawnError
from archive.journal.journal import Journal
from archive.layout import Layout
from archive.replay.answer import read_answer
from archive.replay.exhibit import Exhibit, make_exhibit, make_raw
from archive.replay.memento import (
    LINK_FORMAT,
    TIMEMAP,
    asked_moment,
    http_date,
    link_header,
    original_links,
    time_map,
)
from archive.replay.place import RAW, moment_of, replay_path
from archive.replay.policy import guarding_headers
from archive.replay.timeline import Memento, Timeline
from archive.withdrawn import refuse_withdrawn

_AT_ONCE: Final = 4
"""Captures in memory at the same time; the next waits."""
_MOST_LOOKUPS: Final = 5_000
"""Addresses of one page that are looked for in the archive; beyond it they are taken for held."""
_NO_DATE: Final = "Accept-Datetime has to be written like Tue, 19 May 2026 10:00:00 GMT."
_TARGET: Final = re.compile(
    r"/(?:(?P<digits>\d{4}|\d{6}|\d{8}|\d{10}|\d{12}|\d{14}|\d{20})(?P<mode>id_)?/)?"
    r"(?P<scheme>https?):/{1,2}(?P<rest>[^/].*)",
    re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request asks for."""

    origin: str
    """The replay's own, as the client names it."""
    url: str
    digits: str | None
    """None for a TimeGate: the time then stands in a header, or is now."""
    is_raw: bool


def replay_app(layout: Layout, *, framed_by: tuple[str, ...] = ()) -> Starlette:
    """Return the replay of a store as an ASGI application; it belongs on an origin of its own.

    `framed_by` are the origins that may show a capture in a frame. Whoever serves it checks the
    Host header first (`archive.replay.origin`).
    """
    replay = _Replay(layout, guarding_headers(framed_by))
    return Starlette(routes=[Route("/{target:path}", replay.answer, methods=["GET"])])


class _Replay:
    def __init__(self, layout: Layout, headers: dict[str, str]) -> None:
        self._layout = layout
        self._headers = headers
        self._turn = threading.BoundedSemaphore(_AT_ONCE)

    def answer(self, request: Request) -> Response:
        """Answer a request; runs in a thread."""
        try:
            return self._answer(request)
        except WithdrawnError as error:
            return self._say(HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS, f"{error}.")
        except NewsreelError as error:
            return self._say(HTTPStatus.INTERNAL_SERVER_ERROR, f"Cannot be shown: {error}")

    def _answer(self, request: Request) -> Response:
        target = _target_of(request)
        origin = f"{request.url.scheme}://{request.headers['host']}"
        if target.startswith(TIMEMAP):
            return self._time_map(origin, target.removeprefix(TIMEMAP))
        found = _TARGET.fullmatch(target)
        url = crawl_address(f"{found['scheme']}://{found['rest']}") if found else None
        if found is None or url is None:
            return self._say(HTTPStatus.NOT_FOUND, "Nothing stands here. Ask /TIMESTAMP/ADDRESS.")
        refuse_withdrawn(self._layout, url)
        wanted = request.headers.get("accept-datetime")
        if (
            wanted and not found["digits"] and asked_moment(wanted) is None
        ):  # RFC 7089 section 4.5.3
            return self._say(HTTPStatus.BAD_REQUEST, _NO_DATE)
        asked = _Asked(origin, url, found["digits"], is_raw=found["mode"] == RAW)
        with self._turn:
            return self._show(request, asked)

    def _show(self, request: Request, asked: _Asked) -> Response:
        with _timeline(self._layout) as timeline:
            memento = _chosen(timeline, asked, request.headers.get("accept-datetime"))
            if memento is None:
                return self._say(HTTPStatus.NOT_FOUND, f"Not in this archive: {asked.url}")
            if asked.digits != memento.digits or asked.url != memento.url:
                return self._send_on(asked, memento)
            exhibit = self._exhibit(request, asked, memento, timeline)
            headers = {
                "Memento-Datetime": http_date(memento.captured_at),
                "Link": link_header(asked.origin, memento, timeline.around(memento)),
                "Cache-Control": "private, max-age=600",
            }
        if request.headers.get("sec-fetch-dest") == "font":
            # A font is asked for with the page's origin, and a sandboxed page has none. Only a
            # browser that makes letters of the bytes sends this, never a script that reads them.
            headers["Access-Control-Allow-Origin"] = "*"
        return Response(
            exhibit.body,
            exhibit.status,
            headers=exhibit.headers | headers | self._headers,
        )

    def _exhibit(
        self, request: Request, asked: _Asked, memento: Memento, timeline: Timeline
    ) -> Exhibit:
        archived = read_answer(self._layout, memento)
        if asked.is_raw:
            return make_raw(archived, memento)
        return make_exhibit(
            archived,
            memento,
            holds=_remembered(timeline.holds),
            accepted_codings=request.headers.get("accept-encoding", ""),
        )

    def _send_on(self, asked: _Asked, memento: Memento) -> Response:
        digits = memento.digits + (RAW if asked.is_raw else "")
        headers = {
            "Location": replay_path(digits, memento.url),
            "Link": ", ".join(original_links(asked.origin, memento.url)),
            "Cache-Control": "no-store",
        }
        if asked.digits is None:
            headers["Vary"] = "accept-datetime"
        return Response(status_code=HTTPStatus.FOUND, headers=headers | self._headers)

    def _time_map(self, origin: str, target: str) -> Response:
        refuse_withdrawn(self._layout, target)
        url = crawl_address(target)
        with _timeline(self._layout) as timeline:
            newest = timeline.newest(url) if url else None
        if newest is None:
            return self._say(HTTPStatus.NOT_FOUND, "Not in this archive.")

        def lines() -> Iterator[str]:
            with _timeline(self._layout) as timeline:
                yield from time_map(origin, newest.url, timeline.every(newest))

        return StreamingResponse(lines(), headers=self._headers, media_type=LINK_FORMAT)

    def _say(self, status: HTTPStatus, sentence: str) -> Response:
        return Response(
            sentence + "\n",
            status,
            headers=self._headers | {"Cache-Control": "no-store"},
            media_type="text/plain",
        )


def _target_of(request: Request) -> str:
    """Return path and query as they were sent: decoded, a path would lead to another address."""
    path = request.scope["raw_path"].decode("utf-8", "replace")
    query = request.scope["query_string"].decode("utf-8", "replace")
    return f"{path}?{query}" if query else path


def _chosen(timeline: Timeline, asked: _Asked, accept_datetime: str | None) -> Memento | None:
    if asked.digits is not None:
        moment = moment_of(asked.digits)
        return timeline.nearest(asked.url, moment, _precision(asked.digits)) if moment else None
    wanted: datetime | None = asked_moment(accept_datetime)
    return timeline.nearest(asked.url, wanted) if wanted else timeline.newest(asked.url)


def _precision(digits: str) -> timedelta:
    """Return how far the captures that a timestamp names may lie behind it."""
    is_exact = len(digits) > len("YYYYMMDDhhmmss")
    return timedelta(0) if is_exact else timedelta(microseconds=999_999)


@contextmanager
def _timeline(layout: Layout) -> Iterator[Timeline]:
    """Open the journal for one question; a request sees what is committed when it comes."""
    journal = Journal.read(layout.journal)
    try:
        yield Timeline(journal)
    finally:
        journal.close()


def _remembered(holds: Callable[[str], bool]) -> Callable[[str], bool]:
    known: dict[str, bool] = {}

    def is_held(url: str) -> bool:
        if url not in known and len(known) < _MOST_LOOKUPS:
            known[url] = holds(url)
        return known.get(url, True)

    return is_held

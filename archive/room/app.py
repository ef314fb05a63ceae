"""The reading room as an application: its pages, each with a twin in JSON, and what guards them.

Everything is answered to GET, nothing is written, no page needs a script, and a browser is told to
load nothing from anywhere but here; captures are framed from their own origin.
"""

import json
import logging
import re
import shlex
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from http import HTTPStatus
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from archive.columns import plain
from archive.counted import counted
from archive.errors import NewsreelError, WithdrawnError
from archive.room import charts, wording
from archive.room.articles import article, articles, versions_of
from archive.room.asked import Asked
from archive.room.captures import captures
from archive.room.coverage import coverage
from archive.room.overview import overview
from archive.room.room import Room
from archive.room.runs import run, runs
from archive.room.sites import UnknownError, fields, site, sites
from archive.store import find_warc

logger = logging.getLogger(__name__)

_Page = Callable[[Room, Asked, Mapping[str, str]], dict[str, Any]]

# What a shell leaves as it is between double quotes.
_PLAIN: Final = re.compile(r"[^\"\\$`!]*")
_CHUNK: Final = 1 << 16
_REPLAY_TARGET: Final = re.compile(r"/(?:\d{4,20}(?:id_)?/|timemap/link/)?https?:/", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A page: where it stands, what makes it, and which of the menu it belongs to."""

    path: str
    template: str
    make: _Page
    menu: str


# One row a page; each also answers at its path with `.json` behind it.
PAGES: Final = (
    _Known(path="/", template="overview.html", make=overview, menu="overview"),
    _Known(path="/articles", template="articles.html", make=articles, menu="articles"),
    _Known(path="/articles/{article}", template="article.html", make=article, menu="articles"),
    _Known(path="/sites", template="sites.html", make=sites, menu="sites"),
    _Known(path="/sites/{site}", template="site.html", make=site, menu="sites"),
    _Known(path="/fields", template="fields.html", make=fields, menu="fields"),
    _Known(path="/coverage", template="coverage.html", make=coverage, menu="coverage"),
    _Known(path="/runs", template="runs.html", make=runs, menu="runs"),
    _Known(path="/runs/{run}", template="run.html", make=run, menu="runs"),
    _Known(path="/captures", template="captures.html", make=captures, menu="captures"),
)


def room_app(room: Room) -> Starlette:
    """Return the reading room of a store as an ASGI application, for an origin of its own."""
    desk = _Desk(room)
    return Starlette(
        routes=[
            Route("/room.css", desk.stylesheet, methods=["GET"]),
            Route("/articles/{article}/record", desk.record, methods=["GET"]),
            *desk.routes(),
            Route("/{target:path}", desk.otherwise, methods=["GET"]),
        ]
    )


def environment() -> Environment:
    """Return what templates are made with: everything in them is escaped unless it is ours."""
    made = Environment(
        loader=PackageLoader("archive.room"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "bars": charts.bars,
        "line": charts.line,
        "meter": charts.meter,
        "with_query": wording.with_query,
    }
    made.filters |= {
        "when": wording.when,
        "day": wording.day,
        "span": wording.span,
        "size": wording.size,
        "n": wording.number,
        "counted": counted,
        "percent": wording.percent,
        "web": wording.web_address,
    }
    return made


def stylesheet() -> str:
    """Return the one stylesheet."""
    return (files("archive.room") / "static" / "room.css").read_text("utf-8")


def content_policy(replay_origin: str) -> str:
    """Return the Content-Security-Policy of every page of the room."""
    frames = replay_origin or "'none'"
    return (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'none'; "
        f"frame-src {frames}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


class _Desk:
    """Answers requests; every method runs in a thread."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._templates = environment()
        self._sheet = stylesheet()
        self._headers = {
            "Content-Security-Policy": content_policy(room.replay_origin),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        }

    def routes(self) -> Iterator[Route]:
        """Yield the routes of every page and of its twin in JSON."""
        for page in PAGES:
            twin = "/overview.json" if page.path == "/" else f"{page.path}.json"
            yield Route(twin, self._answering(page, is_json=True), methods=["GET"])
            yield Route(page.path, self._answering(page, is_json=False), methods=["GET"])

    def _answering(self, page: _Known, *, is_json: bool) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            try:
                self._room.catch_up()
                made = page.make(self._room, Asked(request.query_params), dict(request.path_params))
            except UnknownError as error:
                return self._say(HTTPStatus.NOT_FOUND, str(error))
            except WithdrawnError as error:
                return self._say(HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS, f"{error}.")
            except (NewsreelError, sqlite3.Error) as error:
                logger.warning("page failed path=%s why=%s", page.path, error)
                return self._say(HTTPStatus.INTERNAL_SERVER_ERROR, f"Cannot be shown: {error}")
            if is_json:
                return self._json(made)
            return self._html(page, made, request)

        return answer

    def _html(self, page: _Known, made: dict[str, Any], request: Request) -> Response:
        twin = "/overview.json" if page.path == "/" else f"{request.url.path}.json"
        query = request.url.query
        shown = self._templates.get_template(page.template).render(
            made
            | {
                "menu": page.menu,
                "store": str(self._room.layout.root),
                "now": self._room.clock(),
                "twin": f"{twin}?{query}" if query else twin,
                "command": self._command(made.get("sql")),
                "replay_origin": self._room.replay_origin,
            }
        )
        return HTMLResponse(shown, headers=self._headers)

    def _command(self, sql: str | None) -> str | None:
        """Return the command that asks the views; quoted as a person would."""
        if sql is None:
            return None
        quoted = f'"{sql}"' if _PLAIN.fullmatch(sql) else shlex.quote(sql)
        return f"newsreel sql {quoted} --store {shlex.quote(str(self._room.layout.root))}"

    def _json(self, made: dict[str, Any]) -> Response:
        text = json.dumps(made, ensure_ascii=False, default=_told, indent=1)
        return Response(text, headers=self._headers, media_type="application/json")

    def _say(self, status: HTTPStatus, sentence: str) -> Response:
        shown = self._templates.get_template("sentence.html").render(
            title=status.phrase,
            sentence=sentence,
            menu="",
            store=str(self._room.layout.root),
            now=self._room.clock(),
            twin=None,
            command=None,
        )
        return HTMLResponse(shown, status, headers=self._headers)

    def stylesheet(self, _: Request) -> Response:
        """Answer with the stylesheet."""
        return Response(self._sheet, headers=self._headers, media_type="text/css")

    def record(self, request: Request) -> Response:
        """Answer with the record of an article's version: one gzip member, a WARC by itself."""
        try:
            rows = versions_of(self._room, request.path_params["article"])
        except WithdrawnError as error:
            return self._say(HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS, f"{error}.")
        except (UnknownError, NewsreelError) as error:
            return self._say(HTTPStatus.NOT_FOUND, str(error))
        wanted = Asked(request.query_params).number("version")
        row = next((each for each in rows if each["version"] == wanted), rows[-1])
        if row["warc_filename"] is None:
            return self._say(HTTPStatus.NOT_FOUND, "The row does not say where its bytes lie.")
        path = find_warc(self._room.layout, row["warc_filename"])
        name = f"{row['article_id']}-{row['version']}.warc.gz"

        def parts() -> Iterator[bytes]:
            left = row["warc_record_length"]
            with path.open("rb") as file:
                file.seek(row["warc_record_offset"])
                while left and (part := file.read(min(left, _CHUNK))):
                    left -= len(part)
                    yield part

        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Length": str(row["warc_record_length"]),
        }
        return StreamingResponse(
            parts(), headers=self._headers | headers, media_type="application/gzip"
        )

    def otherwise(self, request: Request) -> Response:
        """Send on who asks for a capture, which is at the replay; all else is not here."""
        path = request.scope["raw_path"].decode("ascii", "replace")
        if self._room.replay_origin and _REPLAY_TARGET.match(path):
            query = request.scope["query_string"].decode("ascii", "replace")
            target = f"{self._room.replay_origin}{path}" + (f"?{query}" if query else "")
            return RedirectResponse(target, headers=self._headers)
        return self._say(HTTPStatus.NOT_FOUND, "There is no such page in the reading room.")


def _told(value: Any) -> Any:
    """Return what JSON has no form for: times, days and records."""
    if isinstance(value, datetime):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{value!r} has no form in JSON")

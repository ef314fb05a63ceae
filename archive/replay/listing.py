"""A plain list of the newest captures, on an origin of its own, which leads to the replay."""

import html
from collections.abc import Iterator
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from archive.journal.journal import Journal
from archive.layout import Layout
from archive.replay.place import replay_path
from archive.replay.timeline import Memento, Timeline

_MOST: Final = 500
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_PAGE: Final = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Captures</title></head>
<body>
<h1>Captures</h1>
<p>The newest {count} captured pages, newest first. Each opens as it was, without scripts.</p>
<ol>
{items}
</ol>
</body>
</html>
"""


def listing_app(layout: Layout, *, replay_origin: str) -> Starlette:
    """Return the list as an ASGI application; replay addresses asked of it are sent on."""

    def show(_: Request) -> Response:
        journal = Journal.read(layout.journal)
        try:
            found = Timeline(journal).recent(_MOST)
        finally:
            journal.close()
        page = _PAGE.format(count=len(found), items="\n".join(_items(found, replay_origin)))
        return HTMLResponse(page, headers=_HEADERS)

    def send_on(request: Request) -> Response:
        path = request.scope["raw_path"].decode("ascii", "replace")
        query = request.scope["query_string"].decode("ascii", "replace")
        target = f"{replay_origin}{path}" + (f"?{query}" if query else "")
        return RedirectResponse(target, headers=_HEADERS)

    return Starlette(
        routes=[
            Route("/", show, methods=["GET"]),
            Route("/{target:path}", send_on, methods=["GET"]),
        ]
    )


def _items(found: tuple[Memento, ...], origin: str) -> Iterator[str]:
    for memento in found:
        target = html.escape(origin + replay_path(memento.digits, memento.url))
        captured = f"{memento.captured_at:%Y-%m-%d %H:%M:%S} UTC"
        yield f'<li>{captured} {memento.status} <a href="{target}">{html.escape(memento.url)}</a>'

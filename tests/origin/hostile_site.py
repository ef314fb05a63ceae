"""The origin itself: a topic's rows below one port, and one page that is as it should be."""

from collections.abc import Mapping
from typing import Final

from tests.e2e.wire_cases import NOT_FOUND
from tests.fetch.wire_origin import Answer, WireOrigin
from tests.origin.row import Row, page, story

FINE: Final = "/fine.html"
"""Where the sound page is."""


def path_of(name: str) -> str:
    """Return where a row is asked for."""
    return f"/page/{name}.html"


def hostile_site(rows: Mapping[str, Row]) -> WireOrigin:
    """Return an origin, not started yet, that sends each row's answer at its own path."""

    def answer(path: str, _: int) -> Answer:
        asked = path.partition("?")[0]
        if asked == FINE:
            return Answer(pieces=(page(story("fine")),))
        name = asked.removeprefix("/page/").removesuffix(".html")
        row = rows.get(name)
        return row.sent(origin.port) if row else Answer(pieces=(NOT_FOUND,))

    origin = WireOrigin(answer)  # its port is known before anybody asks
    return origin


def listing_site(pages: Mapping[str, bytes]) -> WireOrigin:
    """Return an origin, not started yet, that sends whole answers by path."""
    return WireOrigin(lambda path, _: Answer(pieces=(pages.get(path, NOT_FOUND),)))

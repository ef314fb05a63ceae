"""A newsroom with a fixed clock, and two ways of asking it: by function call and over a socket."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from crawler.newsroom.listener import Request, Response
from crawler.newsroom.server import Newsroom

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)

Ask = Callable[..., Response]


@pytest.fixture
def newsroom() -> Newsroom:
    """Give a newsroom without ports; it answers for the sites' names."""
    return Newsroom(now=NOW)


@pytest.fixture
def ask(newsroom: Newsroom) -> Ask:
    """Give a function that asks the newsroom for an address, with headers by keyword."""

    def get(url: str, method: str = "GET", **headers: str) -> Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return newsroom.respond(Request(site="lampwick", method=method, target=url, headers=named))

    return get


@pytest.fixture
def open_newsroom() -> Iterator[Newsroom]:
    """Give a newsroom on three ports of loopback."""
    with Newsroom(now=NOW) as newsroom:
        yield newsroom


@pytest.fixture
def talk(open_newsroom: Newsroom) -> Iterator[Ask]:
    """Give a function that asks a port for a path; all requests to a site share a connection."""
    connections: dict[int, HTTPConnection] = {}

    def get(path: str, site: int = 0, method: str = "GET", **headers: str) -> Response:
        if site not in connections:
            place = urlsplit(open_newsroom.sites[site].base_url)
            connections[site] = HTTPConnection(str(place.hostname), place.port, timeout=5)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connections[site].request(method, path, headers=named)
        answer = connections[site].getresponse()
        return Response(
            status=answer.status,
            headers=tuple((name.lower(), value) for name, value in answer.getheaders()),
            body=answer.read(),
        )

    yield get
    for connection in connections.values():
        connection.close()

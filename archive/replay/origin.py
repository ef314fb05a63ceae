"""Which port a request came in at, and whether it names that port: one application an origin.

A page of a stranger can make its own name mean 127.0.0.1 and read what answers there as if it were
its own (DNS rebinding). The name stays in the Host header; only ours are answered.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_HTTP_PORT: Final = 80


def names_of(port: int) -> tuple[str, ...]:
    """Return the hosts by which a port of loopback may be asked for."""
    named = tuple(f"{host}:{port}" for host in ("127.0.0.1", "localhost"))
    return (*named, "127.0.0.1", "localhost") if port == _HTTP_PORT else named


class Origins:
    """An ASGI application that gives each port its own, and refuses who asks for another name."""

    def __init__(self, applications: Mapping[int, ASGIApp]) -> None:
        self._applications = applications

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; nothing but HTTP is spoken here."""
        assert scope["type"] == "http", scope["type"]
        port = scope["server"][1]
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        application = self._applications[port]
        if len(hosts) != 1 or hosts[0].lower() not in names_of(port):
            application = PlainTextResponse(
                "This server does not answer to that name.\n", HTTPStatus.MISDIRECTED_REQUEST
            )
        await application(scope, receive, send)

"""Serving a store to browsers of this machine: its two origins as two ports of loopback."""

import logging
import socket
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from types import FrameType
from typing import Final

import uvicorn
from typing_extensions import override

from archive.errors import ConfigError
from archive.layout import Layout
from archive.replay.origin import Origins, names_of
from archive.replay.server import replay_app
from archive.room.app import room_app
from archive.room.room import Room, Teller
from archive.search.index import open_index

_LOOPBACK: Final = "127.0.0.1"
_MOST_CONNECTIONS: Final = 64


class Server(uvicorn.Server):
    """Knows which signal ended it.

    Uvicorn only raises the signal again, which is lost where it is ignored: a shell without job
    control has what runs in the background ignore Ctrl-C.
    """

    signum = 0
    """The first that came; 0 while none did."""

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.signum = self.signum or sig
        super().handle_exit(sig, frame)


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """Two open ports, and what answers there once `server.run` is called with the sockets."""

    room_origin: str
    """Where the reading room is."""
    replay_origin: str
    """Where captures are shown: another origin, so that no archived page shares one with us."""
    sockets: tuple[socket.socket, ...]
    server: Server

    def run(self) -> int:
        """Serve until a signal ends it, and return that; the sockets are closed then.

        Raises KeyboardInterrupt after Ctrl-C, unless that was ignored when it began.
        """
        self.server.run(sockets=list(self.sockets))
        return self.server.signum


def open_serving(
    layout: Layout,
    *,
    teller: Teller,
    clock: Callable[[], datetime],
    port: int,
    replay_port: int | None = None,
    report: Callable[[int, int], None] = lambda _done, _all: None,
) -> Serving:
    """Open the ports of a store: the room's, and the replay's, which is the next unless named.

    0 takes any that is free. The index is brought up to date first; `report` is told how far that
    is, in rows. Raises ConfigError when a port cannot be had.
    """
    with ExitStack() as opened:
        front = opened.enter_context(_open(port))
        room_port = _port_of(front)
        if replay_port is None:
            replay_port = 0 if port == 0 else port + 1
        replay = opened.enter_context(_open(replay_port))
        index = open_index(layout)
        index.refresh(report)
        opened.pop_all()
    shown_at = _port_of(replay)
    replay_origin = f"http://{_LOOPBACK}:{shown_at}"
    framing = tuple(f"http://{name}" for name in names_of(room_port))
    room = Room(layout=layout, index=index, teller=teller, clock=clock, replay_origin=replay_origin)
    room.standing()  # no page has to wait for the first count
    app = Origins({room_port: room_app(room), shown_at: replay_app(layout, framed_by=framing)})
    return Serving(
        room_origin=f"http://{_LOOPBACK}:{room_port}",
        replay_origin=replay_origin,
        sockets=(front, replay),
        server=Server(_config(app)),
    )


def _open(port: int) -> socket.socket:
    try:
        return socket.create_server((_LOOPBACK, port))
    except (OSError, OverflowError) as error:
        raise ConfigError(f"port {port} cannot be had: {error}; name another") from error


def _port_of(opened: socket.socket) -> int:
    port: int = opened.getsockname()[1]
    return port


def _config(app: Origins) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        loop="asyncio",
        interface="asgi3",
        log_config=None,
        log_level=logging.WARNING,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nobody stands in front of loopback whose word we would take
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=2,
    )

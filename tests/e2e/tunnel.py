"""A proxy that opens tunnels (CONNECT, RFC 9110 section 9.3.6) and looks into none of them."""

import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests.fetch.wire_origin import HOST


class Tunnel:
    """Connects whoever asks to any port of loopback; a context manager."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        """The first part of each conversation, up to its blank line."""
        self._server = socket.create_server((HOST, 0))
        self._sockets: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]

    @property
    def url(self) -> str:
        """The proxy's address."""
        return f"http://{HOST}:{self._server.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for each in (self._server, *self._sockets):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:  # its other end is gone
                continue
        for thread in self._threads:
            thread.join()
        for each in (self._server, *self._sockets):
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:  # the server was shut
                return
            self._sockets.append(client)
            self._start(self._open, client)

    def _open(self, client: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            if not (more := client.recv(1)):
                return
            head += more
        self.asked.append(head)
        host, _, port = head.split(b" ", 2)[1].decode().partition(":")
        server = socket.create_connection((host, int(port)))
        self._sockets.append(server)
        client.sendall(b"HTTP/1.1 200 Tunnel open\r\n\r\n")
        self._start(self._carry, client, server)
        self._carry(server, client)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:  # one of the two went away
            return

    def _start(self, deed: Callable[..., None], *sockets: socket.socket) -> None:
        self._threads.append(threading.Thread(target=deed, args=sockets))
        self._threads[-1].start()

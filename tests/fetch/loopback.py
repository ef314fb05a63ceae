"""A server on loopback that has each conversation in a thread of its own."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Final, Self

HOST: Final = "127.0.0.1"
_BACKLOG: Final = 256


class LoopbackServer:
    """Listens on a port of its own from the beginning, answers while it is a context manager."""

    def __init__(self) -> None:
        self._server = socket.create_server((HOST, 0), backlog=_BACKLOG)
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._accepting = threading.Thread(target=self._accept)
        self._threads: list[threading.Thread] = []

    @property
    def port(self) -> int:
        """The port it listens on."""
        port: int = self._server.getsockname()[1]
        return port

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._accepting.join()
        with self._lock:
            for each in self._open:
                with suppress(OSError):  # its other end is gone
                    each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def converse(self, connection: socket.socket, number: int) -> None:
        """Have the conversation of the n-th connection; it is closed when this returns.

        An OSError ends it, too: the other end went away, or the server is being closed.
        """
        raise NotImplementedError

    @contextmanager
    def held(self, connection: socket.socket) -> Iterator[socket.socket]:
        """Shut a socket when the server is closed, so that nobody waits on it; close it behind."""
        with self._lock:
            self._open.add(connection)
        try:
            yield connection
        finally:
            with self._lock:
                self._open.discard(connection)
                connection.close()

    def _accept(self) -> None:
        number = 0
        with suppress(OSError):  # the server was closed
            while True:
                connection, _ = self._server.accept()
                with self._lock:  # before its thread comes to it, the server may be closed
                    self._open.add(connection)
                thread = threading.Thread(target=self._serve, args=(connection, number))
                self._threads = [each for each in self._threads if each.is_alive()]
                self._threads.append(thread)
                thread.start()
                number += 1

    def _serve(self, connection: socket.socket, number: int) -> None:
        with suppress(OSError), self.held(connection):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.converse(connection, number)

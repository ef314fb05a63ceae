"""A proxy that opens tunnels (CONNECT, RFC 9110 section 9.3.6) and looks into none of them."""

import socket
import threading
from contextlib import suppress

from typing_extensions import override

from tests.fetch.loopback import HOST, LoopbackServer


class Tunnel(LoopbackServer):
    """Connects whoever asks to any port of loopback; a context manager."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[bytes] = []
        """The first part of each conversation, up to its blank line."""

    @property
    def url(self) -> str:
        """The proxy's address."""
        return f"http://{HOST}:{self.port}"

    @override
    def converse(self, connection: socket.socket, number: int) -> None:
        """Open the tunnel that is asked for, and carry both ways until both ends are done."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            if not (more := connection.recv(1)):
                return
            head += more
        self.asked.append(head)
        host, _, port = head.split(b" ", 2)[1].decode().partition(":")
        with self.held(socket.create_connection((host, int(port)))) as server:
            connection.sendall(b"HTTP/1.1 200 Tunnel open\r\n\r\n")
            forth = threading.Thread(target=_carry, args=(connection, server))
            forth.start()
            _carry(server, connection)
            forth.join()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):  # one of the two went away
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)

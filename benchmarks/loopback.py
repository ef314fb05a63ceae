"""A server on loopback that answers each address with bytes: fast, and not counted."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"


@contextmanager
def serving(reply: Callable[[str], bytes]) -> Iterator[int]:
    """Answer GET on kept-alive connections, as a site or as a proxy; yield the port."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        threading.Thread(target=_serve, args=(listener, reply), daemon=True).start()
        yield listener.getsockname()[1]
        # Closing alone would leave the thread in its call.
        listener.shutdown(socket.SHUT_RDWR)


def answer(body: bytes, *headers: str) -> bytes:
    """Return a whole answer."""
    head = "\r\n".join(("HTTP/1.1 200 OK", *headers, f"Content-Length: {len(body)}"))
    return f"{head}\r\n\r\n".encode() + body


def _serve(listener: socket.socket, reply: Callable[[str], bytes]) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:  # nobody listens any longer
            return
        threading.Thread(target=_talk, args=(connection, reply), daemon=True).start()


def _talk(connection: socket.socket, reply: Callable[[str], bytes]) -> None:
    with connection:
        pending = b""
        while data := connection.recv(65536):
            pending += data
            while b"\r\n\r\n" in pending:
                head, _, pending = pending.partition(b"\r\n\r\n")
                connection.sendall(reply(head.split(b" ", 2)[1].decode()))

"""An origin that sends known bytes, odd ones too, and keeps every byte it is sent."""

import datetime as dt
import ipaddress
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST: Final = "127.0.0.1"
_MOST_REQUEST_BYTES: Final = 1 << 20
_CONTENT_LENGTH: Final = re.compile(rb"\r\nContent-Length: *([0-9]+)", re.IGNORECASE)


class After(Enum):
    """What the origin does with a connection once its answer is out."""

    KEEP = auto()
    CLOSE = auto()
    RESET = auto()
    DROP_NEXT = auto()
    """The connection looks alive; the next request on it gets nothing."""
    HANG = auto()
    """Nothing more is sent; the client has to lose patience."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back for one request."""

    pieces: tuple[bytes, ...]
    """Sent one after the other, as packets of their own where the system allows it."""
    after: After = After.KEEP


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request, byte for byte, and the connection it came on."""

    path: str
    """With its query."""
    data: bytes
    connection: int
    is_answered: bool


class WireOrigin:
    """Answers GET on a loopback port from a function of path and turn; a context manager."""

    def __init__(
        self, answer: Callable[[str, int], Answer], *, certificate: Path | None = None
    ) -> None:
        self.received: list[Received] = []
        """Every request in the order of arrival, those that got no answer too."""
        self._answer = answer
        self._tls: ssl.SSLContext | None = None
        if certificate is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate)
        self._server = socket.create_server((HOST, 0), backlog=128)
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept)]

    @property
    def base_url(self) -> str:
        """The origin's address, without a slash at the end."""
        return f"{'https' if self._tls else 'http'}://{HOST}:{self.port}"

    @property
    def port(self) -> int:
        """The port it listens on."""
        port: int = self._server.getsockname()[1]
        return port

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        with self._lock:
            for connection in self._open:
                _shut(connection)
        for thread in self._threads:
            thread.join()

    def paths(self) -> tuple[str, ...]:
        """Return what was asked for, in order."""
        return tuple(request.path for request in self.received)

    def _accept(self) -> None:
        for number in range(1_000_000):
            try:
                connection, _ = self._server.accept()
            except OSError:  # the server was closed
                return
            with self._lock:
                self._open.add(connection)
            self._threads.append(threading.Thread(target=self._serve, args=(connection, number)))
            self._threads[-1].start()

    def _serve(self, plain: socket.socket, number: int) -> None:
        connection = plain
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is not None:
                connection = self._tls.wrap_socket(plain, server_side=True)
                with self._lock:  # wrapping takes the file descriptor over
                    self._open.discard(plain)
                    self._open.add(connection)
            self._converse(connection, number)
        except OSError:  # the client went away, or does not trust us
            pass
        finally:
            with self._lock:
                self._open.discard(connection)
                connection.close()

    def _converse(self, connection: socket.socket, number: int) -> None:
        after = After.KEEP
        while data := _read_request(connection):
            path = data.split(b" ", 2)[1].decode("latin-1")
            with self._lock:
                turn = sum(each.path == path and each.is_answered for each in self.received)
                is_answered = after is not After.DROP_NEXT
                self.received.append(
                    Received(path=path, data=data, connection=number, is_answered=is_answered)
                )
            if not is_answered:
                return
            answer = self._answer(path, turn)
            for piece in answer.pieces:
                connection.sendall(piece)
            after = answer.after
            if after in _ENDINGS:
                _ENDINGS[after](connection)
                return


def _close(connection: socket.socket) -> None:
    if isinstance(connection, ssl.SSLSocket):
        connection.unwrap()  # says goodbye, as TLS asks for
    else:
        connection.shutdown(socket.SHUT_WR)


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _hang(connection: socket.socket) -> None:
    connection.recv(1)


# What ends a conversation, and how.
_ENDINGS: Final[dict[After, Callable[[socket.socket], None]]] = {
    After.CLOSE: _close,
    After.RESET: _reset,
    After.HANG: _hang,
}


def _read_request(connection: socket.socket) -> bytes:
    """Return the next request; nothing when the client is done."""
    data = b""
    while not _is_whole(data) and len(data) < _MOST_REQUEST_BYTES:
        more = connection.recv(65536)
        if not more:
            return b""
        data += more
    return data


def _is_whole(data: bytes) -> bool:
    head, blank, body = data.partition(b"\r\n\r\n")
    length = _CONTENT_LENGTH.search(head)
    return bool(blank) and len(body) >= (int(length[1]) if length else 0)


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        connection.shutdown(socket.SHUT_RDWR)


def make_certificate(folder: Path, now: dt.datetime) -> Path:
    """Return a file with a key and a certificate for loopback that nobody has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "wire origin")])
    day = dt.timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    pem = folder / "origin.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return pem

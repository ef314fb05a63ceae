"""An origin that sends known bytes, odd ones too, and keeps every byte it is sent."""

import datetime as dt
import ipaddress
import re
import socket
import ssl
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from typing_extensions import override

from tests.fetch.loopback import HOST, LoopbackServer

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


class WireOrigin(LoopbackServer):
    """Answers GET on a loopback port from a function of path and turn; a context manager."""

    def __init__(
        self, answer: Callable[[str, int], Answer], *, certificate: Path | None = None
    ) -> None:
        super().__init__()
        self.received: list[Received] = []
        """Every request in the order of arrival, those that got no answer too."""
        self._answer = answer
        self._tls: ssl.SSLContext | None = None
        if certificate is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate)

    @property
    def base_url(self) -> str:
        """The origin's address, without a slash at the end."""
        return f"{'https' if self._tls else 'http'}://{HOST}:{self.port}"

    def paths(self) -> tuple[str, ...]:
        """Return what was asked for, in order."""
        return tuple(request.path for request in self.received)

    @override
    def converse(self, connection: socket.socket, number: int) -> None:
        """Answer one request after the other, until an answer ends it."""
        if self._tls is None:
            self._answer_all(connection, number)
            return
        with self.held(self._tls.wrap_socket(connection, server_side=True)) as secured:
            self._answer_all(secured, number)

    def _answer_all(self, connection: socket.socket, number: int) -> None:
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

"""Stores to replay, a replay on loopback, and a plain way to ask it."""

import socket
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message as Headers
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from archive.exchange import Exchange
from archive.instant import now_utc
from archive.layout import Layout
from archive.replay.origin import Origins
from archive.replay.server import replay_app
from archive.room.room import Teller
from archive.room.serving import Serving, open_serving
from crawler.registry import promised_rates
from crawler.telling import coverage_sentence, state_of
from tests.archive.store_samples import NOON, recording

HTML = "text/html; charset=utf-8"
URL = "https://x.example/a"
AT_NOON = f"/20260518120000/{URL}"
BINARY = bytes(range(256))
NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'

Replay = Callable[..., Serving]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the replay answered."""

    status: int
    headers: Headers
    body: bytes

    @property
    def text(self) -> str:
        """The body of a page."""
        return self.body.decode()


def captured(url: str, response: bytes, at: datetime = NOON, **known: Any) -> Exchange:
    """Return the exchange that brought a response."""
    return Exchange(
        url=url,
        started_at=at,
        request=b"GET / HTTP/1.1\r\nHost: x.example\r\n\r\n",
        response=response,
        record_id=f"<{uuid.uuid4().urn}>",
        request_record_id=f"<{uuid.uuid4().urn}>",
        **known,
    )


def answered(
    body: bytes | str, content_type: str | None = HTML, status: str = "200 OK", **headers: str
) -> bytes:
    """Return a response as it crosses the wire; headers by keyword, with _ for -."""
    body = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if content_type is not None:
        named["Content-Type"] = content_type
    named["Content-Length"] = str(len(body))
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def record(root: Path, exchanges: Iterable[Exchange], *, is_finished: bool = False) -> Layout:
    """Record exchanges into a store, with the recorder that a crawl uses.

    An unfinished run's WARC is still growing.
    """
    with recording(root) as desk:
        for exchange in exchanges:
            (address,) = desk.advertise(exchange.url)
            desk.recorder.keep(exchange, address.id).result(10)
        desk.recorder.close(is_finished=is_finished)
    return Layout(root)


@contextmanager
def serving(
    layout: Layout,
    *,
    now: datetime | None = None,
    promised: Callable[[str], Mapping[str, float]] = promised_rates,
) -> Iterator[Serving]:
    """Serve a store on two free ports until the block ends; its clock may stand still."""
    opened = opened_serving(layout, now=now, promised=promised)
    with running(opened.server, opened.sockets):
        yield opened


def opened_serving(
    layout: Layout,
    *,
    port: int = 0,
    replay_port: int | None = None,
    now: datetime | None = None,
    promised: Callable[[str], Mapping[str, float]] = promised_rates,
) -> Serving:
    """Open the two ports of a store, with the words that `newsreel serve` hands in."""
    teller = Teller(sentence=coverage_sentence, state=state_of, promised=promised)
    return open_serving(
        layout,
        teller=teller,
        clock=(lambda: now) if now else now_utc,
        port=port,
        replay_port=replay_port,
    )


@contextmanager
def serving_replay(
    layout: Layout, *, framed_by: tuple[str, ...] = (), has_policy: bool = True
) -> Iterator[str]:
    """Serve the replay alone, as it is or without its Content-Security-Policy; yield its origin."""
    replay: ASGIApp = replay_app(layout, framed_by=framed_by)
    app = replay if has_policy else _without_policy(replay)
    with socket.create_server(("127.0.0.1", 0)) as opened:
        port = opened.getsockname()[1]
        config = uvicorn.Config(Origins({port: app}), lifespan="off", log_config=None)
        with running(uvicorn.Server(config), [opened]):
            yield f"http://127.0.0.1:{port}"


def _without_policy(app: ASGIApp) -> ASGIApp:
    async def stripped(scope: Scope, receive: Receive, send: Send) -> None:
        async def pass_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [one for one in message["headers"] if one[0] != b"content-security-policy"]
                message["headers"] = kept
            await send(message)

        await app(scope, receive, pass_on)

    return stripped


@contextmanager
def running(server: uvicorn.Server, sockets: Iterable[socket.socket]) -> Iterator[None]:
    """Run a server on open sockets; their queues hold the first requests until it listens."""
    thread = threading.Thread(target=server.run, args=(list(sockets),))
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def ask(origin: str, path: str, method: str = "GET", **headers: str) -> Answer:
    """Ask for a path just as it is written; headers by keyword, with _ for -."""
    place = urlsplit(origin)
    connection = HTTPConnection(str(place.hostname), place.port, timeout=20)
    try:
        connection.request(
            method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        answer = connection.getresponse()
        return Answer(status=answer.status, headers=answer.headers, body=answer.read())
    finally:
        connection.close()


def follow(origin: str, path: str, **headers: str) -> tuple[str, Answer]:
    """Ask as a browser does: go where redirects lead; return the last path too."""
    for _ in range(5):
        answer = ask(origin, path, **headers)
        if "Location" not in answer.headers:
            return path, answer
        path = urljoin(path, answer.headers["Location"])
    raise AssertionError(f"redirects without end at {path}")


def days(*bodies: str) -> list[Exchange]:
    """Return captures of one address at noon of one day after the other."""
    return [
        captured(URL, answered(body), at=NOON + timedelta(days=day))
        for day, body in enumerate(bodies)
    ]


def replayed(served: Serving, path: str = AT_NOON, **headers: str) -> Answer:
    """Return what a browser is shown in the end."""
    return follow(served.replay_origin, path, **headers)[1]

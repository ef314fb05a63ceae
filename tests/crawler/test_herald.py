"""Who is told of a crawl: a watch by pings, and people by what began and what is over."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from typing_extensions import override

from archive.errors import ConfigError
from archive.journal.alarms import Alarm
from crawler.herald import Herald
from crawler.problems import Problem
from crawler.summary import Summary
from tests.fetch.wire_origin import After, Answer, WireOrigin

NOON = datetime(2026, 5, 18, 12, tzinfo=UTC)
PROBLEM = Problem(site="x", what="refuses us", hint="newsreel status", exit_code=4, kind="blocked")
ALARM = Alarm(site="y", kind="failed", what="1 address failed", began_at=NOON)


def summary(*began: Problem, ended: tuple[Alarm, ...] = ()) -> Summary:
    return Summary(
        run_id="r",
        store="store",
        outcome="waiting",
        is_resumed=False,
        requests=1,
        requests_now=1,
        requisites={},
        new_rows=0,
        new_rows_now=0,
        rows=0,
        fates={},
        resting=(),
        sentence="1 of 1 advertised article is archived.",
        problems=began,
        began=began,
        going_on=(),
        ended=ended,
        exit_code=4 if began else 0,
        wall_s=1.0,
    )


@contextmanager
def listener() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Listen for pings; give the address, and the path and body of each."""
    heard: list[tuple[str, str]] = []

    class Conversation(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            size = int(self.headers.get("Content-Length", 0))
            heard.append((self.path, self.rfile.read(size).decode()))
            self.send_response(200)
            self.end_headers()

        do_POST = do_GET  # noqa: N815 - the name is the base class's protocol

        @override
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Conversation)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_watch_is_pinged_at_the_beginning_and_with_the_exit_code() -> None:
    with listener() as (url, heard):
        herald = Herald(ping_url=f"{url}/uuid/")
        herald.begin()
        herald.end(summary(PROBLEM))
        herald.fail()

    sentence = "1 of 1 advertised article is archived."
    assert heard == [("/uuid/start", ""), ("/uuid/4", sentence), ("/uuid/1", "")]


# Apprise looks at pictures with a module that Python 3.13 has no more.
@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
def test_people_are_told_what_began_and_what_is_over() -> None:
    with listener() as (url, heard):
        herald = Herald(notify_urls=(url.replace("http", "json", 1),))
        herald.end(summary())
        nothing = list(heard)
        herald.end(summary(PROBLEM, ended=(ALARM,)))

    assert nothing == []
    ((_, message),) = heard
    assert "x: refuses us" in message
    assert "y: over, what began 2026-05-18 12:00 UTC: 1 address failed" in message


def test_a_watch_that_cannot_be_reached_stops_no_crawl() -> None:
    with listener() as (url, _):
        pass

    Herald(ping_url=url).begin()


NO_ANSWERS = {
    "no_status": b"good morning\r\n\r\n",
    "long_line": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
    "many_fields": b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 200 + b"\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("sent", NO_ANSWERS.values(), ids=NO_ANSWERS.keys())
def test_a_watch_that_answers_nonsense_stops_no_crawl(
    sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with WireOrigin(lambda _, __: Answer(pieces=(sent,), after=After.CLOSE)) as watch:
        Herald(ping_url=f"{watch.base_url}/secret-word").begin()

    assert "ping failed" in caplog.text
    assert "secret-word" not in caplog.text


@pytest.mark.parametrize("url", ["hc.example/abc", "file:///etc/passwd", "http://[bad", "http://"])
def test_a_ping_needs_an_address(url: str) -> None:
    with pytest.raises(ConfigError, match="--ping"):
        Herald(ping_url=url)

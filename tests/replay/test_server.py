"""The replay answers looks alone, to whoever names it, and tells browsers to stay inside."""

import html
import socket
from urllib.parse import urlsplit

import pytest

from archive.address import crawl_address
from archive.room.serving import Serving
from tests.replay.replay_samples import (
    AT_NOON,
    BINARY,
    URL,
    Replay,
    answered,
    ask,
    captured,
    days,
)

MISSING = {
    "never_captured": f"/20260518120000/{URL}/other",
    "of_no_scheme": "/20260518120000/ftp://x.example/a",
    "no_such_day": f"/20269918120000/{URL}",
    "other_digits": f"/202605181/{URL}",
    "other_mode": f"/20260518120000js_/{URL}",
    "credentials": "/20260518120000/https://me@x.example/a",
    "front": "/",
    "icon": "/favicon.ico",
    "no_timemap": f"/timemap/link/{URL}/other",
    "no_timemap_of_junk": "/timemap/link/junk",
    "out_of_the_folder": "/20260518120000/../../../../etc/hostname",
    "out_of_the_folder_escaped": "/20260518120000/%2e%2e%2f%2e%2e%2fetc%2fhostname",
    "file": "/20260518120000/file:///etc/hostname",
    "the_journal": "/journal.db",
    "bytes_that_are_no_text": "/20260518120000/https://x.example/%ff%00",
}


@pytest.mark.parametrize("path", MISSING.values(), ids=MISSING.keys())
def test_what_is_not_there_is_a_404_of_ours(week: Serving, path: str) -> None:
    answer = ask(week.replay_origin, path)

    assert answer.status == 404
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_headers_that_spoke_to_another_browser_are_not_sent(replay: Replay) -> None:
    headers = {
        "Set_Cookie": "a=b",
        "Refresh": "0;url=https://y.example/",
        "Link": "<https://y.example/>; rel=preload; as=style",
        "Clear_Site_Data": '"*"',
        "Content_Security_Policy": "default-src *",
        "Strict_Transport_Security": "max-age=9",
        "Access_Control_Allow_Origin": "*",
    }
    served = replay(captured(URL, answered("words", **headers)))

    answer = ask(served.replay_origin, AT_NOON)

    assert {name for name in map(str.lower, answer.headers) if name != "date"} == {
        "content-type",
        "content-length",
        "memento-datetime",
        "link",
        "cache-control",
        "content-security-policy",
        "x-content-type-options",
        "x-dns-prefetch-control",
        "referrer-policy",
    }
    assert "y.example" not in str(answer.headers)


@pytest.mark.parametrize("mode", ["", "id_"], ids=["shown", "raw"])
def test_every_answer_forbids_to_run_and_to_ask_elsewhere(week: Serving, mode: str) -> None:
    answer = ask(week.replay_origin, f"/20260518120000{mode}/{URL}")

    policy = dict(
        line.strip().partition(" ")[::2]
        for line in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["sandbox"] == ""
    assert policy["default-src"] == policy["script-src"] == policy["frame-src"] == "'none'"
    allowed = {source for sources in policy.values() for source in sources.split()}
    room_port = urlsplit(week.room_origin).port
    assert allowed == {
        *("'none'", "'self'", "'unsafe-inline'", "data:"),
        *(f"http://{host}:{room_port}" for host in ("127.0.0.1", "localhost")),
    }
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_only_a_font_is_given_to_a_page_without_an_origin(replay: Replay) -> None:
    served = replay(captured(URL, answered(BINARY, "font/woff2")))

    as_font = ask(served.replay_origin, AT_NOON, Sec_Fetch_Dest="font")
    as_text = ask(served.replay_origin, AT_NOON, Sec_Fetch_Dest="empty", Origin="null")

    assert as_font.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in as_text.headers


def test_the_replay_is_no_proxy(week: Serving) -> None:
    answer = ask(week.replay_origin, URL)

    assert answer.status == 421


HOSTS = {
    "rebound": ("evil.example", 421),
    "rebound_with_port": ("evil.example:{port}", 421),
    "other_port": ("127.0.0.1:{other}", 421),
    "without_port": ("127.0.0.1", 421),
    "empty": ("", 421),
    "two_in_one": ("127.0.0.1:{port}, evil.example", 421),
    "loopback": ("127.0.0.1:{port}", 200),
    "localhost": ("LocalHost:{port}", 200),
}


@pytest.mark.parametrize(("host", "status"), HOSTS.values(), ids=HOSTS.keys())
@pytest.mark.parametrize("which", ["room", "replay"])
def test_only_a_request_that_names_us_is_answered(
    week: Serving, which: str, host: str, status: int
) -> None:
    ports = [urlsplit(origin).port for origin in (week.room_origin, week.replay_origin)]
    port, other = ports if which == "room" else reversed(ports)
    path = "/" if which == "room" else AT_NOON

    answer = ask(f"http://127.0.0.1:{port}", path, Host=host.format(port=port, other=other))

    assert answer.status == status


@pytest.mark.parametrize(
    ("version", "hosts", "status"),
    [("1.0", 0, b"421"), ("1.1", 0, b"400"), ("1.1", 2, b"400")],
    ids=["none_of_old", "none", "two"],
)
def test_one_host_is_named_or_nothing_is_answered(
    week: Serving, version: str, hosts: int, status: bytes
) -> None:
    port = urlsplit(week.replay_origin).port or 0
    named = f"Host: 127.0.0.1:{port}\r\n" * hosts
    with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
        wire.sendall(f"GET {AT_NOON} HTTP/{version}\r\n{named}\r\n".encode())

        assert wire.recv(12).endswith(status)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_but_looking_is_allowed(week: Serving, method: str) -> None:
    assert ask(week.replay_origin, AT_NOON, method).status == 405


def test_head_is_get_without_a_body(week: Serving) -> None:
    answer = ask(week.replay_origin, AT_NOON, "HEAD")

    assert (answer.status, answer.headers["Content-Length"], answer.body) == (200, "3", b"")


def test_the_room_leads_to_the_captures(replay: Replay) -> None:
    url = crawl_address("https://x.example/a?b='\"<script>&c") or ""
    served = replay(
        captured(url, answered("one")), captured(f"{URL}.png", answered(b"", "image/png"))
    )

    answer = ask(served.room_origin, "/captures")

    hrefs = [html.unescape(part.split('"')[0]) for part in answer.text.split('href="')[1:]]
    links = [href for href in hrefs if href.startswith(served.replay_origin)]
    assert len(links) == 1
    assert "<script" not in answer.text
    assert ask(served.replay_origin, links[0].removeprefix(served.replay_origin)).text == "one"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_room_sends_on_who_asks_it_for_a_capture(replay: Replay) -> None:
    served = replay(*days("one"))

    answer = ask(served.room_origin, f"{AT_NOON}?b=%2F")

    assert (answer.status, answer.headers["Location"]) == (
        307,
        f"{served.replay_origin}{AT_NOON}?b=%2F",
    )

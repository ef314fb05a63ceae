"""Through a proxy that opens tunnels, an exchange is stored as the origin saw it."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typing_extensions import override

from tests.e2e.command import Ended, newsreel
from tests.e2e.tunnel import Tunnel
from tests.e2e.warc_blocks import WarcRecord, read_store
from tests.e2e.wire_cases import HTML, NOT_FOUND, OK, article, sized
from tests.fetch.loopback import HOST, LoopbackServer
from tests.fetch.wire_origin import Answer, WireOrigin, make_certificate

PAGE = OK + HTML + sized(article("tunnelled"))


def answer(path: str, _: int) -> Answer:
    return Answer(pieces=(PAGE if path == "/news/page.html" else NOT_FOUND,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tunnelled:
    """What passed each of the three on the way."""

    command: Ended
    url: str
    asked_of_proxy: tuple[bytes, ...]
    seen_by_origin: tuple[bytes, ...]
    records: tuple[WarcRecord, ...]


@pytest.fixture(scope="module")
def tunnelled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tunnelled]:
    """Crawl one page of a TLS server through the tunnel; the server's address is not allowed."""
    folder: Path = tmp_path_factory.mktemp("tunnel")
    pem = make_certificate(folder, datetime.now(UTC))
    with WireOrigin(answer, certificate=pem) as origin, Tunnel() as tunnel:
        url = f"{origin.base_url}/news/page.html"
        options = ("--allow-network", "127.0.0.0/8", "--delay", "0", "--store", folder / "store")
        command = newsreel("crawl", url, "--proxy", tunnel.url, *options)
        yield Tunnelled(
            command=command,
            url=url,
            asked_of_proxy=tuple(tunnel.asked),
            seen_by_origin=tuple(each.data for each in origin.received if each.path in url),
            records=tuple(each for each in read_store(folder / "store") if each.url == url),
        )


def test_the_proxy_is_asked_for_tunnels_alone(tunnelled: Tunnelled) -> None:
    assert tunnelled.command.code == 0
    assert {head.split(b" ")[0] for head in tunnelled.asked_of_proxy} == {b"CONNECT"}


def test_the_exchange_is_stored_as_the_origin_saw_it(tunnelled: Tunnelled) -> None:
    blocks = {record.type: record.block for record in tunnelled.records}

    assert blocks == {"response": PAGE, "request": tunnelled.seen_by_origin[0]}
    assert blocks["request"].startswith(b"GET /news/page.html HTTP/1.1\r\n")


def test_the_address_of_a_server_behind_a_proxy_is_not_guessed(tunnelled: Tunnelled) -> None:
    assert [record.field("WARC-IP-Address") for record in tunnelled.records] == [None, None]
    assert {record.values("WARC-Protocol")[-1] for record in tunnelled.records} == {"tls/1.3"}


class FrontPages(LoopbackServer):
    """Proxy of sites that have nothing but a front page; it notes what came over which line."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []
        """The number of the connection, for each request."""

    @override
    def converse(self, connection: socket.socket, number: int) -> None:
        while asked := connection.recv(65536):
            self.asked.append(number)
            path = asked.split(b" ", 2)[1].removeprefix(b"http://").partition(b"/")[2]
            connection.sendall(NOT_FOUND if path else PAGE)


def test_sites_share_the_connections_to_their_proxy(tmp_path: Path) -> None:
    homes = [f"http://site-{number}.example/" for number in range(12)]
    with FrontPages() as proxy:
        options = ("--proxy", f"http://{HOST}:{proxy.port}", "--delay", "0")
        ended = newsreel("crawl", *homes, *options, "--store", tmp_path / "store")

    assert ended.code == 3, ended.err  # no site has an article
    assert len(proxy.asked) >= 2 * len(homes)  # robots.txt, too
    assert len(set(proxy.asked)) <= len(homes)

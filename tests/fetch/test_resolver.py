"""The guarded resolver: what it hands on is public, and is what gets connected to."""

import json
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.resolver import dnscache
from twisted.internet.address import IPv4Address, IPv6Address

from crawler.fetch.guard import AddressGuard
from crawler.fetch.resolver import GuardedResolver


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Scrapy keeps one cache a process."""
    dnscache.clear()
    yield
    dnscache.clear()


class _Dns:
    """A resolver that answers a host with the next of its answers, the last again and again."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def resolveHostName(  # noqa: N802 - as Twisted calls it
        self, receiver: Any, host: str, port: int, types: Any, semantics: Any
    ) -> object:
        self.asked.append(host)
        answers = self.answers[host.partition(".")[0]]
        receiver.resolutionBegan(SimpleNamespace(name=host))
        for ip in answers.pop(0) if len(answers) > 1 else answers[0]:
            kind = IPv6Address if ":" in ip else IPv4Address
            receiver.addressResolved(kind(semantics, ip, port))
        receiver.resolutionComplete()
        return types


class _Endpoint:
    """Whoever wants to connect."""

    def __init__(self) -> None:
        self.hosts: list[str] = []
        self.is_complete = False

    def resolutionBegan(self, resolution: object) -> None:  # noqa: N802 - as Twisted calls it
        assert resolution

    def addressResolved(self, address: IPv4Address | IPv6Address) -> None:  # noqa: N802 - same
        self.hosts.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802 - same
        self.is_complete = True


def resolver(dns: _Dns, *, cache_size: int = 0, proxy: str | None = None) -> GuardedResolver:
    reactor: Any = SimpleNamespace(nameResolver=dns)
    return GuardedResolver(reactor, cache_size, AddressGuard(), proxy)


def resolve(guarded: GuardedResolver, host: str) -> list[str]:
    endpoint: Any = _Endpoint()
    guarded.resolveHostName(endpoint, host, 80)
    assert endpoint.is_complete
    return list(endpoint.hosts)


def test_public_addresses_of_both_families_pass() -> None:
    guarded = resolver(_Dns(news=[["8.8.8.8", "2606:4700::1111"]]))

    assert resolve(guarded, "news.example") == ["8.8.8.8", "2606:4700::1111"]
    assert guarded.refusal("news.example") is None


def test_a_name_that_leads_inside_leads_nowhere_and_says_why() -> None:
    guarded = resolver(_Dns(news=[["127.0.0.1", "::1"]]))

    assert resolve(guarded, "news.example") == []
    assert guarded.refusal("NEWS.example.") == "loopback"


def test_of_mixed_addresses_the_public_ones_pass() -> None:
    guarded = resolver(_Dns(news=[["10.0.0.1", "8.8.8.8", "169.254.169.254"]]))

    assert resolve(guarded, "news.example") == ["8.8.8.8"]
    assert guarded.refusal("news.example") is None


def test_a_name_that_does_not_exist_was_not_refused() -> None:
    guarded = resolver(_Dns(news=[[]]))

    assert resolve(guarded, "news.example") == []
    assert guarded.refusal("news.example") is None


def test_a_name_that_changes_its_answer_is_checked_each_time() -> None:
    guarded = resolver(_Dns(news=[["8.8.8.8"], ["127.0.0.1"], ["8.8.8.8"]]))

    answers = [(resolve(guarded, "news.example"), guarded.refusal("news.example")) for _ in "123"]

    assert answers == [(["8.8.8.8"], None), ([], "loopback"), (["8.8.8.8"], None)]


def test_what_the_cache_remembers_is_checked_too() -> None:
    dns = _Dns(news=[["127.0.0.1"]])
    guarded = resolver(dns, cache_size=10)

    answers = [resolve(guarded, "news.example") for _ in "12"]

    assert answers == [[], []]
    assert dns.asked == ["news.example"]
    assert guarded.refusal("news.example") == "loopback"


def test_the_operators_proxy_passes_wherever_it_is() -> None:
    guarded = resolver(_Dns(proxy=[["127.0.0.1"]], news=[["127.0.0.1"]]), proxy="Proxy.example")

    assert resolve(guarded, "proxy.example") == ["127.0.0.1"]
    assert resolve(guarded, "news.example") == []


CRAWL = """
import json, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import scrapy
from scrapy.crawler import AsyncCrawlerProcess

HOSTS = json.loads(sys.argv[1])
SETTINGS = json.loads(sys.argv[2])
outcome = {}


class Origin(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args):
        pass


class Probe(scrapy.Spider):
    name = "probe"

    async def start(self):
        for host in HOSTS:
            url = f"http://{host}:{server.server_port}/"
            yield scrapy.Request(
                url, self.reached, errback=self.failed, cb_kwargs={"host": host}, dont_filter=True
            )

    def reached(self, response, host):
        outcome[host] = "reached"

    def failed(self, failure):
        from twisted.internet import reactor

        host = failure.request.cb_kwargs["host"]
        outcome[host] = [failure.type.__name__, reactor.nameResolver.refusal(host)]


server = ThreadingHTTPServer(("127.0.0.1", 0), Origin)
Thread(target=server.serve_forever, daemon=True).start()
process = AsyncCrawlerProcess({
    "TWISTED_DNS_RESOLVER": "crawler.fetch.resolver.GuardedResolver",
    "LOG_ENABLED": False, "RETRY_ENABLED": False, "TELNETCONSOLE_ENABLED": False,
    **SETTINGS,
})
process.crawl(Probe)
process.start()
print(json.dumps(outcome))
"""
SPELLINGS = ("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0", "localhost")


def crawl(*hosts: str, **settings: object) -> dict[str, object]:
    """Return what became of a request to each host, in a process with a reactor of its own."""
    finished = subprocess.run(
        [sys.executable, "-c", CRAWL, json.dumps(hosts), json.dumps(settings)],
        capture_output=True,
        check=True,
        timeout=60,
        text=True,
    )
    outcome: dict[str, object] = json.loads(finished.stdout)
    return outcome


def test_scrapy_reaches_no_spelling_of_loopback() -> None:
    outcome = crawl(*SPELLINGS, "[::1]", "[::ffff:127.0.0.1]")

    assert {host for host, what in outcome.items() if what == "reached"} == set()
    assert outcome["localhost"] == ["CannotResolveHostError", "loopback"]
    assert outcome["2130706433"] == ["CannotResolveHostError", "loopback"]
    assert outcome["[::ffff:127.0.0.1]"] == ["CannotResolveHostError", "mapped IPv4"]


def test_scrapy_reaches_what_the_operator_allows() -> None:
    outcome = crawl("localhost", "127.1", NEWSREEL_ALLOW_NETWORKS=["127.0.0.0/8"])

    assert outcome == {"localhost": "reached", "127.1": "reached"}

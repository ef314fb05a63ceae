"""Servers without measure: what they send is kept as far as the limit, marked, and not waited for.

The limits of time and size are smaller than the product's own, which take a minute and 32 MiB.
"""

import gzip
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

import pytest

from archive import open_store
from crawler.fetch.wire import MOST_HEADER_BYTES
from tests.e2e.command import Ended, newsreel_with
from tests.e2e.warc_blocks import WarcRecord, read_store
from tests.e2e.wire_cases import HTML, NOT_FOUND, OK, article, sized
from tests.fetch.wire_origin import After, Answer, WireOrigin

pytestmark = pytest.mark.hostile

LIMIT_BYTES: Final = 1 << 20
PACKET_BYTES: Final = 1 << 18
"""More than is read at once: so much may come in beyond a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """What one server sends, and what is made of it."""

    answer: Answer
    fate: str
    reason: str
    truncated: str | None
    most_bytes: int
    requests: int = 1


_MANY_FIELDS: Final = tuple(b"X-%d: %b\r\n" % (n, b"y" * 1000) for n in range(2000))
_LARGE: Final = LIMIT_BYTES + PACKET_BYTES
EXCESSES: Final = {
    "half": Excess(
        answer=Answer(pieces=(OK + HTML + b"Content-Length: 1000\r\n\r\nhalf",), after=After.HANG),
        fate="failed",
        reason="timeout",
        truncated="time",
        most_bytes=1000,
        requests=3,
    ),
    "mute": Excess(
        answer=Answer(pieces=(), after=After.HANG),
        fate="failed",
        reason="timeout",
        truncated=None,
        most_bytes=0,
        requests=3,
    ),
    "long": Excess(
        answer=Answer(pieces=(OK + HTML + sized(b"z" * 4 * LIMIT_BYTES),)),
        fate="failed",
        reason="too_large",
        truncated="length",
        most_bytes=PACKET_BYTES,
    ),
    "endless-body": Excess(
        answer=Answer(
            pieces=(OK + HTML + b"\r\n", *(b"z" * 1000 for _ in range(8000))), after=After.HANG
        ),
        fate="failed",
        reason="too_large",
        truncated="length",
        most_bytes=_LARGE,
    ),
    "endless-head": Excess(
        answer=Answer(pieces=(OK, *_MANY_FIELDS), after=After.HANG),
        fate="failed",
        reason="headers_too_large",
        truncated="length",
        most_bytes=MOST_HEADER_BYTES + PACKET_BYTES,
    ),
    "endless-line": Excess(
        answer=Answer(pieces=(OK, b"X: ", *(b"y" * 1000 for _ in range(2000))), after=After.HANG),
        fate="failed",
        reason="headers_too_large",
        truncated="length",
        most_bytes=MOST_HEADER_BYTES + PACKET_BYTES,
    ),
    "bomb": Excess(
        answer=Answer(
            pieces=(
                OK + HTML + b"Content-Encoding: gzip\r\n" + sized(gzip.compress(bytes(40 << 20))),
            )
        ),
        fate="unreadable",
        reason="too_large",
        truncated=None,
        most_bytes=PACKET_BYTES,
    ),
    "no-gzip": Excess(
        answer=Answer(pieces=(OK + HTML + b"Content-Encoding: gzip\r\n" + sized(b"plain text"),)),
        fate="unreadable",
        reason="bad_content_coding",
        truncated=None,
        most_bytes=1000,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """What is kept of each server's page, by its name."""

    command: Ended
    records: Mapping[str, list[WarcRecord]]
    captures: Mapping[str, list[Mapping[str, Any]]]
    coverage: Mapping[str, Mapping[str, Any]]
    headlines: tuple[str, ...]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """Ask every server for one page, all at once; and one that is as it should be."""
    store = tmp_path_factory.mktemp("limits") / "store"
    fine = Answer(pieces=(OK + HTML + sized(article("measured")),))
    answers = {name: excess.answer for name, excess in EXCESSES.items()} | {"fine": fine}
    with ExitStack() as stack:
        urls = {}
        for name, given in answers.items():
            origin = stack.enter_context(WireOrigin(_page("/news/page.html", given)))
            urls[name] = f"{origin.base_url}/news/page.html"
        limits = {
            "DOWNLOAD_TIMEOUT": 1.5,
            "DOWNLOAD_MAXSIZE": LIMIT_BYTES,
            "NEWSREEL_SHORTEST_BACKOFF_S": 0,
        }
        options = ("--allow-network", "127.0.0.0/8", "--delay", "0", "--store", store)
        command = newsreel_with(limits, "crawl", *urls.values(), *options)
    records, reader = read_store(store), open_store(store)
    captures = reader.captures.to_arrow().to_pylist()
    coverage = {row["url"]: row for row in reader.coverage.to_arrow().to_pylist()}
    return Crawled(
        command=command,
        records={name: [each for each in records if each.url == url] for name, url in urls.items()},
        captures={
            name: [row for row in captures if row["url"] == url] for name, url in urls.items()
        },
        coverage={name: coverage[url] for name, url in urls.items()},
        headlines=tuple(row["headline"] for row in reader.articles.to_arrow().to_pylist()),
    )


def _page(path: str, given: Answer) -> Any:
    nothing = Answer(pieces=(NOT_FOUND,))
    return lambda asked, _: given if asked == path else nothing


every_excess = pytest.mark.parametrize("name", EXCESSES)


@every_excess
def test_an_excess_has_its_fate(crawled: Crawled, name: str) -> None:
    row, excess = crawled.coverage[name], EXCESSES[name]

    assert (row["fate"], row["reason"]) == (excess.fate, excess.reason)
    assert row["attempts"] == excess.requests


@every_excess
def test_an_excess_is_kept_up_to_the_limit(crawled: Crawled, name: str) -> None:
    sent = b"".join(EXCESSES[name].answer.pieces)
    answers = [each for each in crawled.records[name] if each.type == "response"]

    assert len(answers) == (EXCESSES[name].requests if sent else 0)
    for record in answers:
        assert sent.startswith(record.block)
        assert 0 < len(record.block) <= EXCESSES[name].most_bytes
        assert record.field("WARC-Truncated") == EXCESSES[name].truncated


@every_excess
def test_every_request_for_an_excess_is_kept(crawled: Crawled, name: str) -> None:
    requests = [each for each in crawled.records[name] if each.type == "request"]

    assert len(requests) == len(crawled.captures[name]) == EXCESSES[name].requests


def test_a_page_among_them_is_read_as_ever(crawled: Crawled) -> None:
    assert crawled.headlines == ("The measured Lantern Is Lit Again in Orrenburg",)
    assert crawled.coverage["fine"]["fate"] == "archived"


def test_the_command_ends_in_words(crawled: Crawled) -> None:
    assert crawled.command.code == 3
    assert "Traceback" not in crawled.command.err

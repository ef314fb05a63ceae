"""Who reads pages in bench_extract.py: each takes a page and tells what it read, and the CPU of it.

Newsreel, trafilatura and the floors read in this process; the others in that of peers.py, where
they measure themselves. All of them have the page as bytes, and only what they need is counted.
"""

import base64
import json
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from lxml import html
from selectolax.lexbor import LexborHTMLParser

from benchmarks import plain_trafilatura
from benchmarks.given_pages import Given
from benchmarks.scoring import Reading
from crawler.extract.reading import read_page

BASELINE: Final = "trafilatura, with metadata"
_ROOT: Final = Path(__file__).parent.parent
_PEERS: Final = _ROOT / "build" / "peers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """One way to read a page."""

    read: Callable[[Given], tuple[float, Reading]]
    """Return the CPU seconds that a page took, and what was read."""
    gives: str
    scored: frozenset[str] = frozenset()
    """The measures of a score that it gives anything for."""


_ALL: Final = frozenset({"headline", "body", "authors", "day"})


def _here(read: Callable[[Given], Any], told: Callable[[Any], Reading]) -> Any:
    """Return a reader of this process; what it read is looked at when the clock stands."""

    def turn(page: Given) -> tuple[float, Reading]:
        began = time.process_time()
        found = read(page)
        took = time.process_time() - began
        return took, told(found)

    return turn


def _told_by_newsreel(found: Any) -> Reading:
    if (article := found.article) is None:
        return Reading()
    return Reading(
        headline=article.headline,
        body=article.text,
        authors=tuple(author.name for author in article.authors),
        day=article.published_at and article.published_at.date(),
    )


def _told_by_trafilatura(found: Any) -> Reading:
    if found is None:
        return Reading()
    return Reading(
        headline=found.title,
        body=found.text or "",
        authors=tuple(name.strip() for name in (found.author or "").split(";") if name.strip()),
        day=_day(found.date),
    )


def _nothing(_: object) -> Reading:
    return Reading()


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


HERE: Final[Mapping[str, Contestant]] = {
    "Newsreel": Contestant(
        read=_here(lambda page: read_page(page.source), _told_by_newsreel),
        gives="the whole article, by no site's file",
        scored=_ALL,
    ),
    "Newsreel, with site files": Contestant(
        read=_here(lambda page: read_page(page.source, page.design), _told_by_newsreel),
        gives="the whole article",
        scored=_ALL,
    ),
    BASELINE: Contestant(
        read=_here(
            lambda page: plain_trafilatura.with_metadata(page.source.body, page.source.url),
            _told_by_trafilatura,
        ),
        gives="text, title, author, day, description",
        scored=_ALL,
    ),
    "trafilatura, text alone": Contestant(
        read=_here(
            lambda page: plain_trafilatura.text_alone(page.source.body, page.source.url),
            _told_by_trafilatura,
        ),
        gives="text",
        scored=frozenset({"body"}),
    ),
    "lxml parse": Contestant(
        read=_here(lambda page: html.document_fromstring(page.source.body), _nothing),
        gives="floor: a tree, nothing read",
    ),
    "lexbor parse": Contestant(
        read=_here(lambda page: LexborHTMLParser(page.source.body), _nothing),
        gives="floor: a tree, nothing read",
    ),
}
PEERS: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "newspaper4k": ("text, title, authors, day", _ALL),
    "readability-lxml": ("markup of the text, title", frozenset({"headline", "body"})),
    "resiliparse": ("text", frozenset({"body"})),
}
"""What each gives, and what of it is scored."""


@contextmanager
def contestants() -> Iterator[tuple[Mapping[str, Contestant], Mapping[str, str]]]:
    """Start the others, and return all who read, and the versions of the others.

    Where build/peers is missing, there are no others: `make build/peers/ready` installs them.
    """
    if not (_PEERS / "ready").exists():
        yield HERE, {}
        return
    command = [_PEERS / "bin" / "python", "-W", "ignore", _ROOT / "benchmarks" / "peers.py"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        versions = json.loads(process.stdout.readline())
        others = {
            name: Contestant(read=_there(process, name), gives=gives, scored=scored)
            for name, (gives, scored) in PEERS.items()
        }
        yield {**HERE, **others}, versions
        process.stdin.close()


def _there(process: "subprocess.Popen[str]", reader: str) -> Any:
    """Return a reader of the other process."""

    def turn(page: Given) -> tuple[float, Reading]:
        assert process.stdin
        assert process.stdout
        body = base64.b64encode(page.source.body).decode("ascii")
        asked = {"reader": reader, "url": page.source.url, "body": body}
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        read = answer["read"]
        return answer["cpu_s"], Reading(
            headline=read.get("headline"),
            body=read.get("body") or "",
            authors=tuple(read.get("authors", ())),
            day=_day(read.get("day")),
        )

    return turn

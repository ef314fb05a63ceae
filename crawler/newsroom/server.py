"""The newsroom: three invented sites on loopback, a clock, an editor and a log of requests.

Each site has a port of its own. Any of the ports also answers as a proxy for the sites' invented
names, so that a crawl of `http://lampwick.example/` through it sees three registrable domains.
"""

import re
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from archive.article import Article
from archive.errors import ConfigError
from crawler.newsroom.addresses import AddressBook, SiteAddress, path_of
from crawler.newsroom.edition import Change, Edition
from crawler.newsroom.listener import Listener, LoggedRequest, Request, Response
from crawler.newsroom.reply import make_response
from crawler.newsroom.routes import HTML, Document, Visit, answer
from crawler.newsroom.site import Site
from crawler.newsroom.stories import read_sites
from crawler.newsroom.themes import read_theme
from crawler.newsroom.truth import expected_article

_TICK: Final = timedelta(seconds=1)
"""What a change takes: Last-Modified counts in seconds, and two states must not share one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What an editor did to one story."""

    url: str
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trouble:
    """What some paths of a site answer with until the site is mended."""

    paths: re.Pattern[str]
    document: Document


class Newsroom:
    """Three sites; a context manager that opens and closes their ports.

    What the sites hold is the same for the same `now` and `seed`. Without ports open, `respond`
    still answers for the sites' names.
    """

    def __init__(
        self,
        *,
        now: datetime,
        seed: int = 7,
        port: int = 0,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self.now = now.astimezone(UTC)
        """The newsroom's time; ahead of it no story is dated."""
        self.requests: list[LoggedRequest] = []
        self._port = port
        self._stopwatch = stopwatch
        self._lock = threading.RLock()
        self._listeners: dict[str, Listener] = {}
        self._threads: list[threading.Thread] = []
        self._sites = {
            sheet.name: Site(
                sheet=sheet, theme=read_theme(sheet.name), opened_at=self.now, seed=seed
            )
            for sheet in read_sites()
        }
        self._book = AddressBook(
            names={name: f"http://{site.sheet.host}" for name, site in self._sites.items()}
        )
        self._troubles: dict[str, list[_Trouble]] = {name: [] for name in self._sites}

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            for place, name in enumerate(self._sites):
                listener = self._open(name, self._port + place if self._port else 0)
                opened.callback(listener.server_close)
                self._listeners[name] = listener
                self._book.ports[name] = listener.base_url
            opened.pop_all()
        for listener in self._listeners.values():
            self._threads.append(threading.Thread(target=listener.serve_forever, args=(0.02,)))
            self._threads[-1].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for listener in self._listeners.values():
            listener.shutdown()
            listener.server_close()
        for thread in self._threads:
            thread.join()

    @property
    def sites(self) -> tuple[SiteAddress, ...]:
        """Where the sites are; empty before the ports are open."""
        return tuple(
            SiteAddress(
                name=name,
                title=self._sites[name].sheet.title,
                base_url=listener.base_url,
                host=self._sites[name].sheet.host,
            )
            for name, listener in self._listeners.items()
        )

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        with self._lock:
            self.now += by

    def edit(self, count: int = 1) -> tuple[Edit, ...]:
        """Change that many stories on each site: headlines, corrections and deks in turn."""
        return tuple(
            Edit(url=url, change=edition.changes[-1])
            for url, edition in self._on_each_site(Site.edit, count)
        )

    def publish(self, count: int = 1) -> tuple[str, ...]:
        """Put up that many new stories on each site and return their addresses."""
        return tuple(url for url, _ in self._on_each_site(Site.publish, count))

    def withdraw(self, url: str, status: int = 410) -> None:
        """Take a story down; its site goes on advertising it, as sites do."""
        with self._lock:
            name, _ = self._book.find(url)
            self.now += _TICK
            self._sites[name].withdraw(urlsplit(url).path, status)

    def republish(self, url: str) -> str:
        """Put a story up a second time and return its second address; the first stays."""
        with self._lock:
            name, bases = self._book.find(url)
            self.now += _TICK
            at = self.now.replace(microsecond=0)
            edition = self._sites[name].republish(urlsplit(url).path, at)
            return bases[name] + self._sites[name].theme.story_path(edition)

    def disturb(
        self,
        site: str,
        paths: str,
        status: int,
        *,
        body: bytes = b"<h1>Trouble</h1>",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer so, until `mend`, for every path of a site that the pattern is found in."""
        document = Document(content_type=HTML, body=body, status=status, headers=headers or {})
        with self._lock:
            self._troubles[site].append(_Trouble(paths=re.compile(paths), document=document))

    def mend(self, site: str) -> None:
        """End every trouble of a site."""
        with self._lock:
            self._troubles[site].clear()

    def expected(self, url: str) -> Article:
        """Return what extraction must make of a story's page as it stands now.

        Its kind says whether it becomes a row; LookupError where no story stands.
        """
        with self._lock:
            name, bases = self._book.find(url)
            desk = self._sites[name].desk(path_of(url), bases[name])
            if desk is None:
                raise LookupError(f"no story stands at {url}")
            return expected_article(desk)

    def stories(self, site: str, *, by_name: bool = False) -> tuple[str, ...]:
        """Return the addresses of the stories that are up, newest first, not only articles."""
        return tuple(self._base(site, by_name=by_name) + p for p in self._sites[site].editions)

    def advertised(self, site: str, *, by_name: bool = False) -> tuple[str, ...]:
        """Return every address that the site's sitemaps name, moved and gone ones too."""
        return tuple(self._base(site, by_name=by_name) + p for p in self._sites[site].advertised)

    def furniture(self, site: str) -> tuple[str, ...]:
        """Return words that every story's page prints and no article holds."""
        return self._sites[site].theme.furniture

    def respond(self, request: Request) -> Response:
        """Answer a request and log it."""
        at_s = self._stopwatch()
        with self._lock:
            name, bases, path = self._book.read_target(request)
            document = self._document(name, bases, path)
            chunked = name is not None and self._sites[name].theme.chunked
            response = make_response(request, document, self.now, chunked=chunked)
            self.requests.append(
                LoggedRequest(
                    site=name,
                    method=request.method,
                    path=path,
                    headers=request.headers,
                    status=response.status,
                    at_s=at_s,
                    sent_bytes=0 if request.method == "HEAD" else len(response.body),
                )
            )
        return response

    def _open(self, name: str, port: int) -> Listener:
        try:
            return Listener(name, port, self)
        except (OSError, OverflowError) as error:
            raise ConfigError(f"the newsroom cannot have port {port}: {error}") from error

    def _document(self, name: str | None, bases: Mapping[str, str], path: str) -> Document:
        if name is None:
            return Document(content_type="text/plain", body=b"No such host.\n", status=502)
        for trouble in self._troubles[name]:
            if trouble.paths.search(path):
                return trouble.document
        return answer(Visit(site=self._sites[name], path=path, bases=bases, now=self.now))

    def _base(self, site: str, *, by_name: bool) -> str:
        return (self._book.names if by_name else self._book.usual)[site]

    def _on_each_site(
        self, change: Callable[[Site, datetime], Edition], count: int
    ) -> list[tuple[str, Edition]]:
        """Return the address and the edition of each story that was changed."""
        bases = self._book.usual
        done = []
        with self._lock:
            for name, site in self._sites.items():
                for _ in range(count):
                    self.now += _TICK
                    edition = change(site, self.now.replace(microsecond=0))
                    done.append((bases[name] + site.theme.story_path(edition), edition))
        return done

"""Who is told of a crawl besides its terminal: a watch that expects pings, and people.

A watch notices what no crawl can tell: that none runs any more. It is asked for `URL/start` and
then `URL/<exit code>`, as the common ones want it. People are told what began and what is over, and
nothing else.
"""

import logging
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import urlsplit

from archive.errors import ConfigError
from archive.extras import extra_missing
from crawler.summary import Summary

logger = logging.getLogger(__name__)

_PATIENCE_S: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Herald:
    """Tells others; that they cannot be reached stops no crawl."""

    ping_url: str | None = None
    notify_urls: tuple[str, ...] = ()
    """As Apprise writes them."""

    def __post_init__(self) -> None:
        """Refuse what could never work before anything is crawled."""
        if self.ping_url is not None and not _is_web_address(self.ping_url):
            raise ConfigError("--ping needs an address with http:// or https:// in front")
        if self.notify_urls:
            _apprise()

    def begin(self) -> None:
        """Say that a crawl begins."""
        self._ping("start", "")

    def end(self, summary: Summary) -> None:
        """Say how it went, and what a person should know."""
        self._ping(str(summary.exit_code), summary.sentence)
        message = "\n".join(_news(summary))
        if message and self.notify_urls:
            told = _apprise()()
            for url in self.notify_urls:
                told.add(url)
            if not told.notify(title=summary.sentence, body=message):
                logger.warning("notification failed count=%d", len(self.notify_urls))

    def fail(self) -> None:
        """Say that a crawl failed unexpectedly."""
        self._ping("1", "")

    def _ping(self, what: str, body: str) -> None:
        if self.ping_url is None:
            return
        url = f"{self.ping_url.rstrip('/')}/{what}"
        request = urllib.request.Request(url, data=body.encode() or None)  # noqa: S310 - checked
        # --proxy is for pages, and proxies of the environment are not used.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            opener.open(request, timeout=_PATIENCE_S).close()
        except (OSError, HTTPException) as error:
            logger.warning("ping failed what=%s why=%s", what, type(error).__name__)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # http://[bad
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _news(summary: Summary) -> Iterator[str]:
    for problem in summary.began:
        yield f"{problem.site}: {problem.what}"
    for alarm in summary.ended:
        yield f"{alarm.site}: over, what began {alarm.began_at:%Y-%m-%d %H:%M} UTC: {alarm.what}"


def _apprise() -> Any:
    try:
        from apprise import Apprise  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise extra_missing("--notify needs Apprise", "notify") from error
    return Apprise

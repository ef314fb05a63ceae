"""What a page and the crawl hand each other while it is rendered, and how long that may take."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from archive.errors import NewsreelError


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How much a page may take of a crawl's time and memory."""

    page_s: float = 20.0
    """For a page's scripts; a page that never rests is taken as it is then."""
    grace_s: float = 10.0
    """For the browser to start, to say what it shows, and to clear up; then it is replaced."""
    dom_bytes: int = 16 * 1024 * 1024
    """Of a document; a longer one is cut there, and marked so."""
    at_once: int = 2
    """Pages, of different sites: each takes a core and some hundred megabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a page asks for."""

    url: str
    kind: str
    """script, stylesheet, xhr or fetch."""
    fields: tuple[tuple[str, str], ...] = ()
    """As the browser would send them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What it gets."""

    status: int
    fields: tuple[tuple[str, str], ...]
    body: bytes
    """Without any coding."""


Serve = Callable[[Asked], Awaitable[Served | None]]
"""Gives a page what it asks for; None: it gets nothing."""


class UnrenderedError(NewsreelError):
    """A page could not be rendered; it is read as it was sent."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        """A stable word: browser_failed or browser_stuck."""
        self.detail = detail

"""How much of what pages need is fetched with them."""

from dataclasses import dataclass
from enum import StrEnum


class Requisites(StrEnum):
    """How much of what a page needs is fetched with it."""

    NONE = "none"
    """The page alone."""
    IMAGES = "images"
    """Its pictures."""
    PAGE = "page"
    """Pictures, stylesheets and what they name, scripts, fonts and icons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much of it a stranger's site is asked for; what is beyond is refused, and said so."""

    a_page: int = 100
    """Addresses taken from one page or one stylesheet."""
    a_site: int = 2_000
    """Requests a site and run."""
    site_bytes: int = 256 * 1024 * 1024
    """Received a site and run; the answer that reaches it is still taken."""
    each_bytes: int = 8 * 1024 * 1024
    """A larger one is cut there, and marked so."""

"""The page as it is handed to the extractor: bytes and what the exchange said of them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """One captured page, before anybody has looked into it."""

    url: str
    """The address as fetched."""
    body: bytes
    """The entity with its content coding removed."""
    content_type: str | None = None
    """The Content-Type header; None when there was none."""
    headers: tuple[tuple[str, str], ...] = ()
    """Other headers that say something of the page: X-Robots-Tag, TDM-Reservation."""
    captured_at: datetime | None = None
    """UTC; None when it is not known, as for a file from somebody's disk."""
    status: int = 200
    advertised_title: str | None = None
    """What a feed or sitemap calls it: its headline, where the page itself has none."""
    is_whole: bool = True
    """False when the body breaks off before the end that its content coding or record has."""

    def header(self, name: str) -> str | None:
        """Return the values of a header, joined by commas, or None when it was not sent."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) or None

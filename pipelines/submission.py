"""A submission: an article that asks to be kept, with the capture it was read from."""

from concurrent.futures import Future
from dataclasses import dataclass

from archive.article import Article
from archive.capture import Capture
from archive.journal.parts import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What goes through the stages; each returns it with more known of it, or drops it."""

    article: Article
    site: str
    """The site's name in the store."""
    address_id: int
    capture: "Future[Capture]"
    """Done once the page's record is committed."""
    version: Version | None = None
    """None until the version stage has spoken."""

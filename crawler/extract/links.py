"""The links of the body: where the words of the story lead."""

from collections.abc import Iterable

from archive.article import Link
from crawler.extract.address import absolute, registrable_domain
from crawler.extract.pieces import Piece
from crawler.extract.tree import text_of


def body_links(pieces: Iterable[Piece], url: str) -> tuple[Link, ...]:
    """Return each link of the pieces once, in reading order; only those that lead to the web."""
    home = registrable_domain(url)
    links: dict[tuple[str, str], Link] = {}
    for node in (link for piece in pieces for link in piece.links):
        text, address = text_of(node), absolute(url, node.get("href"))
        if text and address and address.startswith(("http://", "https://")):
            internal = registrable_domain(address) == home
            links.setdefault((address, text), Link(url=address, text=text, internal=internal))
    return tuple(links.values())

"""Addresses: the registrable domain, and which address a page may claim for itself."""

from functools import cache
from urllib.parse import urljoin, urlsplit

import tldextract

from crawler.extract.claims import Claims
from crawler.extract.tree import Node


@cache
def _suffixes() -> tldextract.TLDExtract:
    """Return the public suffix list that the library carries; it is never fetched nor cached."""
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def registrable_domain(url: str) -> str | None:
    """Return the domain a site registered, the host where there is none, None without a host."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    if not host:
        return None
    return _suffixes()(host).top_domain_under_public_suffix or host


def canonical_url(root: Node, claims: Claims, url: str) -> str | None:
    """Return the address the page claims for itself, or None when the claim cannot be true.

    Another site's address and a bare home page for an inner page are mistakes of templates: every
    article of such a site would become the same one.
    """
    links = [
        node.get("href")
        for node in root.iter("link")
        if "canonical" in (node.get("rel") or "").lower().split()
    ]
    for claimed in (*links, claims.first("og:url")):
        if not claimed or not claimed.strip():
            continue
        try:
            address = urljoin(url, claimed.strip())
            path = urlsplit(address).path
            own = urlsplit(url).path
        except ValueError:
            continue
        if not address.startswith(("http://", "https://")) or registrable_domain(
            address
        ) != registrable_domain(url):
            continue
        if path.strip("/") or not own.strip("/"):
            return address
    return None

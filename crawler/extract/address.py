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


def absolute(base: str, address: str | None) -> str | None:
    """Return an address of a page made absolute, or None when it is none that can be read."""
    if not address or not address.strip():
        return None
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return None


def path_of(url: str) -> str:
    """Return the path of an address; empty when it cannot be read."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def registrable_domain(url: str) -> str | None:
    """Return the domain a site registered, the host where there is none, None without a host.

    Below a suffix that no list knows it is the last two labels (publicsuffix.org, rule `*`).
    """
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    if not host:
        return None
    found = _suffixes()(host)
    if found.suffix or found.ipv4 or found.ipv6:
        return found.top_domain_under_public_suffix or host
    return ".".join(host.split(".")[-2:])


def canonical_url(root: Node, claims: Claims, url: str) -> str | None:
    """Return the address the page claims for itself, or None when the claim cannot be true.

    Another site's address and a bare home page for an inner page are mistakes of templates: every
    article of such a site would become the same one.
    """
    links = [node.get("href") for node in root.iter("link") if _is_canonical(node)]
    for claimed in (*links, claims.first("og:url")):
        address = absolute(url, claimed)
        if address is None or not address.startswith(("http://", "https://")):
            continue
        is_inner = bool(path_of(address).strip("/")) or not path_of(url).strip("/")
        if is_inner and registrable_domain(address) == registrable_domain(url):
            return address
    return None


def _is_canonical(link: Node) -> bool:
    """Whether a `link` element names the page's own address."""
    return "canonical" in link.get("rel", "").lower().split()

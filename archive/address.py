"""Web addresses: the one form Newsreel asks for, and the site, origin and sort key it belongs to.

Only differences that RFC 3986 section 6.2.2 calls insignificant are evened out: two addresses
become one only where every server would answer both alike. Parameters that advertisers append stay
in what is asked for, because there are servers that answer to nothing else, and are left out of the
identity.
"""

import functools
import ipaddress
import re
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

import idna
import tldextract

# What sitemaps.org and the browsers that matter put up with; a longer address is a trap or a blob.
LONGEST: Final = 2083

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}

# Appended by mail programs, social networks and advertisers to follow a reader; no site chooses
# what it shows by them. A parameter whose meaning differs from site to site is no member.
_TRACKER: Final = re.compile(
    r"utm_.*|_ga|_gl|_hs(?:enc|mi)|fb(?:clid|_action_ids|_action_types|_source)"
    r"|g(?:ad_source|braid|clid|clsrc)|dclid|wbraid|srsltid|ig(?:sh|shid)|li_fat_id|mc_[ce]id"
    r"|mkt_tok|msclkid|(?:tt|tw|y)clid|oly_(?:anon|enc)_id|rb_clickid|s_kwcid|vero_id|wickedid",
    re.IGNORECASE,
)

_WHITE_SPACE: Final = " \t\r\n\f"
_ABSOLUTE: Final = re.compile("https?://", re.IGNORECASE)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_HOST: Final = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")

# A path or query that no rule below would change, and a whole address like that: most of them
# are, and one regular expression is quicker than the rules. A dot must stand inside a segment.
_PLAIN_TEXT: Final = (
    r"[A-Za-z0-9_~/=&+,:;@-]*(?:(?<!/)\.[A-Za-z0-9_~=&+,:;@-][A-Za-z0-9_~/=&+,:;@-]*)*"
)
_PLAIN: Final = re.compile(_PLAIN_TEXT)
_PLAIN_ADDRESS: Final = re.compile(
    rf"https?://(?=[^/]{{1,253}}/)(?:[a-z0-9-]{{1,63}}\.)+[a-z]{{2,63}}/{_PLAIN_TEXT}"
)
_ESCAPE: Final = re.compile("%([0-9A-Fa-f]{2})")
_LONE_PERCENT: Final = re.compile("%(?![0-9A-Fa-f]{2})")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~-]")
_SAFE_IN_PATH: Final = "/%:@!$&'()*+,;="
# The URL Standard escapes the apostrophe in a query of http(s), and so does Scrapy.
_SAFE_IN_QUERY: Final = "/%:@!$&()*+,;=?"

_HOME_PATH: Final = re.compile(r"/?(?:(?:index|default|home)\.[a-z]{3,5})?", re.IGNORECASE)

# Private suffixes count (`a.blogspot.com` and `b.blogspot.com` are two sites): what hosting
# companies register there belongs to different owners, and a site's rules, promises and claims to
# a canonical address must not reach into another owner's pages. No network: the list is the one
# that the library carries.
_suffixes: Final = tldextract.TLDExtract(
    suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True
)


def crawl_address(url: str, base: str | None = None) -> str | None:
    """Return the address to ask for: absolute, http or https, normalised, without fragment.

    None for what must not be asked for: another scheme, credentials, control characters, a host
    that cannot be one, or more than 2,083 characters. The result is its own crawl address.
    """
    text = url.strip(_WHITE_SPACE)
    if len(text) <= LONGEST and _PLAIN_ADDRESS.fullmatch(text):
        return text
    if len(text) > LONGEST or _CONTROL.search(text):
        return None
    try:
        parts = urlsplit(text if base is None or _ABSOLUTE.match(text) else urljoin(base, text))
        port = parts.port
        host = _ascii_host(parts.hostname or "")
        path, query = _normal_path(parts.path), _normal_query(parts.query)
    except ValueError:  # urllib and idna say so of brackets, ports, labels and lone surrogates
        return None
    if parts.scheme not in _DEFAULT_PORTS or not host or "@" in parts.netloc or port == 0:
        return None
    explicit = "" if port in {None, _DEFAULT_PORTS[parts.scheme]} else f":{port}"
    address = f"{parts.scheme}://{host}{explicit}{path}{query}"
    return address if len(address) <= LONGEST else None


def identity_of(address: str) -> str:
    """Return a crawl address without what advertisers append to it: what makes two links one page.

    >>> identity_of("https://x.example/a?id=7&utm_source=mail")
    'https://x.example/a?id=7'
    """
    path, mark, query = address.partition("?")
    if not mark:
        return address
    kept = "&".join(part for part in query.split("&") if not _is_tracker(part))
    return f"{path}?{kept}" if kept else path


def host_of(url: str) -> str:
    """Return the host of an address, or the host given, in lower case ASCII and without its port.

    An IPv6 host has no brackets. Empty when there is no host.
    """
    try:
        parts = urlsplit(url if "//" in url else f"//{_bare_host(url)}")
        return _ascii_host(parts.hostname or "").strip("[]") if parts.port != 0 else ""
    except ValueError:
        return ""


def _bare_host(host: str) -> str:
    """Return a host that stands alone as it would stand in an address."""
    if "@" in host:  # mailto:somebody@x.example
        return ""
    is_ipv6 = host.count(":") > 1 and not host.startswith("[")
    return f"[{host}]" if is_ipv6 else host


def origin_of(url: str) -> str:
    """Return `scheme://host` with the port unless it is the scheme's own: what a robots.txt rules.

    Empty when the address has none.
    """
    address = crawl_address(url)
    if address is None:
        return ""
    return "/".join(address.split("/", 3)[:3])


def registrable_domain(url: str) -> str:
    """Return the domain somebody registered, of an address or a host: the name of a site.

    The host itself for IP addresses, single labels and public suffixes; empty without a host.
    """
    return _registrable(host_of(url))


@functools.lru_cache(maxsize=4096)
def _registrable(host: str) -> str:
    found = _suffixes(host)
    if found.suffix or found.ipv4 or found.ipv6:
        return found.top_domain_under_public_suffix or host
    *_, last = labels = host.split(".")
    # "If no rules match, the prevailing rule is `*`" (publicsuffix.org): a top-level domain that
    # the list does not know is a suffix too. A host that ends in a number is an IPv4 address.
    return host if last.isdigit() else ".".join(labels[-2:])


def is_same_site(url: str, domain: str) -> bool:
    """Whether the address belongs to the registrable domain."""
    return registrable_domain(url) == domain


def is_home_page(url: str) -> bool:
    """Whether the address is a site's front door: no path worth the name and no query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return not parts.query and _HOME_PATH.fullmatch(parts.path) is not None


def _ascii_host(host: str) -> str:
    """Return the host in lower case ASCII, IPv6 in brackets; empty for what cannot be a host."""
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host)}]" if "%" not in host else ""
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode("ascii")
    host = host.lower().removesuffix(".")  # the root's dot names the same host
    return host if _HOST.fullmatch(host) else ""


def _normal_path(path: str) -> str:
    if not path:
        return "/"
    if _PLAIN.fullmatch(path):
        return path
    return _without_dot_segments(_escaped(path, _SAFE_IN_PATH))


def _normal_query(query: str) -> str:
    """Return the query with its question mark; empty when there is none."""
    if not query:
        return ""
    return f"?{query if _PLAIN.fullmatch(query) else _escaped(query, _SAFE_IN_QUERY)}"


def _is_tracker(parameter: str) -> bool:
    return _TRACKER.fullmatch(parameter.partition("=")[0]) is not None


def _escaped(text: str, safe: str) -> str:
    """Return the text with what needs it percent-encoded, and with what does not decoded."""
    text = _LONE_PERCENT.sub("%25", text)
    return quote(_ESCAPE.sub(_plainest, text), safe=safe)


def _plainest(escape: re.Match[str]) -> str:
    """Return an unreserved character as itself, every other escape in upper case."""
    character = chr(int(escape[1], 16))
    return character if _UNRESERVED.fullmatch(character) else escape[0].upper()


def _without_dot_segments(path: str) -> str:
    """Resolve `.` and `..` as RFC 3986 section 5.2.4 does; empty segments stay."""
    segments = path.split("/")
    kept: list[str] = []
    for segment in segments[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)

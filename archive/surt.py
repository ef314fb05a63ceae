"""The sort-friendly key of an address, as CDX indexes agree on it.

The rules are those of the Wayback Machine's canonicaliser: host turned round without `www`, case
and default port forgotten, path and query escaped one way, session ids out, parameters sorted. Keys
are equal to those of cdxj-indexer, which a test compares; its library is not used because of its
licence and because it asks the system's resolver about numeric hosts.
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_WWW: Final = re.compile(r"www\d*\.")
# Everything printable is itself, but what would begin an escape or a fragment.
_ITSELF: Final = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"

_PATH_SESSIONS: Final = (
    re.compile(r"^(.*/)\((?:[a-z]\([0-9a-z]{24}\))+\)/([^?]+\.aspx.*)$", re.IGNORECASE),
    re.compile(r"^(.*/)\([0-9a-z]{24}\)/([^?]+\.aspx.*)$", re.IGNORECASE),
)
_QUERY_SESSIONS: Final = tuple(
    re.compile(rf"^(.*)(?:{form})(?:&(.*))?$", re.IGNORECASE)
    for form in (
        "jsessionid=[0-9a-z]{32}",
        "phpsessid=[0-9a-z]{32}",
        "sid=[0-9a-z]{32}",
        "aspsessionid[a-z]{8}=[a-z]{24}",
        "cfid=[^&]+&cftoken=[^&]+",
    )
)


def surt_key(url: str) -> str:
    """Return the key of a web address; the lower-cased address when it is none.

    The key forgets scheme, `www.`, session ids and case: it finds captures, but does not tell
    pages apart.

    >>> surt_key("https://www.Example.com:443/A//b/?y=2&x=1#top")
    'com,example)/a/b?x=1&y=2'
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # brackets or a port that is none
        return url.lower()
    if not host:
        return url.lower()
    labels = _WWW.sub("", host, count=1) if _WWW.match(host) else host
    turned = ",".join(reversed(labels.strip(".").split(".")))
    place = "" if port in {None, _DEFAULT_PORTS.get(parts.scheme)} else f":{port}"
    query = _query(parts.query)
    return f"{turned}{place}){_path(parts.path)}" + (f"?{query}" if query else "")


def _path(path: str) -> str:
    kept: list[str] = []
    segments = _escaped_once(path).split("/")
    for segment in segments[1:]:
        if segment == ".." and kept:
            kept.pop()
        elif segment != ".":
            kept.append(segment)
    # Empty segments go, but a last one is the slash the path ends with.
    whole = "/" + "/".join([*filter(None, kept[:-1]), *kept[-1:]])
    lower = _without(_PATH_SESSIONS, whole.lower())
    return lower[:-1] if lower.endswith("/") and lower != "/" else lower


def _query(query: str) -> str:
    lower = _without(_QUERY_SESSIONS, _escaped_once(query)).lower()
    if len(lower) <= 1:
        return lower
    arguments = sorted(tuple(argument.split("=", 1)) for argument in lower.split("&"))
    return "&".join(map("=".join, arguments))


def _escaped_once(text: str) -> str:
    """Return text with its escapes resolved, however often they were applied, and put back once."""
    data = text.encode("utf-8", "surrogatepass")
    while (plain := unquote_to_bytes(data)) != data:
        data = plain
    return quote_from_bytes(data, safe=_ITSELF)


def _without(sessions: Iterable[re.Pattern[str]], text: str) -> str:
    """Return text with everything that matches between its two groups taken out."""
    for form in sessions:
        text = form.sub(lambda found: found[1] + (found[2] or ""), text)
    return text

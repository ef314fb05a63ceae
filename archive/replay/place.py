"""Addresses inside the replay: `/<timestamp>/<address>`, and the way there from an address outside.

Timestamps are those of every web archive: fourteen digits, UTC. Where two captures of an address
share a second, twenty tell them apart: six more for the microseconds.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final
from urllib.parse import quote

from archive.address import crawl_address
from archive.article import Article
from archive.capture import Capture
from archive.errors import ConfigError

RAW: Final = "id_"
"""What follows a timestamp to ask for a payload as it was (pywb's word for it)."""

_SECONDS: Final = 14
_EARLIEST: Final = "00000101000000"
"""What the digits that somebody left out are taken for: 2026 is its first second."""
_CONTROL_OR_SPACE: Final = "".join(map(chr, range(0x21)))
_BREAKS: Final = str.maketrans("", "", "\t\n\r")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
# What a page carries with it, and what can run nothing. A document in a `data:` address is neither.
_INLINE: Final = re.compile(
    r"data:(?:image/|audio/|video/|font/|text/css|application/(?:x-|vnd\.ms-)?font)", re.IGNORECASE
)
_FRAGMENT_SAFE: Final = "!$&'()*+,;=:@/?~-._%"


class Use(Enum):
    """What a page names an address for."""

    # Not tuples: Python 3.11.2, which is Debian 12's, takes an empty one for no value at all.
    LINK = frozenset({"mailto", "tel"})
    """To be followed by a reader; these schemes stay, no browser fetches them."""
    PART = frozenset[str]()
    """To be fetched and shown as part of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the replay a document stands: what its relative addresses start from."""

    digits: str
    """The timestamp that its links carry on."""
    base: str
    """The address that relative ones are resolved against."""

    def based_on(self, href: str) -> "Place":
        """Return the place with the base that the document claims; a wrong one changes nothing."""
        claimed = crawl_address(_as_browsers_read(href), self.base)
        return replace(self, base=claimed) if claimed else self

    def outside(self, address: str) -> str | None:
        """Return the web address that is meant, without fragment; None when it is none."""
        return crawl_address(_as_browsers_read(address), self.base)

    def inside(self, address: str, use: Use = Use.PART) -> str | None:
        """Return the address to write instead; None when nothing may stand there.

        Fragments, mail addresses of links and embedded pictures stay as they are. Everything else
        that is not on the web, scripts and documents in an address above all, is None.
        """
        plain = _as_browsers_read(address)
        if not plain or plain.startswith("#") or plain.lower() == "about:blank":
            return plain
        scheme = found[1].lower() if (found := _SCHEME.match(plain)) else None
        if scheme in use.value or (use is Use.PART and _INLINE.match(plain)):
            return plain
        target = crawl_address(plain, self.base)
        if target is None:
            return None
        _, mark, fragment = plain.partition("#")
        return f"/{self.digits}/{target}{mark}{quote(fragment, safe=_FRAGMENT_SAFE)}"


def _as_browsers_read(address: str) -> str:
    """Return an address without what the URL standard ignores, backslashes as slashes."""
    plain = address.strip(_CONTROL_OR_SPACE).translate(_BREAKS)
    if "\\" not in plain or _INLINE.match(plain):
        return plain
    end = min((at for at in map(plain.find, "?#") if at >= 0), default=len(plain))
    return plain[:end].replace("\\", "/") + plain[end:]


def digits_of(moment: datetime, *, is_crowded: bool = False) -> str:
    """Return the timestamp of a capture; a crowded second needs the long one."""
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%S%f")[: None if is_crowded else _SECONDS]


def moment_of(digits: str) -> datetime | None:
    """Return the time that 4 to 14 or 20 digits mean; None when there is no such day."""
    seconds = digits[:_SECONDS] + _EARLIEST[len(digits) :]
    micros = digits[_SECONDS:] or "0"
    try:
        moment = datetime.strptime(seconds, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        return moment.replace(microsecond=int(micros))
    except ValueError:
        return None


def replay_path(digits: str, url: str) -> str:
    """Return where in the replay an address stands at a time."""
    return f"/{digits}/{url}"


def replay_url(row: Article | Capture | Mapping[str, Any], origin: str = "") -> str:
    """Return where the replay shows the capture that a row of articles or captures was read from.

    The origin is that of the replay, without a slash at its end. Raises ConfigError when the row
    does not say when it was captured.
    """
    url, moment = (
        row.get(name) if isinstance(row, Mapping) else getattr(row, name)
        for name in ("url", "fetch_time")
    )
    if not url or moment is None:
        raise ConfigError("the row does not say what was captured when: it needs url, fetch_time")
    in_utc = moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # datasets hold UTC alone
    return origin + replay_path(digits_of(in_utc, is_crowded=True), url)

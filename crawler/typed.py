"""What is wrong with an address that somebody typed, said without the secrets in it."""

import re
from collections.abc import Callable
from typing import Final

from archive.address import LONGEST

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SCHEME: Final = re.compile(r"https?://", re.IGNORECASE)
_AUTHORITY: Final = re.compile(r"\w+://([^/?#]*)")
_PORT: Final = re.compile(r":([^\]:]*)\Z")  # behind the brackets of an IPv6 host, if there are any
_PORTS: Final = range(1, 65_536)
_LONGEST_PORT: Final = 5
# Up to the last @: a slash in a password ends the authority, and the rest would be shown.
_SECRET: Final = re.compile(r"\A((?:[a-z][a-z0-9+.-]*://)?).*@", re.IGNORECASE | re.DOTALL)

_Claim = Callable[[str], bool]

# Tried in order, as `archive.address.crawl_address` refuses; what fits no row is a host's fault.
_FAULTS: Final[tuple[tuple[_Claim, str], ...]] = (
    (lambda text: len(text) > LONGEST, f"it has more than {LONGEST:,} characters"),
    (lambda text: bool(_CONTROL.search(text)), "it holds a control character"),
    (lambda text: not _SCHEME.match(text), "it needs http:// or https:// in front"),
    (
        lambda text: "@" in _authority(text),
        "it holds a name or a password, and Newsreel does not log in; leave out what is before @",
    ),
    (lambda text: _authority(text).partition(":")[0] == "", "it names no host"),
    (lambda text: not _has_port(text), "its port is no number from 1 to 65535"),
)


def why_no_address(text: str) -> str:
    """Return why a text is no address that can be crawled; nothing of the text is repeated.

    >>> why_no_address("https://somebody:secret@x.example/").partition(",")[0]
    'it holds a name or a password'
    """
    text = text.strip()
    return next((why for is_so, why in _FAULTS if is_so(text)), "no host can have that name")


def without_secrets(text: str) -> str:
    """Return a typed address with stars for what may be a name and a password.

    >>> without_secrets("https://somebody:se/cret@x.example/")
    'https://***@x.example/'
    """
    return _SECRET.sub(r"\1***@", text)


def _authority(text: str) -> str:
    found = _AUTHORITY.match(text)
    return found[1] if found else ""


def _has_port(text: str) -> bool:
    """Whether the port is one that can be, or not given at all."""
    port = _PORT.search(_authority(text))
    if port is None or not port[1]:
        return True
    is_number = port[1].isascii() and port[1].isdecimal() and len(port[1]) <= _LONGEST_PORT
    return is_number and int(port[1]) in _PORTS

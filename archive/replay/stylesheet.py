"""Stylesheets whose addresses lead into the replay; everything else of them stays as it was.

Addresses stand in `url()`, behind `@import`, and in `image-set()`. A namespace is a name that only
looks like an address.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from archive.replay.place import Place

_NOTHING: Final = 'url("about:invalid")'
_UNENDED: Final = r""""(?:[^"\\\n]|\\.)*+|'(?:[^'\\\n]|\\.)*+"""
_STRING: Final = r""""(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'"""
_GAP: Final = r"(?:\s|/\*.*?\*/)*+"
_BARE: Final = r"""(?:[^"'()\s\\]|\\[0-9a-f]{1,6}\s?|\\[^\n])*+"""
_TOKEN: Final = re.compile(
    rf"""(?P<comment>/\*.*?(?:\*/|\Z))
    |(?P<namespace>@namespace\b[^;{{}}]*+;?)
    |(?P<import>@import{_GAP})(?P<imported>{_STRING})
    |url\([ \t\n\r\f]*+(?:(?P<quoted>{_STRING})|(?P<bare>{_BARE}))\s*+(?:\)|\Z)
    |(?<![-\w])(?P<opens>[-\w]*+\()
    |(?P<closes>\))
    |(?P<string>{_STRING})
    |{_UNENDED}""",  # to its line's end, and once: else every quote in it would be tried anew
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_ESCAPE: Final = re.compile(r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\n\r\f])?|(.))", re.DOTALL)
_LAST_CODE_POINT: Final = 0x10FFFF


def rewrite_sheet(text: str, place: Place, *, write: Callable[[str], object]) -> None:
    """Write a stylesheet, or the declarations of a style attribute, piece by piece."""
    position = 0
    for found, value in _named(text):
        write(text[position : found.start()])
        if found["imported"]:
            write(f"{found['import'].rstrip()} ")
        write(_written(value, place))
        position = found.end()
    write(text[position:])


def sheet_addresses(text: str) -> Iterator[str]:
    """Yield the addresses that a stylesheet names, as they are meant, in order.

    >>> list(sheet_addresses('@import "a.css"; b { background: url(c.png) }'))
    ['a.css', 'c.png']
    """
    return (_meant(value) for _, value in _named(text))


def _named(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Yield each place that names an address, with the address as it is written there."""
    image_sets: list[bool] = []  # one for each bracket that is open
    for found in _TOKEN.finditer(text):
        if found["opens"]:
            image_sets.append(found["opens"].lower().endswith("image-set("))
        elif found["closes"]:
            del image_sets[-1:]
        elif found["imported"]:
            yield found, found["imported"]
        elif found["quoted"] is not None or found["bare"]:
            yield found, found["quoted"] or found["bare"]
        elif found["string"] and image_sets and image_sets[-1]:
            yield found, found["string"]


def rewritten(text: str, place: Place) -> str:
    """Return a stylesheet, or the declarations of a style attribute, with addresses rewritten."""
    pieces: list[str] = []
    rewrite_sheet(text, place, write=pieces.append)
    return "".join(pieces)


def _written(value: str, place: Place) -> str:
    """Return what stands for an address as it is written in CSS, quoted or bare."""
    inside = place.inside(_meant(value))
    if inside is None:
        return _NOTHING
    # What stays as it is may hold anything; nothing in it may end the string or a style element.
    safe = re.sub(r'["\\<\n\r\f]', lambda found: f"\\{ord(found[0]):x} ", inside)
    return f'url("{safe}")'


def _meant(value: str) -> str:
    plain = value[1:-1] if value[:1] in {'"', "'"} else value
    return _ESCAPE.sub(_character, plain)


def _character(found: re.Match[str]) -> str:
    """Return the character that an escape stands for (CSS Syntax, section 4.3.7)."""
    if found[2] is not None:
        return "" if found[2] == "\n" else found[2]  # an escaped line end continues the string
    code = int(found[1], 16)
    is_character = 0 < code <= _LAST_CODE_POINT and not 0xD800 <= code <= 0xDFFF  # noqa: PLR2004 - surrogates
    return chr(code) if is_character else "\N{REPLACEMENT CHARACTER}"

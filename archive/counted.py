"""Counts in words, `1 page` and `2 pages`: whoever says how many takes the words from here."""

import re
from typing import Final

# What this program counts; an irregular noun would be one more row.
_MANY: Final = (
    (re.compile(r"(s|x|ch|sh)\Z"), r"\1es"),
    (re.compile(r"([^aeiou])y\Z"), r"\1ies"),
    (re.compile(r"\Z"), "s"),
)


def counted(number: int, noun: str, *, behind: str = "") -> str:
    """Return a number with its noun, and with what stands behind that whatever the number is.

    >>> counted(1, "address"), counted(0, "story"), counted(1200, "page", behind="archived")
    ('1 address', '0 stories', '1,200 pages archived')
    """
    said = noun if number == 1 else plural(noun)
    return f"{number:,} {said}{behind and f' {behind}'}"


def plural(noun: str) -> str:
    """Return what several of a thing are called; of several words, the last is the thing."""
    form, many = next(each for each in _MANY if each[0].search(noun))
    return form.sub(many, noun, count=1)


def verb(number: int, one: str, many: str) -> str:
    """Return the form of a verb that agrees with a count: one page *is*, two pages *are*."""
    return one if number == 1 else many

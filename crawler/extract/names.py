"""Names of people as bylines write them."""

import re
from typing import Final

from crawler.extract.abroad import MONTH
from crawler.extract.wording import tidy, without_markup

_LEADING: Final = re.compile(
    r"^\W*(?:(?:see all|more|posts|written|reported|reviewed|submitted|posted|published|words|story"
    r"|text|article|edited)\s+)?"
    r"(?:(?:by|von|par|por|door|(?-i:di)|بقلم|लेखक)(?:\b|(?=(?-i:[A-Z])))\s*:?"
    r"|(?:autor(?:in|e)?|auteure?|tekst|texte|texto)\s*:)\s*",
    re.IGNORECASE,
)
_AND: Final = re.compile(r"\s*(?:,|;|/|\band\b|&|\bund\b|\bwith\b)\s*")
_NO_NAME: Final = re.compile(
    r"https?:|@|\d{3,}|^[\W\d_]*$|^(?:admin|editor|guest|unknown|authors?|contributors?|staff|null|undefined"
    r"|none|by|n/a|agencies|agency|wires?|bio|follow|e-?mail|profile)$",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"https?:|www\.|@\w+\.")
# What a byline goes on with: a date, reading time, another label.
_TRAILING: Final = re.compile(
    rf"\s+(?=\d|{MONTH}\.?\s\d)|\s+[|•·–—-]\s+|\s+(?:updated|published|posted|in|on|at|for)\b"
    r"|(?<=[가-힣])\s*(?:기자|특파원)\b"
    r"|\s+the\s+(?:associated|canadian)\s+press\b",
    re.IGNORECASE,
)
_CAPITALISED: Final = re.compile(r"^[^\W\d_][\w.'’-]*(?:\s+(?:[^\W\d_][\w.'’-]*)){1,3}$")
_REPORTER: Final = re.compile(r"[가-힣]{2,4}\s*(?:기자|특파원)")
"""A Korean name with what its bearer is: script without case needs another sign."""
# As in a library's catalogue: two words with a comma between them.
_INVERTED: Final = re.compile(r"(?P<family>[A-Z][\w’'-]+), (?P<given>[A-Z][\w’'-]+)")
_TITLES: Final = re.compile(
    r"^(?:jr|sr|ph\.?d|m\.?d|esq|[ivx]+|.*\b(?:editor|writer|reporter|correspondent|critic|staff"
    r"|contributor|columnist|producer|journalist|news|times|post|press)\b.*)\.?$",
    re.IGNORECASE,
)
_PARTICLES: Final = frozenset(
    {"de", "da", "di", "del", "della", "der", "den", "la", "le", "van", "von", "bin", "al", "el"}
)
_LONGEST: Final = 60
_MOST_WORDS: Final = 6


def is_byline(text: str) -> bool:
    """Whether a line begins as bylines do."""
    return bool(_LEADING.match(text))


def without_by(text: str) -> str:
    """Return a byline without the words in front of the name."""
    return tidy(_LEADING.sub("", text))


def split_names(text: str) -> tuple[str, ...]:
    """Return the names in a text that may hold several; empty when it holds none.

    Job titles and agencies that follow a comma are no names of their own.
    """
    text = without_markup(text)
    if _ADDRESS.search(text):
        return ()
    if inverted := _INVERTED.fullmatch(text):
        return (f"{inverted['given']} {inverted['family']}",)
    parts = [_TRAILING.split(part)[0].strip(" -–—.:") for part in _AND.split(without_by(text))]
    names = [part for part in parts if _is_name(part)]
    first, *rest = names or [""]
    return tuple(name for name in (first, *(n for n in rest if not _TITLES.match(n))) if name)


def looks_like_name(text: str) -> bool:
    """Whether a line without "by" is two to four words that all begin in upper case."""
    if _REPORTER.fullmatch(text):
        return True
    words = text.split()
    return bool(_CAPITALISED.match(text)) and all(
        word[0].isupper() or word in _PARTICLES for word in words
    )


def is_title(text: str) -> bool:
    """Whether a line says what somebody is rather than who."""
    return bool(_TITLES.match(text))


def _is_name(text: str) -> bool:
    """Whether a text could be somebody's name."""
    return (
        1 < len(text) <= _LONGEST and len(text.split()) <= _MOST_WORDS and not _NO_NAME.search(text)
    )

"""Text as it is stored: NFC, one space between words, nothing that cannot be seen."""

import re
import unicodedata
from typing import Final

# Control characters, lone surrogates, noncharacters, and the invisible marks that only steer line
# breaking, or turn the direction of all that follows (UAX #9: an override shows a text backwards).
# The zero width joiner stays: emoji and Indic scripts need it.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff"
    "\ud800-\udfff\ufffe\uffff]"
)
_BREAKING: Final = re.compile(r"<(?:br|/?(?:p|div|li))\b[^<>]{0,500}>", re.IGNORECASE)
_MARKUP: Final = re.compile(r"</?[a-z][^<>]{0,500}>", re.IGNORECASE)
_ASCII_LETTERS: Final = {
    code: chr(code).lower() if chr(code).isalnum() else None for code in range(128)
}


def tidy(text: str) -> str:
    """Return the text as it is stored; empty when there is nothing to see."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(_UNSEEN.sub("", text).split())


def tidy_or_none(text: str | None) -> str | None:
    """Return the text as it is stored, or None when there is nothing to see."""
    return tidy(text) or None if text else None


def without_markup(text: str) -> str:
    """Return a text without the tags that stand in it; a lone `<` stays."""
    return _MARKUP.sub("", _BREAKING.sub(" ", text)) if "<" in text else text


def letters(text: str) -> str:
    """Return the letters and digits alone, in lower case: equal for texts that read the same."""
    if text.isascii():
        return text.translate(_ASCII_LETTERS)
    return "".join(filter(str.isalnum, text)).lower()

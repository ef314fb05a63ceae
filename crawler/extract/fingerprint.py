"""Fingerprints of a text: one equal for exact reprints, one close for near duplicates."""

import hashlib
import re
from functools import lru_cache
from typing import Final

from crawler.extract.wording import letters

_WORD: Final = re.compile(r"\w+")
# Scripts that set no space between words: a character of Chinese or Japanese counts as one, as word
# processors count, and so do some letters of Thai, Lao, Khmer and Burmese.
_UNSPACED: Final = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
    "|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]{5}"
)
_SHINGLE_WORDS: Final = 5
_BITS: Final = 64
_SIZE: Final = _BITS // 8


def text_digest(text: str) -> str:
    """Return the SHA-256 (hex) of a text's letters and digits in lower case."""
    return hashlib.sha256(letters(text).encode("utf-8")).hexdigest()


def word_count(text: str) -> int:
    """Return how many words a text has; a hyphen or apostrophe does not part one."""
    return len(text.split()) + (0 if text.isascii() else len(_UNSPACED.findall(text)))


def simhash64(text: str) -> int:
    """Return the SimHash of a text's five-word shingles as a signed number (Charikar 2002).

    Near duplicates differ in at most 8 bits; a text shorter than five words is one shingle.
    """
    words = _WORD.findall(text.lower())
    count = max(1, len(words) - _SHINGLE_WORDS + 1)
    digests = _shingle_digests(words, count)
    # One byte of every hash as one number: masking every eighth bit counts a bit of all of them.
    mask = int.from_bytes(b"\x01" * count, "big")
    value = 0
    for bit in range(_BITS):
        if bit % 8 == 0:
            column = int.from_bytes(digests[_SIZE - 1 - bit // 8 :: _SIZE], "big")
        if 2 * (column >> bit % 8 & mask).bit_count() > count:
            value |= 1 << bit
    return value - (1 << _BITS) if value >> (_BITS - 1) else value


def _shingle_digests(words: list[str], count: int) -> bytes:
    """Return the digests of all shingles, one behind the other.

    A shingle's is the exclusive or of a digest of each word at its place, so that a text costs one
    hash a word of the language and not one a shingle: as evenly spread, for half of the time.
    """
    places = memoryview(b"".join(map(_digests_of_word, words))).cast("Q")
    combined = 0
    for place in range(min(_SHINGLE_WORDS, len(words))):
        here = places[place::_SHINGLE_WORDS][place : place + count]
        combined ^= int.from_bytes(here.tobytes(), "big")
    return combined.to_bytes(_SIZE * count, "big")


@lru_cache(maxsize=50_000)
def _digests_of_word(word: str) -> bytes:
    """Return a digest of a word for each place that it can have in a shingle."""
    return hashlib.blake2b(word.encode(), digest_size=_SIZE * _SHINGLE_WORDS).digest()

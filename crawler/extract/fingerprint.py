"""Fingerprints of a text: one equal for exact reprints, one close for near duplicates."""

import hashlib
import re
from typing import Final

from crawler.extract.wording import letters

_WORD: Final = re.compile(r"\w+")
_SHINGLE_WORDS: Final = 5
_BITS: Final = 64


def text_digest(text: str) -> str:
    """Return the SHA-256 (hex) of a text's letters and digits in lower case."""
    return hashlib.sha256(letters(text).encode("utf-8")).hexdigest()


def word_count(text: str) -> int:
    """Return how many words a text has; a hyphen or apostrophe does not part one."""
    return len(text.split())


def simhash64(text: str) -> int:
    """Return the SimHash of a text's five-word shingles as a signed number (Charikar 2002).

    Near duplicates differ in at most 8 bits; a text shorter than five words is one shingle.
    """
    words = [word.encode() for word in _WORD.findall(text.lower())]
    count = max(1, len(words) - _SHINGLE_WORDS + 1)
    size = _BITS // 8
    shingles = (b" ".join(words[i : i + _SHINGLE_WORDS]) for i in range(count))
    digests = b"".join([hashlib.blake2b(one, digest_size=size).digest() for one in shingles])
    # One byte of every hash as one number: masking every eighth bit counts a bit of all of them.
    mask = int.from_bytes(b"\x01" * count, "big")
    value = 0
    for bit in range(_BITS):
        if bit % 8 == 0:
            column = int.from_bytes(digests[size - 1 - bit // 8 :: size], "big")
        if 2 * (column >> bit % 8 & mask).bit_count() > count:
            value |= 1 << bit
    return value - (1 << _BITS) if value >> (_BITS - 1) else value

"""Choices that look like chance and are the same for the same seed, on every machine.

A lot is a digest of the seed and of what is being decided. Unlike a running generator, drawing
one lot more does not change any other.
"""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def draw(seed: int, *what: object) -> int:
    """Return the lot for one decision: a whole number below 2**64.

    >>> draw(7, "edit", 1) == draw(7, "edit", 1)
    True
    """
    text = "\n".join([str(seed), *map(str, what)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def pick(options: Sequence[T], seed: int, *what: object) -> T:
    """Return one of the options."""
    return options[draw(seed, *what) % len(options)]


def shuffle(options: Sequence[T], seed: int, *what: object) -> tuple[T, ...]:
    """Return all of the options in the order of their lots."""
    order = sorted(range(len(options)), key=lambda place: draw(seed, *what, place))
    return tuple(options[place] for place in order)

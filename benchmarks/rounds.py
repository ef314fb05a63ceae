"""Sides that take turns: in every round each has one, so that a busy machine meets all alike."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

Taken = TypeVar("Taken")


def in_turn(sides: Mapping[str, Callable[[], Taken]], rounds: int) -> dict[str, list[Taken]]:
    """Return what each side gave in each round; the order within a round is thrown, by a seed."""
    dice = random.Random(rounds)
    taken: dict[str, list[Taken]] = {side: [] for side in sides}
    for _ in range(rounds):
        for side in dice.sample(list(sides), len(sides)):
            taken[side].append(sides[side]())
    return taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One figure of every side, round by round."""

    base: str
    """The side that the others are held against."""
    taken: Mapping[str, Sequence[float]]

    def middle(self, side: str) -> float:
        """Return the median of a side."""
        return median(self.taken[side])

    def ratios(self, side: str) -> list[float]:
        """Return how much of the base's a side took, within each round."""
        return [
            one / base for one, base in zip(self.taken[side], self.taken[self.base], strict=True)
        ]

    def inverse(self, side: str) -> list[float]:
        """Return how often a side goes into the base, within each round."""
        return [1 / ratio for ratio in self.ratios(side)]

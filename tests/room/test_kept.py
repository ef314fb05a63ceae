"""An answer that takes long is told again while it holds, and is made anew beside who asks."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from archive.errors import StoreError
from archive.room.kept import Kept

NOON = datetime(2026, 5, 18, 12, tzinfo=UTC)


@dataclass(slots=True)
class Counting:
    """Something that is counted, and a clock that is set by hand."""

    seconds: float = 0.0
    mark: int = 0
    made: int = 0
    may_go_on: threading.Event = field(default_factory=threading.Event)
    trouble: Exception | None = None

    def make(self) -> int:
        """Count, once that is allowed."""
        self.made += 1
        if self.made > 1:
            self.may_go_on.wait(30)
        if self.trouble is not None:
            raise self.trouble
        return self.made

    @property
    def kept(self) -> Kept[int]:
        """Return what keeps the count."""
        return Kept(
            self.make,
            mark=lambda: self.mark,
            clock=lambda: NOON + timedelta(seconds=self.seconds),
            monotonic=lambda: self.seconds,
        )


def test_an_answer_of_the_last_seconds_is_told_again() -> None:
    counting = Counting()
    kept = counting.kept
    kept.get()
    counting.seconds, counting.mark = 9.0, 1

    assert (kept.get().found, counting.made) == (1, 1)


def test_an_answer_holds_while_what_it_was_made_of_does() -> None:
    counting = Counting()
    kept = counting.kept
    kept.get()
    counting.seconds = 5_000.0

    answer = kept.get()

    assert (answer.found, counting.made) == (1, 1)
    assert answer.at == NOON + timedelta(seconds=5_000)


def test_while_another_is_made_the_kept_one_is_told_with_its_time() -> None:
    counting = Counting()
    kept = counting.kept
    kept.get()
    counting.seconds, counting.mark = 60.0, 1

    meanwhile = kept.get()
    counting.may_go_on.set()
    afterwards = kept.get()

    assert (meanwhile.found, meanwhile.at) == (1, NOON)
    assert (afterwards.found, afterwards.at) == (2, NOON + timedelta(seconds=60))


def test_what_cannot_be_made_anew_is_told_as_it_was() -> None:
    counting = Counting(trouble=None)
    kept = counting.kept
    kept.get()
    counting.seconds, counting.mark, counting.trouble = 60.0, 1, StoreError("gone")
    counting.may_go_on.set()

    assert kept.get().found == 1


def test_the_first_who_asks_is_told_what_is_wrong() -> None:
    with pytest.raises(StoreError, match="gone"):
        Counting(trouble=StoreError("gone")).kept.get()

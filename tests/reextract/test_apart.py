"""Tasks done by a process of its own, begun by whoever asks."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from archive.errors import ConfigError, StoreError
from crawler.reextract.apart import Apart
from crawler.reextract.rereading import Rereader
from tests.reextract.dying import Dying
from tests.reextract.test_crew import ground_of, part_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """A task that fails."""

    error: Exception
    title: str = "what fails"

    def perform(self, _: Rereader) -> Any:
        """Fail as is said."""
        raise self.error


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A task that tells which process does it."""

    title: str = "a number"

    def perform(self, _: Rereader) -> int:
        """Return the process's number."""
        return os.getpid()


@pytest.fixture
def apart() -> Iterator[Apart]:
    apart = Apart()
    yield apart
    apart.close()


def test_a_task_is_done_by_another_process_with_the_same_outcome(store: Path, apart: Apart) -> None:
    task = part_of(store)

    first = apart.perform(task, ground_of(store))
    again = apart.perform(task, ground_of(store))

    assert first.tally.rows == first.part.rows
    assert first == again


def test_what_is_foreseen_is_raised_and_leaves_the_process_as_it_is(
    store: Path, apart: Apart
) -> None:
    number = apart.perform(Number(), ground_of(store))

    with pytest.raises(StoreError, match="the test's store"):
        apart.perform(Failing(error=StoreError("the test's store")), ground_of(store))

    assert apart.perform(Number(), ground_of(store)) == number


def test_what_nobody_foresaw_ends_the_process(store: Path, apart: Apart) -> None:
    number = apart.perform(Number(), ground_of(store))

    with pytest.raises(ChildProcessError, match="what fails ended: 1"):
        apart.perform(Failing(error=LookupError("what the test did not foresee")), ground_of(store))

    assert apart.perform(Number(), ground_of(store)) != number


def test_a_process_of_another_edition_is_refused(store: Path, apart: Apart) -> None:
    other = replace(ground_of(store), edition="0" * 64)

    with pytest.raises(ConfigError, match="same Newsreel"):
        apart.perform(part_of(store), other)


def test_a_task_that_ends_its_process_is_told_and_the_next_gets_another(
    store: Path, tmp_path: Path, apart: Apart
) -> None:
    task = Dying(part=part_of(store), died=tmp_path / "died")

    with pytest.raises(ChildProcessError, match="ended: -9"):
        apart.perform(task, ground_of(store))

    assert apart.perform(task, ground_of(store)).tally.rows

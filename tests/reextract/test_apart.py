"""Tasks done by a process of its own, begun by whoever asks."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from multiprocessing import Process
from pathlib import Path
from typing import Any

import pytest

from archive.durable import write_whole
from archive.errors import ConfigError, StoreError, WorkersError
from crawler.reextract.apart import Apart
from crawler.reextract.rereading import Rereader
from tests.e2e.command import PATIENCE_S
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Endless:
    """A task that is never done."""

    told: Path
    """Where it tells which process does it."""
    title: str = "without end"

    def perform(self, _: Rereader) -> None:
        """Tell the process's number, and wait for ever."""
        write_whole(self.told, str(os.getpid()).encode())
        signal.pause()


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


def test_the_process_ends_at_once_with_the_one_that_began_it(store: Path, tmp_path: Path) -> None:
    told = tmp_path / "told"
    asking = Process(target=Apart().perform, args=(Endless(told=told), ground_of(store)))
    asking.start()
    wait_until(told.exists)

    asking.kill()
    asking.join()

    wait_until(lambda: has_ended(int(told.read_bytes())))


def test_a_process_that_cannot_begin_is_told_in_one_sentence(
    store: Path, tmp_path: Path, apart: Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "trafilatura.py").write_text("raise ImportError('no such library')\n")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(WorkersError, match="cannot begin, and ended with 1"):
        apart.perform(Number(), ground_of(store))


def test_a_folder_is_not_taken_for_a_module_of_its_name(
    store: Path, tmp_path: Path, apart: Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "__init__.py").write_text("raise ImportError('not the one')\n")
    monkeypatch.chdir(tmp_path)

    assert apart.perform(Number(), ground_of(store.resolve()))


def has_ended(number: int) -> bool:
    """Return whether a process is gone, or only waits to be asked how it ended."""
    try:
        told = Path(f"/proc/{number}/stat").read_text("ascii")
    except FileNotFoundError:
        return True
    return told.rpartition(")")[2].split()[0] == "Z"


def wait_until(is_so: Callable[[], bool]) -> None:
    pause = threading.Event()  # nobody tells
    until = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < until
        pause.wait(0.01)

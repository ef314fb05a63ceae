"""What a process takes while it runs: memory, descriptors and threads, out of /proc."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_EVERY_S: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One look at a process."""

    pages: int
    """How far it was."""
    rss_mib: float
    peak_mib: float
    descriptors: int
    threads: int
    workers_mib: float
    """Of the processes below it, the largest."""


@contextmanager
def watched(pid: int, pages: Callable[[], int]) -> Iterator[list[Sample]]:
    """Look at a process every second until the block ends, or the process."""
    samples: list[Sample] = []
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(_EVERY_S):
            try:
                samples.append(_look(pid, pages()))
            except (FileNotFoundError, ProcessLookupError, KeyError):  # it ends, or has ended
                return

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield samples
    finally:
        ended.set()
        thread.join()


def _look(pid: int, pages: int) -> Sample:
    folder = Path(f"/proc/{pid}")
    status = _status(folder)
    return Sample(
        pages=pages,
        rss_mib=_mib(status["VmRSS"]),
        peak_mib=_mib(status["VmHWM"]),
        descriptors=sum(1 for _ in (folder / "fd").iterdir()),
        threads=int(status["Threads"]),
        workers_mib=max(map(_rss_mib, _below(pid)), default=0.0),
    )


def _below(pid: int) -> Iterator[int]:
    """Yield the processes that a process started, and those that these did."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield int(child)
            yield from _below(int(child))


def _rss_mib(pid: int) -> float:
    return _mib(_status(Path(f"/proc/{pid}")).get("VmRSS", "0 kB"))


def _status(folder: Path) -> dict[str, str]:
    lines = (folder / "status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _mib(text: str) -> float:
    return int(text.split(maxsplit=1)[0]) / 1024

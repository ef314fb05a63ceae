"""What a command takes, with all the processes that it starts and leaves behind."""

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
NEWSREEL: Final = Path(sys.executable).with_name("newsreel")
_SUBREAPER: Final = 36  # PR_SET_CHILD_SUBREAPER of prctl(2): grandchildren are ours to wait for


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one command took."""

    wall_s: float
    cpu_s: float
    """User and system, of all its processes and threads."""
    said: str
    """What it wrote to standard output."""


def cost_of(
    command: Sequence[str | Path],
    watching: Callable[[int], AbstractContextManager[object]] = lambda _: nullcontext(),
    *,
    is_sound: Callable[[int], bool] = lambda code: code == 0,
) -> Cost:
    """Run a command from the top of the tree, and return what it took.

    `watching` is entered with the number of its process, and left when that has ended.
    """
    ctypes.CDLL(None).prctl(_SUBREAPER, 1)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True, process_group=0
    ) as process:
        try:
            with watching(process.pid):
                said, complaint = process.communicate()
        except BaseException:  # such as Ctrl-C, which does not reach another group
            os.killpg(process.pid, signal.SIGTERM)
            raise
    wall_s = time.perf_counter() - began
    if not is_sound(process.returncode):
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {complaint or said}")
    _wait_for_group(process.pid)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall_s=wall_s, cpu_s=cpu_s, said=said)


def module(name: str, *arguments: object) -> list[str]:
    """Return the command that runs one of the benches' own modules."""
    return [sys.executable, "-m", f"benchmarks.{name}", *map(str, arguments)]


def peak_mib() -> float:
    """Return the most memory that this process has had.

    Linux hands the peak that getrusage tells on to whoever is started: it may be the parent's.
    """
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _wait_for_group(leader: int) -> None:
    """Wait for the processes of a command that outlive it: only then is their time counted."""
    while True:
        try:
            os.waitpid(-leader, 0)
        except ChildProcessError:
            return

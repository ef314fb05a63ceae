"""Compacts a store again and again, each time killed a step later: run by the test of that name.

What a step is, Python's audit events say: a file that is opened or removed, a folder that is made,
a rename, a link. Between two of them nothing changes on disk but by SQLite's commit.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from archive.dataset.compaction import compact
from archive.store import open_for_writing
from tests.dataset.small_parts import JULY, at_once

_STEPS = frozenset(
    {"os.rename", "os.link", "os.symlink", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree"}
)


def _die_at(step: int) -> None:
    left = [step]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in _STEPS or (event == "open" and str(arguments[1]).startswith("w")):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def _compact(root: Path) -> None:
    with open_for_writing(root, now=JULY) as store:
        compact(store, pause=at_once, now=JULY)


def kill_at_every_step(
    work: Callable[[Path], None], source: Path, target: Path, stride: int
) -> None:
    """Leave a killed copy of the source a step in the target; the last one was not killed."""
    step = 0
    while True:
        root = target / f"{step:04d}"
        shutil.copytree(source, root, symlinks=True)
        child = os.fork()
        if not child:
            _die_at(step)
            work(root)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status == 0:
            return
        assert os.WTERMSIG(status) == signal.SIGKILL, status
        step += stride


if __name__ == "__main__":
    kill_at_every_step(_compact, Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))

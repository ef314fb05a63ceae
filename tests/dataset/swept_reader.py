"""Reads a folder by its link again and again, which is moved on one call later each time.

Run by the test of that name, with moved_link.c before libc. It writes a line a step between two
folders: what the reader counted at each moment, None where it was refused.
"""

import ctypes
import json
import os
import sys
from itertools import pairwise
from pathlib import Path

from tests.dataset.plain_readers import GONE, READERS


def at_moment(library: ctypes.CDLL, reader: str, link: Path, at: int) -> tuple[bool, int | None]:
    """Return whether the link was moved on at a call of so many, and what was counted.

    It happens in a child: a reader that has read before keeps threads, and things in mind.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        next_one = link.with_name("next")
        library.arm(*(os.fsencode(each) for each in (link, next_one, link)), ctypes.c_long(at))
        try:
            found = READERS[reader](link)
        except GONE:
            found = None
        told = (library.counted() >= at, found)
        os.write(writing, json.dumps(told).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        is_moved, found = json.load(answer)
    os.waitpid(child, 0)
    return is_moved, found


def sweep(
    library: ctypes.CDLL, reader: str, link: Path, before: Path, after: Path
) -> list[int | None]:
    """Return what was counted with the link moved on before each call in turn."""
    seen: list[int | None] = []
    while True:
        for path, folder in ((link, before), (link.with_name("next"), after)):
            path.unlink(missing_ok=True)
            path.symlink_to(folder)
        is_moved, found = at_moment(library, reader, link, len(seen) + 1)
        if not is_moved:
            return seen
        seen.append(found)


def main() -> None:
    """Sweep the steps from each folder to the one behind it."""
    reader, link, *folders = sys.argv[1:]
    library = ctypes.CDLL(os.environ["LD_PRELOAD"])
    for before, after in pairwise(map(Path, folders)):
        seen = sweep(library, reader, Path(link), before, after)
        sys.stdout.write(json.dumps(seen) + "\n")


if __name__ == "__main__":
    main()

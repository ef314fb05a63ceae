"""Takes a story down again and again, each time killed a step later: run by that test."""

import sys
from pathlib import Path

from tests.dataset.killed_compaction import kill_at_every_step
from tests.forget.taken_down import STORY, TWIN, erase_from


def _erase(root: Path) -> None:
    erase_from(root, STORY, TWIN)


if __name__ == "__main__":
    kill_at_every_step(_erase, Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))

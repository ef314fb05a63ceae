"""Keeps a copy of every WARC and WACZ at the moment it gets its name, whichever process names it.

Python imports this module at its start where PYTHONPATH names this folder, so a crawl in a process
of its own is overheard, too. The copy is made before a test can damage the file.
"""

import hashlib
import os
import shutil
import sys
from pathlib import Path

KEPT = os.environ.get("NEWSREEL_KEPT")
"""Where copies go, a folder for each folder they are from; None: nothing is kept."""


def keep(event: str, arguments: tuple[object, ...]) -> None:
    """Copy what is being renamed, when that is a finished file."""
    if event != "os.rename":
        return
    source, target = (Path(str(each)) for each in arguments[:2])
    if not _is_finished(source, target):
        return
    whence = str(target.parent.absolute())
    folder = Path(str(KEPT), hashlib.sha1(whence.encode(), usedforsecurity=False).hexdigest()[:12])
    folder.mkdir(parents=True, exist_ok=True)
    folder.joinpath("whence.txt").write_text(whence, "utf-8")
    shutil.copyfile(source, folder / target.name)


def _is_finished(source: Path, target: Path) -> bool:
    """Whether the name is new to a file: one that is set aside, say as damaged, had it before."""
    if target.suffix == ".wacz":
        return True
    is_warc = target.name.endswith(".warc.gz")
    return is_warc and (source.suffix == ".open" or source.parent.name == "staging")


if KEPT:
    sys.addaudithook(keep)

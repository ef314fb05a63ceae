"""What an interrupted verification had read: so that it goes on there, and is believed no longer.

A disk may change a byte and no time with it, so nothing that was read is believed for good: the
memory is of one verification, it is gone when that has ended, and it is a day old at most.
"""

import gzip
import json
import shutil
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Final

from archive.durable import publish
from archive.layout import Layout
from archive.verify.digested import read_written, written
from archive.verify.reading import Found

_FORM: Final = 3
"""Of what is noted: what another Newsreel noted in another form is not believed."""
_BELIEVED_FOR: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The sealed WARCs that were read from end to end, each with what was found in it."""

    layout: Layout
    now: datetime
    worth_bytes: int = 16 << 20
    """A smaller file is read again as soon as its note is."""

    def recall(self, path: Path) -> Iterator[Found] | None:
        """Return what was found in a file; None when it was not read, changed, or is long ago."""
        noted = self.layout.verified(path.name)
        try:
            if self.now - _modified(noted) > _BELIEVED_FOR:
                return None
            with gzip.open(noted, "rt", encoding="utf-8") as lines:
                if json.loads(next(lines)) != _state(path):
                    return None
                for _ in lines:  # to its checksum
                    pass
        except (OSError, EOFError, ValueError, StopIteration, zlib.error):
            return None  # it is only a memory: the file is read again
        return _recalled(noted)

    @contextmanager
    def keeping(self, path: Path) -> Iterator[Callable[[Found], None]]:
        """Note what is found in a sealed file; it counts once the block has ended well.

        Where nothing can be written, nothing is kept.
        """
        note = _Note(self.layout.verified(path.name), _state(path))
        with ExitStack() as undo:
            undo.callback(note.drop)
            yield note.add
            undo.pop_all()
        note.finish()

    def forget(self) -> None:
        """Let the next verification read everything."""
        shutil.rmtree(self.layout.verifying, ignore_errors=True)


class _Note:
    """A note while it is written; a disk that refuses it ends it, and nothing else."""

    def __init__(self, target: Path, state: dict[str, int]) -> None:
        self._target = target
        self._staged = target.with_name(f".{target.name}.new")
        self._lines: IO[str] | None = None
        with suppress(OSError):
            target.parent.mkdir(exist_ok=True)
            self._lines = gzip.open(  # noqa: SIM115 - closed by finish or drop
                self._staged, "wt", compresslevel=1, encoding="utf-8"
            )
            self._write(state)

    def add(self, found: Found) -> None:
        self._write(written(found))

    def finish(self) -> None:
        if self._lines is not None:
            with suppress(OSError):
                self._lines.close()
                publish(self._staged, self._target)

    def drop(self) -> None:
        if self._lines is not None:
            with suppress(OSError):
                self._lines.close()
            self._staged.unlink(missing_ok=True)
            self._lines = None

    def _write(self, value: object) -> None:
        if self._lines is not None:
            try:
                self._lines.write(json.dumps(value) + "\n")
            except OSError:
                self.drop()


def _recalled(noted: Path) -> Iterator[Found]:
    with gzip.open(noted, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            yield read_written(json.loads(line))


def _state(path: Path) -> dict[str, int]:
    stat = path.stat()
    times = {"mtime_ns": stat.st_mtime_ns, "ctime_ns": stat.st_ctime_ns}
    return {"form": _FORM, "size": stat.st_size, **times}


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)

"""A task whose process is killed the first time, when its file is half written."""

import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.article import Article
from archive.dataset.renewal import Row, renew_part
from crawler.reextract.rereading import Rereader
from crawler.reextract.tasks import Output, RereadPart


@dataclass(frozen=True, slots=True, kw_only=True)
class Dying:
    """A part that is read again, at the second try."""

    part: RereadPart
    died: Path
    """Is there once the first process is not."""
    whose: Callable[[], int] = os.getpid
    """The number of the process that is killed: the one that does the task, or another."""

    @property
    def title(self) -> str:
        """The part's own."""
        return self.part.title

    def perform(self, rereader: Rereader) -> Output:
        """Read the part again; die instead, before its last row, if nobody did before."""
        if not self.died.exists():
            self.died.touch()
            source = rereader.layout.root / self.part.part.path
            half = rereader.layout.rereading / "half.parquet"
            half.parent.mkdir(exist_ok=True)
            renew_part(source, half, self._die, footer={})
        return self.part.perform(rereader)

    def _die(self, rows: Sequence[Row]) -> Sequence[Article | None]:
        os.kill(self.whose(), signal.SIGKILL)
        return [None for _ in rows]

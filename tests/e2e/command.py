"""Newsreel as its users run it: a command in a process of its own.

A command that only has to end is forked from a process that has loaded Newsreel already, since
loading it takes longer than most commands. One that is watched or stopped midway is started from
nothing, as a shell would.
"""

import atexit
import json
import select
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
PATIENCE_S: Final = 120
"""A command that takes longer hangs."""

NEWSREEL: Final = (sys.executable, "-m", "crawler.cli")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Return its answer, given with --json or --format json."""
        return json.loads(self.out)


def newsreel(*arguments: str | Path) -> Ended:
    """Run a command to its end."""
    return newsreel_with({}, *arguments)


def newsreel_with(limits: Mapping[str, float], *arguments: str | Path) -> Ended:
    """Run a command with other settings than its own: nobody wants to wait a minute for a limit."""
    code, out, err = _run(limits, arguments)
    # `show --raw` writes what a site sent.
    return Ended(code=code, out=out.decode(errors="replace"), err=err.decode(errors="replace"))


def newsreel_bytes(*arguments: str | Path) -> bytes:
    """Return what a command writes to standard output, byte for byte; it has to succeed."""
    code, out, err = _run({}, arguments)
    assert code == 0, err.decode()
    return out


def start(*arguments: str | Path) -> "subprocess.Popen[str]":
    """Start a command and leave it running."""
    return subprocess.Popen(
        [*NEWSREEL, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(started: "subprocess.Popen[str]") -> Ended:
    """Wait for a started command, and for every process that it started, to end."""
    out, err = started.communicate(timeout=PATIENCE_S)
    return Ended(code=started.returncode, out=out, err=err)


def rows(store: Path, query: str) -> list[dict[str, Any]]:
    """Return what `newsreel sql` answers."""
    ended = newsreel("sql", query, "--store", store, "--format", "json")
    assert ended.code == 0, ended.err
    answer: list[dict[str, Any]] = ended.json()
    return answer


@cache
def _loaded() -> "subprocess.Popen[str]":
    """Start the process that commands are forked from; it ends with this one."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from tests.e2e.loaded import serve; serve()"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(process.communicate)
    return process


def _run(limits: Mapping[str, float], arguments: Sequence[str | Path]) -> tuple[int, bytes, bytes]:
    process = _loaded()
    assert process.stdin
    assert process.stdout
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        command = {"arguments": [*map(str, arguments)], "limits": dict(limits)}
        process.stdin.write(json.dumps(command | {"out": str(out), "err": str(err)}) + "\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], PATIENCE_S)
        if not ready:
            process.kill()
            raise TimeoutError(f"newsreel {arguments} took longer than {PATIENCE_S} s")
        return int(process.stdout.readline()), out.read_bytes(), err.read_bytes()

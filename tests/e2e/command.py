"""Newsreel as its users run it: a command in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
PATIENCE_S: Final = 120
"""A command that takes longer hangs."""

NEWSREEL: Final = (sys.executable, "-m", "crawler.cli")
# The same command with smaller limits: nobody wants to wait a minute for a time-out in a test.
_WITH_LIMITS: Final = """
import sys
import crawler.settings
from crawler.cli import main
limits = [each.split("=") for each in sys.argv.pop(1).split(",")]
vars(crawler.settings).update((name, float(value)) for name, value in limits)
main()
"""


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
    return _run([*NEWSREEL, *map(str, arguments)])


def newsreel_with(limits: str, *arguments: str | Path) -> Ended:
    """Run a command with other settings than its own: NAME=NUMBER, by commas."""
    return _run([sys.executable, "-c", _WITH_LIMITS, limits, *map(str, arguments)])


def newsreel_bytes(*arguments: str | Path) -> bytes:
    """Return what a command writes to standard output, byte for byte; it has to succeed."""
    command = [*NEWSREEL, *map(str, arguments)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=PATIENCE_S)
    return ended.stdout


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


def _run(command: Sequence[str]) -> Ended:
    ended = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        errors="replace",  # `show --raw` writes what a site sent
        timeout=PATIENCE_S,
        check=False,
    )
    return Ended(code=ended.returncode, out=ended.stdout, err=ended.stderr)

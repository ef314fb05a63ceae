"""Newsreel as its users run it: a command in a process of its own.

It is forked from a process that has loaded Newsreel already, since loading it takes longer than
most commands.
"""

import atexit
import json
import os
import selectors
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
PATIENCE_S: Final = 120
"""A command that takes longer hangs."""

NEWSREEL: Final = (sys.executable, "-m", "crawler.cli")
"""A command as a shell starts it, for who needs that."""

_ONE_AT_A_TIME: Final = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str
    peak_mib: float = 0.0
    """The most memory that it had, or one of the processes it waited for."""

    def json(self) -> Any:
        """Return its answer, given with --json or --format json."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A command that was left running."""

    pid: int
    out: int
    """Where its standard output is read, and all that the processes say that it started."""
    err: int
    report: int
    """Where its exit code will be read, and the most memory it had."""

    def send(self, signum: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, signum)

    def has_ended(self) -> bool:
        """Return whether it has ended; the processes that it started may still be there."""
        with selectors.DefaultSelector() as ready:
            ready.register(self.report, selectors.EVENT_READ)
            return bool(ready.select(0))

    def communicate(self) -> tuple[bytes, bytes, bytes]:
        """Wait until it and all that it started have ended; return its report, out and err."""
        said = dict.fromkeys((self.report, self.out, self.err), b"")
        with selectors.DefaultSelector() as ready:
            for descriptor in said:
                ready.register(descriptor, selectors.EVENT_READ)
            until = time.monotonic() + PATIENCE_S
            while ready.get_map():
                if not (events := ready.select(until - time.monotonic())):
                    raise TimeoutError(f"process {self.pid} is not gone after {PATIENCE_S} s")
                for key, _ in events:
                    if more := os.read(key.fd, 1 << 16):
                        said[key.fd] += more
                    else:
                        ready.unregister(key.fd)
                        os.close(key.fd)
        return said[self.report], said[self.out], said[self.err]


def newsreel(*arguments: str | Path) -> Ended:
    """Run a command to its end."""
    return newsreel_with({}, *arguments)


def newsreel_with(limits: Mapping[str, float], *arguments: str | Path) -> Ended:
    """Run a command with other settings than its own: nobody wants to wait a minute for a limit."""
    return finish(start_with(limits, *arguments))


def newsreel_bytes(*arguments: str | Path) -> bytes:
    """Return what a command writes to standard output, byte for byte; it has to succeed."""
    report, out, err = start(*arguments).communicate()
    assert report.startswith(b"0 "), err.decode()
    return out


def start(*arguments: str | Path) -> Started:
    """Start a command and leave it running."""
    return start_with({}, *arguments)


def start_with(limits: Mapping[str, float], *arguments: str | Path) -> Started:
    """Start a command with other settings than its own and leave it running."""
    message = json.dumps({"arguments": [*map(str, arguments)], "limits": dict(limits)}).encode()
    read, write = zip(os.pipe(), os.pipe(), os.pipe(), strict=True)
    with _ONE_AT_A_TIME:
        socket.send_fds(_loaded(), [message], write)
        for descriptor in write:
            os.close(descriptor)
        out, err, report = read
        pid = b""
        while not pid.endswith(b"\n"):
            if not (more := os.read(report, 1)):
                raise ConnectionError("the process that commands are forked from is gone")
            pid += more
    return Started(pid=int(pid), out=out, err=err, report=report)


def finish(started: Started) -> Ended:
    """Wait for a started command, and for every process that it started, to end."""
    report, out, err = started.communicate()
    code, peak_kib = report.split()
    return Ended(
        code=int(code),
        out=out.decode(errors="replace"),  # `show --raw` writes what a site sent
        err=err.decode(errors="replace"),
        peak_mib=int(peak_kib) / 1024,
    )


def rows(store: Path, query: str) -> list[dict[str, Any]]:
    """Return what `newsreel sql` answers."""
    ended = newsreel("sql", query, "--store", store, "--format", "json")
    assert ended.code == 0, ended.err
    answer: list[dict[str, Any]] = ended.json()
    return answer


@cache
def _loaded() -> socket.socket:
    """Start the process that commands are forked from; it ends with this one."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-c", "from tests.e2e.loaded import serve; serve()"],
            cwd=ROOT,
            stdin=theirs.fileno(),
        )
    atexit.register(process.wait)
    atexit.register(ours.close)  # before the wait for it
    return ours

"""A process that has loaded Newsreel, and becomes its commands: each in a fork of its own.

It has no threads, so that a fork of it is safe. It is told of a command by one message on the
socket that is its standard input: a line of JSON, with the descriptors that are to be the command's
standard output and standard error, and one to tell of it: a line with its process id when it
starts, a line with its exit code and the most memory it had, in KiB, when it has ended.
"""

import atexit
import importlib
import json
import os
import socket
import sys
import threading
from typing import Any, Final, NoReturn

import crawler.cli
import crawler.settings

_COMMANDS: Final = (
    "crawl",
    "demo",
    "export",
    "extract",
    "forget",
    "probe",
    "show",
    "sql",
    "status",
    "verify",
)
_LATE: Final = ("crawler.spider", "scrapy.crawler", "typer._adapters")
"""What a command loads only as it runs."""


def serve() -> None:
    """Start one command after another until the socket is closed."""
    for name in (*(f"crawler.commands.{command}" for command in _COMMANDS), *_LATE):
        importlib.import_module(name)
    line = socket.socket(fileno=sys.stdin.fileno())
    while True:
        message, descriptors, _, _ = socket.recv_fds(line, 1 << 20, 3)
        if not message:
            return
        if os.fork() == 0:
            _attend(json.loads(message), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        _bury_the_dead()


def _attend(command: dict[str, Any], out: int, err: int, report: int) -> NoReturn:
    """Start the command and tell what becomes of it: the server has no time to wait for it."""
    process = os.fork()
    if process == 0:
        os.close(report)
        _become(command, out, err)
    os.close(out)
    os.close(err)
    os.write(report, f"{process}\n".encode())
    _, status, used = os.wait4(process, 0)
    os.write(report, f"{os.waitstatus_to_exitcode(status)} {used.ru_maxrss}\n".encode())
    os._exit(0)


def _become(command: dict[str, Any], out: int, err: int) -> NoReturn:
    """Be the command to its end, as the interpreter would bring it about."""
    for descriptor, mine in ((os.open(os.devnull, os.O_RDONLY), 0), (out, 1), (err, 2)):
        os.dup2(descriptor, mine)
        os.close(descriptor)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - open to the end
    sys.argv = ["newsreel", *command["arguments"]]
    vars(crawler.settings).update(command["limits"])
    code = 1
    try:
        crawler.cli.main()
        code = 0
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        raise
    finally:
        _end(code)


def _end(code: int) -> NoReturn:
    """End as the interpreter does, but leave the memory to the kernel: that takes 0.3 s less."""
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 - waits for the threads
    atexit._run_exitfuncs()  # noqa: SLF001 - as the interpreter would next
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _bury_the_dead() -> None:
    """Take note of the attendants that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return

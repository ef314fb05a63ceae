"""A process that has loaded Newsreel, and becomes its commands: each in a fork of its own.

It has no threads, so that a fork of it is safe. A line of JSON on its standard input names a
command and the files its output goes to; a line on its standard output is the exit code.
"""

import importlib
import json
import os
import sys
from typing import Any

import crawler.cli
import crawler.settings

_COMMANDS = ("crawl", "demo", "export", "extract", "probe", "show", "sql", "status", "verify")


def serve() -> None:
    """Run one command after another until standard input ends."""
    for name in _COMMANDS:
        importlib.import_module(f"crawler.commands.{name}")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _become(json.loads(line))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _become(command: dict[str, Any]) -> None:
    """Be the command to its end: its arguments, and files where a shell would give pipes."""
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 - open until the end
    for descriptor, path in ((1, command["out"]), (2, command["err"])):
        file = os.open(path, os.O_WRONLY | os.O_CREAT)
        os.dup2(file, descriptor)
        os.close(file)
    sys.argv = ["newsreel", *command["arguments"]]
    vars(crawler.settings).update(command["limits"])
    crawler.cli.main()
    sys.exit(0)

"""The tools that other people index and package WARCs with, run as they run them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

_ALONE: Final = {**os.environ, "PYTHONPATH": str(Path(__file__).with_name("alone"))}
"""As who installs the tool alone has it: without the brotli that Newsreel needs."""


def run(tool: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a tool of this environment, to its end."""
    command = [str(Path(sys.executable).with_name(tool)), *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=300, env=_ALONE
    )


def indexed_by_tool(*warcs: Path) -> list[str]:
    """Return the sorted lines that cdxj-indexer makes from files."""
    made = run("cdxj-indexer", "-s", *warcs)
    assert made.returncode == 0, made.stderr
    return made.stdout.splitlines()


def told(line: str) -> dict[str, Any]:
    """Return what the JSON of a line says."""
    known: dict[str, Any] = json.loads(line.split(" ", 2)[2])
    return known


def differences(
    ours: list[str], tool: list[str]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield what two indexes of one file say of a record in different words, ours first.

    Fails when they do not list the same records under the same keys in the same order.
    """
    assert [line.split(" ")[:2] for line in ours] == [line.split(" ")[:2] for line in tool]
    for mine, theirs in zip(map(told, ours), map(told, tool), strict=True):
        if mine != theirs:
            other = {name for name in mine | theirs if mine.get(name) != theirs.get(name)}
            yield (
                {name: mine[name] for name in sorted(other) if name in mine},
                {name: theirs[name] for name in sorted(other) if name in theirs},
            )

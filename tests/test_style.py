"""Style that can be judged in half a second is judged with the tests; types are `make lint`."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    "arguments", [("check",), ("format", "--check")], ids=["checks", "formatting"]
)
def test_ruff_has_nothing_to_say(arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "--quiet", "."]

    ruff = subprocess.run(
        command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60
    )

    assert (ruff.returncode, ruff.stdout + ruff.stderr) == (0, ""), "run `make format`"

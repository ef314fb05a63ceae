"""The command line starts without what its command does not need."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = ("scrapy", "twisted", "duckdb", "pyarrow", "trafilatura", "lxml", "pandas", "polars")

# Runs `newsreel` in a fresh interpreter, then prints what that loaded.
START = """
import sys
from crawler.cli import main
sys.argv = ["newsreel", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print("loaded:", *sorted({name.partition(".")[0] for name in sys.modules}))
"""


def loaded_by(*arguments: str) -> set[str]:
    """Return the top-level modules in memory after a command has ended with code 0."""
    command = [sys.executable, "-c", START, *arguments]
    answer = subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
    )
    return set(answer.stdout.splitlines()[-1].split()[1:])


@pytest.mark.parametrize("arguments", [("--help",), ("crawl", "--help")], ids=" ".join)
def test_help_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    loaded = loaded_by(*arguments)

    assert "crawler" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_a_command_that_asks_duckdb_ends_without_a_word_on_standard_error(tmp_path: Path) -> None:
    (tmp_path / "warc").mkdir()
    command = [sys.executable, "-m", "crawler.cli", "sql", "SELECT 1", "--store", str(tmp_path)]

    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert (ended.returncode, ended.stderr) == (0, "")

"""What is printed while a crawl runs, and what Scrapy may not say."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from crawler.console import UNREAD, answer_console, message_console
from crawler.events import QuietLogFormatter
from crawler.progress import Progress
from tests.crawler.crawl_samples import HOME, crawl_at


def printed(tmp_path: Path, *, is_quiet: bool, is_terminal: bool = False) -> str:
    """Return what a crawl with two visits and one row prints on its way, in no time."""
    console = Console(file=io.StringIO(), force_terminal=is_terminal, width=80)
    progress = Progress(console, is_quiet=is_quiet, monotonic=lambda: 0.0)
    with crawl_at(tmp_path, HOME) as run:
        progress.begin(run)
        for event in ("visit", "row", "visit"):
            progress.note(event)
        progress.end("finished")
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_log_gets_a_line_at_the_beginning_and_one_at_the_end(tmp_path: Path) -> None:
    begun, ended = printed(tmp_path, is_quiet=False).splitlines()

    assert "start   run=" in begun
    assert begun.endswith(f"targets={HOME}")
    assert "outcome=finished requests=2 new=1" in ended


def test_a_target_of_several_lines_stays_on_one_line_of_the_log(tmp_path: Path) -> None:
    said = io.StringIO()
    progress = Progress(Console(file=said))
    with crawl_at(tmp_path, HOME) as run:
        words = (f"{HOME}\n", "b\x1b[2J\nc")
        progress.begin(replace(run, plan=replace(run.plan, words=words)))

    assert said.getvalue().count("\n") == 1
    assert f"targets={HOME},b\\x1b[2J c" in said.getvalue()


def test_a_resumed_run_says_so(tmp_path: Path) -> None:
    printed(tmp_path, is_quiet=True)

    assert "resume  run=" in printed(tmp_path, is_quiet=False)


def test_a_quiet_crawl_says_nothing(tmp_path: Path) -> None:
    assert printed(tmp_path, is_quiet=True) == ""


def test_a_terminal_gets_a_live_line_instead(tmp_path: Path) -> None:
    shown = printed(tmp_path, is_quiet=False, is_terminal=True)

    assert "Looking for what is new" in shown
    assert "run=" not in shown


@pytest.mark.parametrize("console", [answer_console, message_console])
def test_a_terminal_is_not_commanded_by_what_strangers_wrote(
    console: Callable[[], Console], capsys: pytest.CaptureFixture[str]
) -> None:
    table = Table("kind\x1b[2J", box=None)
    table.add_row("text/\x9b31mhtml")

    console().print("text/\x1b]0;mine\x07html")
    console().print(table)

    said = "".join(capsys.readouterr())
    assert [line.strip() for line in said.splitlines()] == [
        r"text/\x1b]0;mine\x07html",
        r"kind\x1b[2J",
        r"text/\x9b31mhtml",
    ]


def test_answers_and_messages_do_not_mix(capsys: pytest.CaptureFixture[str]) -> None:
    answer_console().print("[3] rows of 12:30")
    message_console().print("working")

    said = capsys.readouterr()
    assert (said.out, said.err) == ("[3] rows of 12:30\n", "working\n")


def test_a_pipe_is_wide_enough_for_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    sentence = "word " * 31

    answer_console().print(sentence)

    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize("event", ["crawled", "scraped", "dropped"])
def test_scrapy_says_nothing_of_single_pages(event: str) -> None:
    formatter = QuietLogFormatter()

    assert getattr(formatter, event)(None, None, None) is None


# What is written to a pipe that nobody reads any more, and the exit code.
UNHEARD = {
    "lines": ("for _ in range(999): console.answer_console().out('x' * 999)", UNREAD),
    "one_short_line": ("console.answer_console().print('x')", UNREAD),
    "bytes": ("console.answer_bytes(bytes(9))", UNREAD),
    "help": ("import sys; sys.argv[1:] = ['--help']; from crawler.cli import main; main()", UNREAD),
    "messages": ("[console.message_console().print('x') for _ in range(9)]", 0),
}


@pytest.mark.parametrize(("writing", "code"), UNHEARD.values(), ids=UNHEARD.keys())
def test_a_reader_that_has_seen_enough_ends_an_answer_without_a_word(
    writing: str, code: int, tmp_path: Path
) -> None:
    reading, written = os.pipe()
    os.close(reading)
    said = tmp_path / "said"

    with said.open("wb") as file:
        is_answer = code == UNREAD
        ended = subprocess.run(
            [sys.executable, "-c", f"from crawler import console\n{writing}"],
            cwd=Path(__file__).parents[2],
            check=False,
            stdout=written if is_answer else file,
            stderr=file if is_answer else written,
            timeout=60,
        )
    os.close(written)

    assert (ended.returncode, said.read_bytes()) == (code, b"")

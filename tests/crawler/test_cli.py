"""The command line: every verb explains itself, and what is wrong is one sentence and a code."""

import ast
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from archive.errors import NewsreelError
from crawler.cli import app, main
from crawler.console import UNREAD
from crawler.exit_codes import WORST_FIRST
from crawler.reference import EXITS

ROOT = Path(__file__).parents[2]
VERBS = sorted(
    str(command.name or getattr(command.callback, "__name__", ""))
    for command in app.registered_commands
)


def run(*arguments: str) -> tuple[int, str]:
    """Return the exit code of a command line, and all that it printed."""
    answer = CliRunner().invoke(app, arguments, prog_name="newsreel")
    return answer.exit_code, answer.output


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself_with_an_example_that_begins_with_it(verb: str) -> None:
    code, shown = run(verb, "--help")

    assert code == 0
    assert f"Example: newsreel {verb}" in " ".join(shown.split())


def test_newsreel_alone_shows_its_verbs_by_what_they_are_for() -> None:
    _, shown = run()

    assert [verb for verb in VERBS if not re.search(rf"\b{verb}\b", shown)] == []
    assert [panel for panel in ("Start", "Run", "Look", "Keep") if panel not in shown] == []


# What is typed that cannot be right; nothing of it touches the web or a store.
WRONG = {
    "verb": ("crwal", "x"),
    "option": ("status", "--follow", "1"),
    "missing_target": ("crawl",),
    "depth_below_nothing": ("crawl", "x", "--follow", "-1"),
    "budget_of_nothing": ("crawl", "x", "--max-pages", "0"),
    "delay_below_nothing": ("crawl", "x", "--delay", "-0.5"),
    "delay_in_words": ("crawl", "x", "--delay", "long"),
    "format_of_another_program": ("sql", "select 1", "--format", "xml"),
}


@pytest.mark.parametrize("arguments", WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_right_ends_with_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 2


# What only Newsreel can know to be wrong: the words, and what the sentence has to name.
REFUSED = {
    "site": (("crawl", "no-such-site"), "no-such-site"),
    "address": (("crawl", "ftp://x.example/"), "ftp://x.example/"),
    "network": (("crawl", "https://x.example/", "--allow-network", "lan"), "lan"),
    "proxy": (("crawl", "https://x.example/", "--proxy", "nowhere"), "nowhere"),
    "whole_site_to_probe": (("probe", "https://x.example/"), "whole site"),
    "store": (("status", "--store", "no-such-store"), "no-such-store"),
    "bucket_to_crawl_into": (("crawl", "x", "--store", "s3://news/x"), "s3://news/x"),
    "bucket_to_look_into": (("status", "--store", "s3://news/x"), "s3://news/x"),
}


@pytest.mark.parametrize(("words", "named"), REFUSED.values(), ids=REFUSED.keys())
def test_a_refusal_is_one_sentence_that_names_what_is_wrong(
    words: tuple[str, ...],
    named: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["newsreel", *words])
    monkeypatch.setenv("PYTHONSAFEPATH", "")  # or `main` would set it for all tests that follow

    with pytest.raises(SystemExit) as ended:
        main()

    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.startswith("error: ")
    assert said.count("\n") == 1
    assert named in said
    assert list(tmp_path.iterdir()) == []


def codes_of(error: type[NewsreelError]) -> Iterator[int]:
    yield error.exit_code
    for each in error.__subclasses__():
        yield from codes_of(each)


def listed_codes() -> set[int]:
    """Return the exit codes that the reference explains."""
    page = (ROOT / "docs" / "reference" / "exit-codes.md").read_text("utf-8")
    rows = re.findall(r"^\| ([\d, ]+) \|", page, re.MULTILINE)
    return {int(code) for row in rows for code in row.split(",")}


def test_the_reference_lists_exactly_the_codes_that_are_used() -> None:
    stopped = {128 + signal.SIGINT, 128 + signal.SIGTERM}

    assert listed_codes() == {*codes_of(NewsreelError), 0, *WORST_FIRST, *stopped, UNREAD}


def test_the_reference_says_which_code_is_the_worst() -> None:
    page = (ROOT / "docs" / "reference" / "exit-codes.md").read_text("utf-8")

    assert f"the worst is told: {', '.join(map(str, (*WORST_FIRST, 0)))}." in page


def returned_by(source: str) -> set[int]:
    """Return the whole numbers that functions of a module return, alone or one of two."""
    found: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Return) and node.value is not None:
            choices = [node.value]
            if isinstance(node.value, ast.IfExp):
                choices = [node.value.body, node.value.orelse]
            found |= {
                each.value
                for each in choices
                if isinstance(each, ast.Constant) and type(each.value) is int
            }
    return found


def test_no_command_ends_with_a_code_that_is_not_listed() -> None:
    commands = sorted((ROOT / "crawler" / "commands").glob("*.py"))

    ends = {path.stem: returned_by(path.read_text("utf-8")) for path in commands}

    assert {code for codes in ends.values() for code in codes} <= listed_codes()


@pytest.mark.parametrize("verb", VERBS)
def test_the_reference_has_every_code_that_a_verb_returns(verb: str) -> None:
    source = ROOT / "crawler" / "commands" / f"{verb}.py"

    assert returned_by(source.read_text("utf-8")) - {0, 1, 2} <= set(EXITS[verb])


def test_arrow_takes_memory_from_the_system_when_a_verb_loads_it() -> None:
    called = (
        "import sys\nfrom crawler.cli import main\nsys.argv[1:] = ['--version']\n"
        "try:\n    main()\nexcept SystemExit:\n    assert 'pyarrow' not in sys.modules\n"
        "import pyarrow\nprint(pyarrow.default_memory_pool().backend_name)"
    )

    told = subprocess.run(
        [sys.executable, "-c", called], check=True, capture_output=True, text=True
    )

    assert told.stdout.splitlines()[-1] == "system"

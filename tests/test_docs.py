"""What the documentation shows can be typed, imported and opened."""

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

FENCE = re.compile(
    r"^(?P<fence>`{3,}) *(?P<language>\w*)[^\n]*\n(?P<text>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
CODE_SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)(?P<target>[^)#\s]+)")
COMMAND_END = re.compile(r"\s(?:\||&&|;|#|>|<)\s")
VERB_SECTION = re.compile(r"^## newsreel (\w+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


@dataclass(frozen=True, slots=True)
class Shown:
    """Something that a page shows, and where."""

    page: Path
    line: int
    text: str

    @property
    def place(self) -> str:
        """Page and line, as an editor jumps to."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def python_blocks(page: Path) -> Iterator[Shown]:
    """Yield what stands in the fences marked as Python."""
    source = page.read_text("utf-8")
    for found in FENCE.finditer(source):
        if found["language"] == "python":
            yield Shown(page, source.count("\n", 0, found.start("text")) + 1, found["text"])


def commands(source: str, program: str) -> Iterator[tuple[int, str]]:
    """Yield each call of a program in fences and code spans, with its line, up to a pipe."""
    fenced = FENCE.sub(lambda found: "\n" * found[0].count("\n"), source)
    spans = [
        (fenced.count("\n", 0, found.start()) + 1, found[1]) for found in CODE_SPAN.finditer(fenced)
    ]
    blocks = [
        (source.count("\n", 0, found.start("text")) + number, line)
        for found in FENCE.finditer(source)
        if found["language"] in {"", "sh", "bash", "console", "text"}
        for number, line in enumerate(found["text"].replace("\\\n", " ").splitlines(), start=1)
    ]
    for number, line in spans + blocks:
        typed = line.strip().removeprefix("$ ")
        if re.match(rf"{program} +[a-z-]", typed):
            yield number, COMMAND_END.split(typed, maxsplit=1)[0]


def verbs_of(app: Any) -> dict[str, set[str]]:
    """Return each verb of the command line with its options; the empty verb has the global ones."""
    typer_main = importlib.import_module("typer.main")
    group = typer_main.get_command(app)
    verbs = {"": group, **group.commands}
    return {
        name: {"--help", *(o for p in verb.params for o in (*p.opts, *p.secondary_opts))}
        for name, verb in verbs.items()
    }


def complaints(command: str, verbs: Mapping[str, set[str]]) -> list[str]:
    """Return what of a `newsreel` command does not exist."""
    words = command.split()[1:]
    verb = next((word for word in words if not word.startswith("-")), "")
    if verb not in verbs:
        return [f"no verb {verb}"]
    known = verbs[verb] | verbs[""]
    return [f"{verb} has no {option}" for option in OPTION.findall(command) if option not in known]


def shown(program: str) -> list[Shown]:
    """Return every call of a program in the documentation."""
    return [
        Shown(page, line, text)
        for page in PAGES
        for line, text in commands(page.read_text("utf-8"), program)
    ]


@pytest.mark.parametrize("command", shown("newsreel"), ids=lambda shown: str(shown.place))
def test_a_shown_command_exists_with_its_options(command: Shown) -> None:
    app = importlib.import_module("crawler.cli").app

    assert complaints(command.text, verbs_of(app)) == []


def test_every_verb_is_shown_somewhere() -> None:
    verbs = verbs_of(importlib.import_module("crawler.cli").app)
    mentioned = {command.text.split()[1] for command in shown("newsreel")}

    assert set(verbs) - {""} - mentioned == set()


@pytest.mark.parametrize("command", shown("make"), ids=lambda shown: str(shown.place))
def test_a_shown_make_verb_is_in_the_makefile(command: Shown) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    verbs = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))

    assert {word for word in command.text.split()[1:] if word.isalpha() and word.islower()} <= verbs


@pytest.mark.parametrize(
    "block", [b for page in PAGES for b in python_blocks(page)], ids=lambda shown: str(shown.place)
)
def test_python_that_is_shown_imports_what_exists(block: Shown) -> None:
    for node in ast.walk(ast.parse(block.text)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                importlib.import_module(alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module:
            module = importlib.import_module(node.module)
            assert [a.name for a in node.names if not hasattr(module, a.name)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = [found["target"] for found in LINK.finditer(page.read_text("utf-8"))]

    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("name", ["commands", "settings"])
def test_the_reference_is_what_the_program_tells(name: str) -> None:
    told = getattr(importlib.import_module("crawler.reference"), f"{name}_page")()

    page = ROOT / "docs" / "reference" / f"{name}.md"
    assert page.read_text("utf-8") == told, "run `make reference`"


def test_the_reference_has_every_verb_with_its_options() -> None:
    page = (ROOT / "docs" / "reference" / "commands.md").read_text("utf-8")
    sections = dict(VERB_SECTION.findall(page))
    verbs = verbs_of(importlib.import_module("crawler.cli").app)

    assert set(sections) == set(verbs) - {""}
    for verb, text in sections.items():
        options = {name for name in verbs[verb] if name.startswith("-")} - {"--help"}
        assert {name for name in options if f"`{name}`" not in text} == set()


def test_the_reference_has_every_setting() -> None:
    page = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    tree = ast.parse((ROOT / "crawler" / "settings.py").read_text("utf-8"))
    code = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]

    assert [line for node in code if (line := ast.unparse(node).split(" ")[0]) not in page] == []


SHOWN_COMMANDS = {
    "in_a_fence": ("```sh\nnewsreel status --json\n```\n", [(2, "newsreel status --json")]),
    "behind_a_prompt": ("```console\n$ newsreel status\nok\n```\n", [(2, "newsreel status")]),
    "over_two_lines": ("```\nnewsreel sql \\\n  --json\n```\n", [(2, "newsreel sql    --json")]),
    "before_a_pipe": ("```\nnewsreel sql | wc --lines\n```\n", [(2, "newsreel sql")]),
    "in_a_code_span": ("One\ntypes `newsreel demo` here\n", [(2, "newsreel demo")]),
    "not_in_prose": ("The newsreel crawl of June\n", []),
    "not_in_another_language": ("```python\nnewsreel = 1\n```\n", []),
    "not_as_a_part_of_a_name": ("`newsreel-demo` and `newsreel.db`\n", []),
}


@pytest.mark.parametrize(("source", "expected"), SHOWN_COMMANDS.values(), ids=SHOWN_COMMANDS.keys())
def test_commands_are_found_where_they_can_be_typed(
    source: str, expected: list[tuple[int, str]]
) -> None:
    assert list(commands(source, "newsreel")) == expected


VERBS = {"": {"--version"}, "crawl": {"--store", "--follow"}, "status": {"--store"}}
COMPLAINTS = {
    "all_known": ("newsreel crawl x.example --store S [--follow N]", []),
    "a_global_option": ("newsreel --version", []),
    "an_unknown_verb": ("newsreel crwal x.example", ["no verb crwal"]),
    "an_option_of_another_verb": ("newsreel status --follow 1", ["status has no --follow"]),
    "text_with_dashes": ("newsreel crawl a--b.example", []),
}


@pytest.mark.parametrize(("command", "expected"), COMPLAINTS.values(), ids=COMPLAINTS.keys())
def test_what_does_not_exist_is_named(command: str, expected: list[str]) -> None:
    assert complaints(command, VERBS) == expected

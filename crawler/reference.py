"""The reference pages of the commands and of the settings, told by the program itself."""

import ast
import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final, get_args

import typer.main

import crawler.settings
from crawler.cli import app
from crawler.discover.requisites import Requisites
from crawler.extract.rules import Expect, Rules
from crawler.plan import Plan
from crawler.spider import NewsSpider

_COMMANDS_HEAD: Final = """\
# Commands

Written by `make reference` from the program; `newsreel VERB --help` says the same in a terminal.
Answers go to standard output, progress and errors to standard error.

Every verb may end with 0 (done), 1 (Newsreel failed unexpectedly), 2 (the command is wrong), 130 or
143 (Ctrl-C, SIGTERM) and 141 (nobody read the answer on); what else it may end with stands with it.
[Exit codes](exit-codes.md) says what to do about each.
"""

# What a verb ends with besides; a test compares it with what the verbs return.
EXITS: Final[Mapping[str, Mapping[int, str]]] = {
    "demo": {3: "something did not go as it should on this machine"},
    "add": {3: "no article was found"},
    "crawl": {
        3: "something needs a look",
        4: "a site refuses us",
        5: "the store is damaged",
        75: "another process writes to the store, or the disk is full",
    },
    "schedule": {1: "a call failed unexpectedly", 5: "the store is damaged"},
    "status": {5: "a file is shorter than what was committed, or the journal is gone or damaged"},
    "probe": {3: "the page is no article, or could not be had"},
    "show": {5: "the record is not what was captured"},
    "diff": {},
    "sql": {5: "a part is damaged", 75: "an object store refuses or does not answer"},
    "serve": {5: "the store is damaged"},
    "report": {5: "the store is damaged"},
    "verify": {
        3: "with `--repair`: captures are lost for good; with `--strict`: something is half done",
        5: "the store is damaged",
        75: "with `--repair` or `--strict`: another process writes to the store; or the disk is "
        "full; or an object store refuses or does not answer",
    },
    "compact": {
        5: "a part is damaged",
        75: "another process writes to the store, or the disk is full",
    },
    "publish": {
        5: "a part or a manifest is damaged",
        75: "another publication came first, or the object store refuses or does not answer",
    },
    "extract": {3: "a page or a place of an archive could not be read"},
    "reextract": {
        5: "a part is damaged",
        75: "another process writes to the store, or the disk is full",
    },
    "forget": {
        5: "a part, an index or a WARC is damaged",
        75: "another process writes to the store, a WARC to erase from still grows, or the disk is "
        "full",
    },
    "work": {
        1: "a turn failed unexpectedly",
        3: "something needs a look",
        4: "a site refuses us",
        5: "a store or an object is damaged",
        75: "the ledger or the object store refuses or does not answer, another process works in "
        "the folder, or the disk is full",
    },
    "fleet": {75: "the ledger refuses or does not answer"},
    "gather": {
        5: "an object is not what was shipped",
        75: "the object store refuses or does not answer",
    },
    "export": {5: "a part or a record is damaged", 75: "the disk is full"},
}

_SAME: Final = """\
### Which command is the same

A crawl that was killed or stopped is gone on with by the same command on the same store. The same
is what names the same targets, in whatever order and however often, with the same {counts}. An
option given as its default is an option not given, but for `--requisites`: `none` said is not the
same as nothing said.

What else is given may differ, and holds from then on: {free}.

A crawl that ended by itself is over: the same command then begins another, which asks only what
changed. Another command begins a run of its own beside the one that was cut off, and takes over the
addresses that both of them name.
"""

_SETTINGS_HEAD: Final = """\
# Settings

Written by `make reference` from the program. There is no configuration file: what a crawl may be
told are the [options of `newsreel crawl`](commands.md#newsreel-crawl), each safe for a stranger's
website when it is not given; what is known of a site stands in its site file.

## Environment

| variable | means |
|---|---|
{environment}
| `TMPDIR` | where `probe` and `verify` keep what is gone when they end |
| `NO_COLOR` | no colours in a terminal |

Proxies named by the environment (`http_proxy` and its kin) are not used: `--proxy` alone is.
"""


def commands_page() -> str:
    """Return docs/reference/commands.md."""
    verbs: Mapping[str, Any] = vars(typer.main.get_command(app))["commands"]
    return "\n".join([_COMMANDS_HEAD, *(_verb(name, verb) for name, verb in verbs.items())])


def settings_page() -> str:
    """Return docs/reference/settings.md."""
    lines = [
        _SETTINGS_HEAD.format(environment="\n".join(_environment())),
        "## In a site file\n",
        "Class attributes of a `NewsSpider`; [add a site](../how-to/add-a-site.md) shows one.\n",
        *_table("declaration", _declared(NewsSpider)),
        "`Rules`, each a CSS selector unless it says otherwise:\n",
        *_table("rule", _declared(Rules)),
        "`Expect`:\n",
        *_table("promise", _declared(Expect)),
        "## For all crawls\n",
        "Scrapy's settings, as `crawler/settings.py` has them; nothing else changes them.\n",
        *_scrapy(Path(inspect.getfile(crawler.settings)).read_text("utf-8")),
    ]
    return "\n".join(lines)


def _verb(name: str, verb: Any) -> str:
    said, _, example = inspect.cleandoc(verb.help).partition("\n\nExample: ")
    lines = [f"## newsreel {name}\n", f"{' '.join(said.split())}\n", f"```sh\n{example}\n```\n"]
    lines += _table("argument or option", map(_parameter, _parameters(verb)), "default")
    if EXITS[name]:
        also = "; ".join(f"{code}, {why}" for code, why in EXITS[name].items())
        lines.append(f"Exit codes besides: {also}.\n")
    if name == "crawl":
        lines.append(same_command())
    return "\n".join(lines)


def _parameters(verb: Any) -> list[Any]:
    return [each for each in verb.params if "--help" not in each.opts]


def _parameter(each: Any) -> tuple[str, str, str]:
    value = "" if getattr(each, "is_flag", False) else f"`{_value_of(each)}`"
    names = ", ".join(f"`{name}`" for name in each.opts)
    label = f"{names} {value}".strip() if each.opts[0].startswith("-") else value
    return label, _default_of(each), each.help or ""


def _value_of(each: Any) -> str:
    annotation = each.type_descriptor.annotation
    for kind in (annotation, *get_args(annotation)):
        if isinstance(kind, type) and issubclass(kind, Enum):
            return "|".join(str(choice.value) for choice in kind)
    return str(each.metavar or each.name.upper())


def _default_of(each: Any) -> str:
    if isinstance(each.show_default, str):
        return each.show_default
    if each.required:
        return "has to be given"
    is_nothing = each.default is None or each.default is False
    return "" if is_nothing else f"`{getattr(each.default, 'value', each.default)}`"


def same_command() -> str:
    """Return what makes a command the same for a crawl that was cut off, as plans tell it."""
    plain = Plan(targets=(), words=("x",))
    others: Mapping[str, Plan] = {
        "--due": Plan(targets=(), words=("x",), is_due=True),
        "--follow": Plan(targets=(), words=("x",), follow=1),
        "--max-pages": Plan(targets=(), words=("x",), most_pages=1),
        "--requisites": Plan(targets=(), words=("x",), requisites=Requisites.NONE),
        "--delay": Plan(targets=(), words=("x",), delay_s=plain.delay_s + 1),
        "--proxy": Plan(targets=(), words=("x",), proxy="http://127.0.0.1:1"),
        "--allow-network": Plan(targets=(), words=("x",), allowed_networks=(ip_network("::1"),)),
        "--contact": Plan(targets=(), words=("x",), contact="you@example.com"),
    }
    counts = [f"`{name}`" for name, plan in others.items() if plan.key != plain.key]
    free = [f"`{name}`" for name, plan in others.items() if plan.key == plain.key]
    return _SAME.format(
        counts=_listed(counts),
        free=_listed([*free, "`--ping`", "`--notify`", "`--quiet`", "`--json`"]),
    )


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _environment() -> Iterator[str]:
    verbs: Mapping[str, Any] = vars(typer.main.get_command(app))["commands"]
    told: dict[str, list[str]] = {}
    meaning: dict[str, str] = {}
    for name, verb in verbs.items():
        for each in _parameters(verb):
            if getattr(each, "envvar", None):
                told.setdefault(each.envvar, []).append(f"`{name} {each.opts[0]}`")
                meaning[each.envvar] = each.help
    for variable, users in told.items():
        yield f"| `{variable}` | {meaning[variable]} The same as {_listed([*users])}. |"


def _declared(kind: type) -> Iterator[tuple[str, str, str]]:
    """Yield what a class declares, its default, and the sentence below it."""
    (tree,) = ast.parse(inspect.getsource(kind)).body
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    hidden = {"run", "reader", "progress"}
    for node, below in zip(body, [*body[1:], None], strict=True):
        target = node.target if isinstance(node, ast.AnnAssign) else None
        if not isinstance(target, ast.Name) or target.id in hidden:
            continue
        assert isinstance(node, ast.AnnAssign)
        value = ast.unparse(node.value) if node.value else "has to be given"
        is_nothing = value in {"None", "()", '""', "''"} or "field(" in value
        said = below.value if isinstance(below, ast.Expr) else None
        text = said.value if isinstance(said, ast.Constant) else ""
        yield f"`{target.id}`", "" if is_nothing else f"`{value}`", " ".join(str(text).split())


def _scrapy(source: str) -> Iterator[str]:
    """Yield each block of the settings, its comment as text and the rest as code."""
    for block in source.split("\n\n"):
        lines = block.strip().splitlines()
        said = [line.removeprefix("# ") for line in lines if line.startswith("#")]
        code = [line for line in lines if not line.startswith("#")]
        if code and not code[0].startswith(('"""', "import", "from")):
            yield f"{' '.join(said)}\n" if said else ""
            yield "\n".join(["```python", *code, "```\n"])


def _table(
    what: str, rows: Iterable[tuple[str, str, str]], default: str = "when not given"
) -> Iterator[str]:
    yield f"| {what} | {default} | means |\n|---|---|---|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


if __name__ == "__main__":
    sys.stdout.write({"commands": commands_page, "settings": settings_page}[sys.argv[1]]())

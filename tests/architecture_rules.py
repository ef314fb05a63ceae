"""The rules that the tree keeps, each a function that names what breaks it.

They read source and never import it, so that a planted tree can be judged like the real one.
A rule that names one place for a library or a deed means: one place to mend when it changes.
"""

import ast
import re
import statistics
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Final

from tests.architecture_tree import Module

LAYERS: Final = ("archive", "pipelines", "crawler")  # each may import only itself and those before

# Library, or a part of it -> the folders that may know it, and those below them that may not.
HOMES: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "scrapy": (("crawler",), ("crawler/extract", "crawler/discover")),
    "scrapy.exceptions": (("crawler", "pipelines"), ()),  # a stage refuses with DropItem
    "twisted": (("crawler",), ("crawler/extract", "crawler/discover")),
    "trafilatura": (("crawler/extract",), ()),
    "warcio": (("archive/warc",), ()),
    "pyarrow": (("archive/dataset",), ()),
    "duckdb": (("archive/dataset",), ()),
    "pyiceberg": (("archive/dataset",), ()),
    "rensa": (("archive/dataset",), ()),
    "polars": (("archive/dataset",), ()),
    "pandas": (("archive/dataset",), ()),
    "sqlalchemy": (("archive/dataset", "crawler/fleet"), ()),
    "distributed": (("crawler/reextract", "crawler/fleet"), ()),
    "obstore": (("archive/bucket.py",), ()),
    "starlette": (("archive/replay", "archive/room"), ()),
    "uvicorn": (("archive/replay", "archive/room"), ()),
    "jinja2": (("archive/room",), ()),
    "playwright": (("crawler/rendering",), ()),
}
SITE_FILE_IMPORTS: Final = ("crawler.spider", "crawler.extract.rules", "crawler.extract.families")
# Loading any of these can run what a file says; the store's files are data.
UNSAFE_LOADERS: Final = frozenset({"pickle", "marshal", "shelve", "dill", "cloudpickle"})
DRAWERS: Final = frozenset({"utils", "helpers", "common", "base", "models", "items", "manager"})

LONGEST_MODULE: Final = 400
MEDIAN_MODULE: Final = 150
FUNCTION_P90: Final = 30
BROAD_EXCEPTS: Final = 1

# Where the operator is met: here Newsreel prints, reads the environment and throws dice.
COMMAND_LINE: Final = ("crawler/cli.py", "crawler/verbs", "crawler/commands")
CONFIGURATION: Final = "crawler/config.py"
CLOCK: Final = "archive/instant.py"
PURE: Final = ("archive", "pipelines", "crawler/extract", "crawler/discover", "crawler/spiders")

# What asks the wall clock or the dice, where that is right, and where else it is not. A seeded
# random.Random is no chance; neither is a UUID, which nothing is decided by.
_ASKED_BY: Final = (
    (re.compile(r"(datetime\.)?(datetime|date)\.(now|utcnow|today)|time\.time(_ns)?"), (), LAYERS),
    (re.compile(r"os\.urandom|secrets\.\w+|random\.[a-z]\w*"), COMMAND_LINE, LAYERS),
    (re.compile(r"(\w+\.)*now_utc"), (), PURE),
)
# A resource of the package or a temporary file lies in no store.
_ELSEWHERE: Final = re.compile(r"(resources\.)?files\(|Path\((__file__|tempfile\.)")
_UNFINISHED: Final = re.compile(r"\b(TODO|FIXME)\b")
_SUPPRESSION: Final = re.compile(r"#\s*(noqa|type:\s*ignore)\b(?P<rest>.*)", re.IGNORECASE)
_CODE_AND_REASON: Final = re.compile(
    r":\s*[A-Z]+[0-9]+([,\s]+[A-Z]+[0-9]+\b)*+\W+\w.*|\[[a-z-]+(,\s*[a-z-]+)*+\]\W+\w.*"
)


def breaches(modules: tuple[Module, ...]) -> dict[str, list[str]]:
    """Return, for every rule of the product's code by name, the sentences on what breaks it."""
    found = {rule.__name__: [s for m in modules for s in rule(m)] for rule in MODULE_RULES}
    return found | {rule.__name__: list(rule(modules)) for rule in TREE_RULES}


def imports_go_down(module: Module) -> Iterator[str]:
    """Keep archive from knowing the other two, and pipelines from knowing crawler."""
    layer = LAYERS.index(module.path.parts[0])
    above = {*LAYERS[layer + 1 :], "tests", "benchmarks"}
    for found in module.imports:
        if found.name.split(".")[0] in above:
            yield f"{module.path}:{found.line} imports {found.name}, which lies above it"


def libraries_stay_home(module: Module) -> Iterator[str]:
    """Keep each library that will change under us in one folder."""
    for found in module.imports:
        known = [name for name in _loaded(found.name) if name in HOMES]
        homes, closed = HOMES[known[-1]] if known else (LAYERS, ())
        if not module.is_below(*homes) or module.is_below(*closed):
            yield f"{module.path}:{found.line} imports {found.name}, whose home is elsewhere"


def site_files_declare(module: Module) -> Iterator[str]:
    """Let a site file import the standard library, NewsSpider and the rules; no other site."""
    if not module.is_below("crawler/spiders") or module.path.name == "__init__.py":
        return
    for found in module.imports:
        if found.name.split(".")[0] in sys.stdlib_module_names:
            continue
        if not f"{found.name}.".startswith(tuple(f"{name}." for name in SITE_FILE_IMPORTS)):
            yield f"{module.path}:{found.line} imports {found.name}; a site file only declares"


def modules_say_what_they_are(module: Module) -> Iterator[str]:
    """Open every file with a docstring."""
    if not ast.get_docstring(module.syntax):
        yield f"{module.path}:1 has no docstring"


def modules_fit_a_reader(module: Module) -> Iterator[str]:
    """Keep files as long as a reader can hold."""
    if module.line_count > LONGEST_MODULE:
        yield f"{module.path} has {module.line_count} lines; {LONGEST_MODULE} is the most"


def files_are_named_for_things(module: Module) -> Iterator[str]:
    """Refuse drawers for leftovers: no reader can guess what they hold."""
    if DRAWERS & set(module.path.with_suffix("").parts):
        yield f"{module.path} is a drawer; name it for the value or the stage it holds"


def only_the_command_line_prints(module: Module) -> Iterator[str]:
    """Let everyone else log or return."""
    if module.is_below(*COMMAND_LINE):
        return
    for line, called, _ in module.calls:
        if called == "print":
            yield f"{module.path}:{line} prints"


def nothing_is_left_unfinished(module: Module) -> Iterator[str]:
    """Keep what is still to be done in issues and decisions, out of comments."""
    for line, comment in module.comments:
        if _UNFINISHED.search(comment):
            yield f"{module.path}:{line} is unfinished: {comment}"


def suppressions_have_code_and_reason(module: Module) -> Iterator[str]:
    """Make a switched-off check say which check, and why."""
    for line, comment in module.comments:
        found = _SUPPRESSION.search(comment)
        if found and not _CODE_AND_REASON.fullmatch(found["rest"]):
            yield f"{module.path}:{line} needs a code and a reason: {comment}"


def files_are_data(module: Module) -> Iterator[str]:
    """Keep what is read back from disk from running."""
    for found in module.imports:
        if found.name.split(".")[0] in UNSAFE_LOADERS:
            yield f"{module.path}:{found.line} imports {found.name}"


def renames_are_durable(module: Module) -> Iterator[str]:
    """Keep renames where the folder is synced after them: without that they are no commit."""
    if module.is_below("archive/durable.py"):
        return
    for line, called, call in module.calls:
        method = called.rpartition(".")[2]
        # str.replace takes two arguments, datetime.replace takes keywords, Path.replace takes one.
        is_path_replace = method == "replace" and len(call.args) == 1 and not call.keywords
        if is_path_replace or method in {"rename", "renames"} or called == "os.replace":
            yield f"{module.path}:{line} renames with {called}; that is for archive/durable.py"


def store_paths_have_one_home(module: Module) -> Iterator[str]:
    """Keep the names of the store's files and folders in layout.py."""
    if module.is_below("archive/layout.py", "crawler"):
        return
    for node in module.nodes:
        if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)):
            continue
        if _is_text(node.right) and not _ELSEWHERE.match(ast.unparse(node.left)):
            yield f"{module.path}:{node.lineno} builds a path; that is for archive/layout.py"


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def clock_and_chance_enter_as_arguments(module: Module) -> Iterator[str]:
    """Hand in the wall clock and the dice: what asks for them itself cannot be run again alike."""
    for line, called, _ in module.calls:
        for asking, allowed, forbidden in _ASKED_BY:
            if module.is_below(CLOCK, *allowed) or not module.is_below(*forbidden):
                continue
            if asking.fullmatch(called):
                yield f"{module.path}:{line} calls {called}; let it enter as an argument"


def environment_is_read_once(module: Module) -> Iterator[str]:
    """Hand configuration in everywhere else."""
    if module.is_below(*COMMAND_LINE, CONFIGURATION):
        return
    for node in module.nodes:
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}:
            yield f"{module.path}:{node.lineno} reads the environment"


def imports_never_run_in_a_circle(modules: tuple[Module, ...]) -> Iterator[str]:
    """Follow what loads what: a module's packages load too, so an `__init__` can close a circle."""
    known = {module.name for module in modules}
    graph = {
        module.name: {
            name
            for found in module.imports
            if found.on_load
            for name in _loaded(found.name)
            if name in known and name != module.name
        }
        for module in modules
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield "a circle of imports: " + " -> ".join(reversed(error.args[1]))


def _loaded(name: str) -> Iterator[str]:
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        yield ".".join(parts[:end])


def everything_is_caught_once(modules: tuple[Module, ...]) -> Iterator[str]:
    """Let one place catch what nobody foresaw: where it is recorded against one page.

    A handler that ends in a bare `raise` tidies up and catches nothing.
    """
    found = [
        f"{module.path}:{node.lineno} catches everything"
        for module in modules
        for node in module.nodes
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or {"Exception", "BaseException"} & _names_in(node.type))
        and not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)
    ]
    if len(found) > BROAD_EXCEPTS:
        yield from found


def _names_in(node: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def functions_are_short(modules: tuple[Module, ...]) -> Iterator[str]:
    """Fit nine functions of ten on half a screen."""
    lengths = sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for module in modules
        for node in module.nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    if lengths and (p90 := lengths[(len(lengths) * 9 - 1) // 10]) > FUNCTION_P90:
        yield f"one function in ten has {p90} lines or more; {FUNCTION_P90} is the most"


def modules_are_short(modules: tuple[Module, ...]) -> Iterator[str]:
    """Fit half of the files on three screens."""
    median = statistics.median([module.line_count for module in modules] or [0])
    if median > MEDIAN_MODULE:
        yield f"the median module has {median} lines; {MEDIAN_MODULE} is the most"


def tests_never_sleep(module: Module) -> Iterator[str]:
    """Refuse sleeps: slow on a good day, too short on a bad one; wait for the event itself."""
    for line, called, _ in module.calls:
        if called in {"time.sleep", "sleep"}:
            yield f"{module.path}:{line} sleeps"


def tests_pass_fakes(module: Module) -> Iterator[str]:
    """Refuse patched modules: they prove that the patch works."""
    for found in module.imports:
        if found.name.startswith("unittest.mock"):
            yield f"{module.path}:{found.line} imports {found.name}; pass a fake in instead"


MODULE_RULES: Final = (
    imports_go_down,
    libraries_stay_home,
    site_files_declare,
    modules_say_what_they_are,
    modules_fit_a_reader,
    files_are_named_for_things,
    only_the_command_line_prints,
    nothing_is_left_unfinished,
    suppressions_have_code_and_reason,
    files_are_data,
    renames_are_durable,
    store_paths_have_one_home,
    clock_and_chance_enter_as_arguments,
    environment_is_read_once,
)
TREE_RULES: Final = (
    imports_never_run_in_a_circle,
    everything_is_caught_once,
    functions_are_short,
    modules_are_short,
)
TEST_RULES: Final = (
    modules_say_what_they_are,
    modules_fit_a_reader,
    nothing_is_left_unfinished,
    suppressions_have_code_and_reason,
    files_are_data,
    tests_never_sleep,
    tests_pass_fakes,
)

"""The tree keeps its rules, and each rule names what would break it."""

from pathlib import Path

import pytest

from tests.architecture_rules import (
    FUNCTION_P90,
    LAYERS,
    LONGEST_MODULE,
    MEDIAN_MODULE,
    MODULE_RULES,
    TEST_RULES,
    TREE_RULES,
    breaches,
)
from tests.architecture_tree import Module, read_tree

ROOT = Path(__file__).parents[1]
PRODUCT = read_tree(ROOT, *LAYERS)
TESTS = read_tree(ROOT, "tests")


@pytest.mark.parametrize("module", PRODUCT, ids=lambda module: str(module.path))
def test_module_keeps_every_rule(module: Module) -> None:
    assert [sentence for rule in MODULE_RULES for sentence in rule(module)] == []


@pytest.mark.parametrize("rule", TREE_RULES, ids=lambda rule: str(rule.__name__))
def test_tree_keeps_the_rule(rule: type) -> None:
    assert list(rule(PRODUCT)) == []


@pytest.mark.parametrize("module", TESTS, ids=lambda module: str(module.path))
def test_test_file_keeps_the_rules_for_tests(module: Module) -> None:
    assert [sentence for rule in TEST_RULES for sentence in rule(module)] == []


# A tree of one sentence a file that breaks nothing; every planting below changes one thing.
SOUND = {
    "archive/__init__.py": '"""What lasts."""\n',
    "archive/errors.py": '"""What went wrong."""\n',
    "archive/layout.py": '"""Where it lies."""\n\nJOURNAL = ROOT / "journal.db"\n',
    "archive/durable.py": '"""On disk for good."""\n\nstaged.rename(target)\n',
    "archive/instant.py": '"""The clock."""\n\ndef now_utc():\n    return datetime.now(UTC)\n',
    "archive/warc/__init__.py": '"""Records."""\n',
    "archive/warc/reader.py": '"""Records, read."""\n\nimport warcio\nimport archive.errors\n',
    "archive/dataset/__init__.py": '"""Rows."""\n',
    "archive/dataset/rows.py": '"""Rows, written."""\n\nimport duckdb\nimport pyarrow.parquet\n',
    "pipelines/__init__.py": '"""What decides."""\n',
    "pipelines/version.py": '"""Versions."""\n\nfrom archive.errors import NewsreelError\n',
    "crawler/__init__.py": '"""What meets the web."""\n',
    "crawler/cli.py": '"""Commands."""\n\nimport os\n\nprint(os.environ, now_utc())\n',
    "crawler/spider.py": '"""The spider."""\n\nimport scrapy\nimport pipelines.version\n',
    "crawler/extract/__init__.py": '"""Reading."""\n',
    "crawler/extract/rules.py": '"""Rules."""\n\nimport trafilatura\n',
    "crawler/spiders/__init__.py": '"""Sites."""\n',
    "crawler/spiders/lantern.py": (
        '"""Lantern."""\n\nfrom datetime import date\n'
        "from crawler.extract.rules import Rules\nfrom crawler.spider import NewsSpider\n"
    ),
}

LONG_FUNCTION = "def f():\n" + "    pass\n" * FUNCTION_P90
SWALLOW = "try:\n    f()\nexcept Exception:\n    g()\n"
RERAISE = "try:\n    f()\nexcept BaseException:\n    g()\n    raise\n"

# What is planted: the rule it breaks, the file, what is added to it, and what the rule must name.
PLANTED = {
    "archive_imports_crawler": (
        "imports_go_down",
        "archive/errors.py",
        "import crawler.extract.rules\n",
        "archive/errors.py:2 imports crawler.extract.rules",
    ),
    "archive_imports_pipelines_in_a_function": (
        "imports_go_down",
        "archive/errors.py",
        "def f():\n    from pipelines import version\n",
        "archive/errors.py:3 imports pipelines.version",
    ),
    "pipelines_import_crawler": (
        "imports_go_down",
        "pipelines/version.py",
        "from crawler.extract import rules\n",
        "pipelines/version.py:4 imports crawler.extract.rules",
    ),
    "the_product_imports_a_test": (
        "imports_go_down",
        "crawler/spider.py",
        "import tests.fakes\n",
        "imports tests.fakes",
    ),
    **{
        f"{library}_in_{folder.replace('/', '_')}": (
            "libraries_stay_home",
            f"{folder}/planted.py",
            f'"""Planted."""\n\nfrom {library}.deep import name\n',
            f"{folder}/planted.py:3 imports {library}.deep.name",
        )
        for library, folder in (
            ("scrapy", "archive"),
            ("scrapy", "pipelines"),
            ("scrapy", "crawler/extract"),
            ("scrapy", "crawler/discover"),
            ("twisted", "archive/warc"),
            ("twisted", "crawler/discover/frontier"),
            ("trafilatura", "archive"),
            ("trafilatura", "pipelines"),
            ("trafilatura", "crawler/fetch"),
            ("warcio", "archive/dataset"),
            ("warcio", "crawler/fetch"),
            ("pyarrow", "archive"),
            ("duckdb", "crawler"),
            ("polars", "pipelines"),
            ("pandas", "archive/warc"),
        )
    },
    "a_site_file_imports_another": (
        "site_files_declare",
        "crawler/spiders/lantern.py",
        "from crawler.spiders import marquee\n",
        "imports crawler.spiders.marquee",
    ),
    "a_site_file_imports_a_neighbour_of_the_rules": (
        "site_files_declare",
        "crawler/spiders/lantern.py",
        "from crawler.extract.rules_of_thumb import Guess\n",
        "imports crawler.extract.rules_of_thumb.Guess",
    ),
    "no_docstring": (
        "modules_say_what_they_are",
        "pipelines/planted.py",
        "x = 1\n",
        "pipelines/planted.py:1 has no docstring",
    ),
    "one_line_too_many": (
        "modules_fit_a_reader",
        "archive/errors.py",
        "\n" * LONGEST_MODULE,
        f"archive/errors.py has {LONGEST_MODULE + 1} lines",
    ),
    "a_drawer": (
        "files_are_named_for_things",
        "crawler/utils.py",
        '"""Leftovers."""\n',
        "crawler/utils.py is a drawer",
    ),
    "a_drawer_folder": (
        "files_are_named_for_things",
        "crawler/helpers/__init__.py",
        '"""Leftovers."""\n',
        "crawler/helpers/__init__.py is a drawer",
    ),
    "a_print": (
        "only_the_command_line_prints",
        "pipelines/version.py",
        "print('version')\n",
        "pipelines/version.py:4 prints",
    ),
    "an_unfinished_comment": (
        "nothing_is_left_unfinished",
        "archive/errors.py",
        "x = 1  # TODO: more of them\n",
        "archive/errors.py:2 is unfinished",
    ),
    "a_bare_noqa": (
        "suppressions_have_code_and_reason",
        "archive/errors.py",
        "x = 1  # noqa\n",
        "archive/errors.py:2 needs a code",
    ),
    "a_noqa_without_reason": (
        "suppressions_have_code_and_reason",
        "archive/errors.py",
        "x = 1  # noqa: S101, PLR0913\n",
        "needs a code and a reason",
    ),
    "a_bare_type_ignore": (
        "suppressions_have_code_and_reason",
        "archive/errors.py",
        "x = 1  # type: ignore\n",
        "needs a code",
    ),
    "a_type_ignore_without_reason": (
        "suppressions_have_code_and_reason",
        "archive/errors.py",
        "x = 1  # type: ignore[assignment]\n",
        "needs a code and a reason",
    ),
    "a_pickle": (
        "files_are_data",
        "archive/errors.py",
        "from pickle import loads\n",
        "imports pickle.loads",
    ),
    **{
        f"a_rename_with_{name}": (
            "renames_are_durable",
            "archive/dataset/rows.py",
            f"{call}\n",
            "archive/dataset/rows.py:5 renames",
        )
        for name, call in (
            ("path_rename", "part.rename(there)"),
            ("path_replace", "part.replace(there)"),
            ("os_rename", "os.rename(part, there)"),
            ("os_replace", "os.replace(part, there)"),
        )
    },
    "a_path_from_a_literal": (
        "store_paths_have_one_home",
        "archive/dataset/rows.py",
        'there = root / "articles"\n',
        "archive/dataset/rows.py:5 builds a path",
    ),
    "a_path_from_an_f_string": (
        "store_paths_have_one_home",
        "pipelines/version.py",
        'there = root / f"{name}.json"\n',
        "pipelines/version.py:4 builds a path",
    ),
    **{
        f"{call}_in_{Path(file).stem}": (
            "clock_and_chance_enter_as_arguments",
            file,
            f"x = {call}(y)\n",
            f"calls {call}",
        )
        for call, file in (
            ("datetime.now", "crawler/spider.py"),
            ("datetime.datetime.utcnow", "archive/errors.py"),
            ("date.today", "archive/errors.py"),
            ("time.time", "pipelines/version.py"),
            ("random.uniform", "crawler/spider.py"),
            ("secrets.token_hex", "crawler/spider.py"),
            ("now_utc", "pipelines/version.py"),
            ("instant.now_utc", "crawler/extract/rules.py"),
        )
    },
    "the_environment_read_deep_inside": (
        "environment_is_read_once",
        "archive/errors.py",
        "x = os.environ['HOME']\n",
        "archive/errors.py:2 reads the environment",
    ),
    "a_circle_of_two": (
        "imports_never_run_in_a_circle",
        "archive/errors.py",
        "import archive.warc.reader\n",
        "archive.warc.reader",
    ),
    "a_circle_through_a_package": (
        "imports_never_run_in_a_circle",
        "archive/__init__.py",
        "from archive.warc import reader\n",
        "archive.warc.reader",
    ),
    "everything_caught_twice": (
        "everything_is_caught_once",
        "archive/errors.py",
        SWALLOW + "try:\n    f()\nexcept:\n    g()\n",
        "archive/errors.py:4 catches everything",
    ),
    "long_functions": (
        "functions_are_short",
        "archive/errors.py",
        LONG_FUNCTION * 2,
        f"one function in ten has {FUNCTION_P90 + 1} lines",
    ),
    "long_modules": (
        "modules_are_short",
        "*",
        "\n" * MEDIAN_MODULE,
        "the median module has",
    ),
}


def plant(root: Path, file: str = "", added: str = "") -> tuple[Module, ...]:
    """Return the sound tree as read from disk, with something added to one file, or `*` to all."""
    files = dict(SOUND)
    for name in files if file == "*" else [file] if file else []:
        files[name] = files.get(name, "") + added
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, "utf-8")
    return read_tree(root, *LAYERS)


def test_a_sound_tree_breaks_no_rule(tmp_path: Path) -> None:
    assert [s for sentences in breaches(plant(tmp_path)).values() for s in sentences] == []


@pytest.mark.parametrize(("rule", "file", "added", "named"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_breach_is_named_by_its_rule_alone(
    tmp_path: Path, rule: str, file: str, added: str, named: str
) -> None:
    found = breaches(plant(tmp_path, file, added))

    assert {name for name, sentences in found.items() if sentences} == {rule}
    assert named in found[rule][0]


def test_every_rule_has_a_planted_breach() -> None:
    rules = {rule.__name__ for rule in (*MODULE_RULES, *TREE_RULES)}

    assert {rule for rule, *_ in PLANTED.values()} == rules


SOUND_ADDITIONS = {
    "one_broad_except": ("archive/errors.py", SWALLOW),
    "a_broad_except_that_raises_again": ("archive/errors.py", SWALLOW + RERAISE),
    "a_late_import_that_would_close_a_circle": (
        "archive/errors.py",
        "def f():\n    import archive.warc.reader\n",
    ),
    "an_import_for_the_type_checker_that_would_close_a_circle": (
        "archive/errors.py",
        "if TYPE_CHECKING:\n    import archive.warc.reader\n",
    ),
    "an_explained_noqa": ("archive/errors.py", "x = 1  # noqa: S101 - checked above\n"),
    "an_explained_type_ignore": (
        "archive/errors.py",
        "x = 1  # type: ignore[no-untyped-call]  # the library has no types\n",
    ),
    "a_clock_that_is_handed_in": ("pipelines/version.py", "def f(clock=now_utc): clock()\n"),
    "a_path_to_a_resource": (
        "archive/dataset/rows.py",
        'views = files("archive.dataset") / "views.sql"\n',
    ),
    "dice_thrown_by_a_command": ("crawler/cli.py", "x = secrets.token_hex(2)\n"),
    "a_seeded_generator": ("crawler/spider.py", "dice = random.Random(7)\n"),
    "replacing_text_and_hours": (
        "archive/errors.py",
        "x = text.replace('a', 'b')\ny = moment.replace(hour=1)\n",
    ),
    "the_longest_module": ("archive/errors.py", "\n" * (LONGEST_MODULE - 1)),
    "the_word_in_a_string": ("archive/errors.py", "x = 'TODO # noqa'\n"),
}


@pytest.mark.parametrize(("file", "added"), SOUND_ADDITIONS.values(), ids=SOUND_ADDITIONS.keys())
def test_what_is_allowed_breaks_no_rule(tmp_path: Path, file: str, added: str) -> None:
    found = breaches(plant(tmp_path, file, added))

    assert [s for sentences in found.values() for s in sentences] == []


TEST_BREACHES = {
    "a_sleep": ("import time\n\ntime.sleep(1)\n", "sleeps"),
    "a_patch": ("from unittest.mock import patch\n", "imports unittest.mock.patch"),
    "no_docstring": ("", "has no docstring"),
}


@pytest.mark.parametrize(("added", "named"), TEST_BREACHES.values(), ids=TEST_BREACHES.keys())
def test_a_breach_in_a_test_is_named(tmp_path: Path, added: str, named: str) -> None:
    opening = '"""Claims."""\n' if added else ""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_claims.py").write_text(opening + added, "utf-8")

    (module,) = read_tree(tmp_path, "tests")

    assert named in next(sentence for rule in TEST_RULES for sentence in rule(module))

"""Every sentence that counts says one page, and two pages."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from archive.counted import counted, plural, verb

ROOT = Path(__file__).parents[2]
SOURCES = [
    path
    for folder in ("archive", "crawler", "pipelines")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
# What is counted: a noun of it in its plural behind a placeholder would be wrong for one.
NOUNS = (
    *("address", "answer", "article", "byte", "capture", "file", "page", "part", "problem"),
    *("record", "request", "row", "site", "story", "version", "warc", "word"),
)

COUNTS = {
    "none": (0, "page", "0 pages"),
    "one": (1, "page", "1 page"),
    "two": (2, "page", "2 pages"),
    "a_sibilant": (2, "address", "2 addresses"),
    "a_y_behind_a_consonant": (2, "story", "2 stories"),
    "a_y_behind_a_vowel": (2, "key", "2 keys"),
    "several_words": (1200, "new row", "1,200 new rows"),
}


@pytest.mark.parametrize(("number", "noun", "said"), COUNTS.values(), ids=COUNTS.keys())
def test_a_count_is_said_with_its_noun(number: int, noun: str, said: str) -> None:
    assert counted(number, noun) == said


def test_a_verb_agrees_with_its_count() -> None:
    assert [verb(number, "needs", "need") for number in (0, 1, 2)] == ["need", "needs", "need"]


def _said_without(tree: ast.AST) -> Iterator[str]:
    """Yield what stands behind a placeholder and is the plural of a noun."""
    nouns = re.compile(rf" (?:\w+ )?(?:{'|'.join(map(plural, NOUNS))})\b", re.IGNORECASE)
    for node in ast.walk(tree):
        parts = node.values if isinstance(node, ast.JoinedStr) else []
        for held, text in pairwise(parts):
            if isinstance(held, ast.FormattedValue) and isinstance(text, ast.Constant):
                said = ast.unparse(held.value)
                # What is counted already may be of several; a constant is no count that may be one.
                is_right = said.startswith("counted(") or said.isupper()
                found = nouns.match(str(text.value))
                if found and not is_right:
                    yield f"{{{said}}}{found[0]}"


def test_no_plural_stands_behind_a_number_that_may_be_one() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {said}"
        for path in SOURCES
        for said in _said_without(ast.parse(path.read_text("utf-8")))
    ]

    assert found == []

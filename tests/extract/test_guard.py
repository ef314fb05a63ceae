"""The body and what trafilatura keeps, held against each other."""

import re
from pathlib import Path
from typing import Final

import pytest

from archive.article import Block, BlockKind
from crawler.extract.guard import disagreement
from crawler.extract.kept import Kept

ROOT: Final = Path(__file__).parents[2]
PARAGRAPH: Final = "Sixty letters and a few more stand in every paragraph of the bridge. "
WORD: Final = re.compile(
    r'"([a-z_]+_(?:trafilatura|coverage|jsonld|cascade|overruled|captions|zone|cut|bytes))"'
)

SIZES: Final = {
    "alike": (80, 80, ()),
    "half": (40, 80, ()),
    "less_than_half": (39, 80, ("much_shorter_than_trafilatura",)),
    "twice": (80, 40, ()),
    "more_than_twice": (80, 39, ("much_longer_than_trafilatura",)),
    "nothing_beside_much": (0, 80, ("much_shorter_than_trafilatura",)),
    "both_short": (20, 1, ()),
}


@pytest.mark.parametrize(("ours", "theirs", "warned"), SIZES.values(), ids=SIZES)
def test_a_body_of_another_size_than_trafilaturas_is_doubted(
    ours: int, theirs: int, warned: tuple[str, ...]
) -> None:
    blocks = tuple(Block(kind=BlockKind.PARAGRAPH, text=PARAGRAPH) for _ in range(ours))
    letters = re.sub(r"[^a-z]", "", PARAGRAPH.lower())

    assert disagreement(blocks, Kept(letters=letters * theirs)) == warned


def test_every_warning_is_explained() -> None:
    page = (ROOT / "docs" / "reference" / "extraction-warnings.md").read_text("utf-8")
    explained = set(re.findall(r"`([a-z_]+)(?::NAME)?`", page))
    sources = sorted((ROOT / "crawler" / "extract").glob("*.py"))

    given = {word for path in sources for word in WORD.findall(path.read_text("utf-8"))}

    assert len(given) >= 7
    assert given - explained == set()

"""The reference page names every check and every damage that it is measured by."""

import re
from pathlib import Path

from archive.verify.problem import Check
from tests.verify.test_warcs import DAMAGES

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "verify.md").read_text("utf-8")
MATRIX = 24


def rows(heading: str) -> list[str]:
    """Return the first words of a table's rows, below a heading."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `?([a-z][\w-]*)", section, re.MULTILINE)[1:]


def test_the_page_has_every_check_and_no_other() -> None:
    assert rows("The checks") == [str(check) for check in Check]


def test_the_page_has_the_matrix_as_it_is_tested() -> None:
    assert rows("Damages, and who notices them") == list(DAMAGES)[:MATRIX]


def test_the_page_names_the_check_that_the_test_expects() -> None:
    for name, case in list(DAMAGES.items())[:MATRIX]:
        (line,) = re.findall(rf"^\| {name}\b.*$", PAGE, re.MULTILINE)
        assert f"`{case.check}`" in line, name

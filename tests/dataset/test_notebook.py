"""The notebook runs from its first cell to its last, and draws what it says."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.dataset.compaction import compact
from archive.store import open_for_writing
from tests.dataset.conftest import make_article
from tests.dataset.small_parts import JUNE, add_part, at_once
from tests.dataset.test_evolution import LATER, OLD

NOTEBOOK = Path(__file__).parents[2] / "docs/notebooks/four-pictures.ipynb"
# As a kernel runs them: one name space; the last expression of a cell is looked at.
_PROGRAM = """
import ast, json, sys
names = {"__name__": "__main__"}
for cell in json.loads(open(sys.argv[1], encoding="utf-8").read())["cells"]:
    if cell["cell_type"] == "code":
        tree = ast.parse("".join(cell["source"]))
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, sys.argv[1], "exec"), names)
        if last is not None:
            shown = eval(compile(ast.Expression(last.value), sys.argv[1], "eval"), names)
            print(shown.to_string() if hasattr(shown, "to_string") else shown)
figures = map(names["plt"].figure, names["plt"].get_fignums())
titles = [axes.get_title() for figure in figures for axes in figure.axes]
print(json.dumps(titles))
"""


@pytest.mark.notebook
def test_the_notebook_runs_and_draws_four_pictures(tmp_path: Path) -> None:
    root = Path(shutil.copytree(OLD, tmp_path / "store"))
    with open_for_writing(root, now=LATER) as store:
        compact(store, pause=at_once, now=LATER)
        day = timedelta(days=1)
        rows = [
            make_article(n, version=1 + n % 2, published_at=JUNE - day, word_count=100 + n)
            for n in (20, 20, 21)
        ]
        rows[1] = replace(rows[1], version=2, dek="It was edited.", fetch_time=JUNE + day)
        add_part(store, "articles", rows, part_id="dated")

    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _PROGRAM, str(NOTEBOOK)],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"NEWSREEL_STORE": str(root), "MPLBACKEND": "Agg"},
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )

    assert answer.returncode == 0, answer.stderr
    titles = json.loads(answer.stdout.splitlines()[-1])
    assert titles == [
        "Articles a day",
        "From publication to capture",
        "Pictures by credit",
        "Edits",
    ]
    assert "HTTP/1.1 200" in answer.stdout
    assert re.search(r"^dek +1$", answer.stdout, re.MULTILINE)


def test_no_output_is_kept_in_the_notebook() -> None:
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]

    assert all(cell.get("outputs", []) == [] for cell in cells)

"""Benches run: as small as they can be, and their page says what they found."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "benchmarks" / "README.md"
MEASURED = re.compile(r"<!-- measured: (\w+) -->(.*?)<!-- end: \1 -->", re.DOTALL)


def test_benches_run_and_write_their_sections(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(PAGE.read_text("utf-8"), "utf-8")
    chosen = ["--only", "extraction", "--only", "frontier"]

    subprocess.run(
        [sys.executable, "-m", "benchmarks", "--smallest", *chosen, "--page", page],
        check=True,
        cwd=ROOT,
        capture_output=True,
    )

    before, after = (dict(MEASURED.findall(each.read_text("utf-8"))) for each in (PAGE, page))
    assert {name for name in before if before[name] != after[name]} == {"extraction", "frontier"}


def test_the_page_has_a_place_for_every_section() -> None:
    places = {name for name, _ in MEASURED.findall(PAGE.read_text("utf-8"))}

    assert places == {
        *("machine", "extraction", "capture", "job", "dataset", "reextraction", "frontier"),
        *("memory", "costs"),
    }

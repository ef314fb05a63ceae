"""The report is one file that needs no other, and says what the room says."""

import re
from pathlib import Path

from archive.layout import Layout
from tests.e2e.command import newsreel


def test_the_report_needs_nothing_beside_itself(layout: Layout, tmp_path: Path) -> None:
    target = tmp_path / "report.html"

    ended = newsreel("report", "--store", layout.root, "--out", target)

    page = target.read_text("utf-8")
    assert (ended.code, ended.err) == (0, "")
    assert "of 24 advertised articles are archived; 1 of 1 site needs a look." in page
    assert "<del>Moves</del><ins>Pushes</ins>" in re.sub(r"</del>\s*<ins>", "</del><ins>", page)
    assert not re.search(r"<(?:link|script|img|iframe|object|form|a)\b|url\(|@import", page)
    assert page.count("<svg") >= 6


def test_a_folder_that_is_no_store_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    target = tmp_path / "report.html"

    ended = newsreel("report", "--store", tmp_path, "--out", target)

    assert ended.code == 2
    assert not target.exists()


def test_a_place_that_cannot_be_written_is_told(layout: Layout, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    ended = newsreel("report", "--store", layout.root, "--out", tmp_path / "file" / "report.html")

    assert ended.code != 0
    assert ended.err.startswith("error: ")

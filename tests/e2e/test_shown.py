"""What the README and the how-tos show is typed, and works, on a small store."""

import re
import shlex
import shutil
from pathlib import Path
from typing import Final

import pytest

from archive import open_store
from tests.e2e.command import newsreel
from tests.room.room_store import make_room_store
from tests.verify.small_store import HOST

ROOT: Final = Path(__file__).parents[2]
README: Final = ROOT / "README.md"
PAGES: Final = (README, *sorted((ROOT / "docs").rglob("*.md")))
STORY: Final = "https://www.example.com/2026/a-story/"
"""The address that the pages show."""
PYTHON_BLOCK: Final = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OF_A_STORE: Final = re.compile(r"^```sh\n(newsreel sql .*?)^```$", re.MULTILINE | re.DOTALL)
PYTHON: Final = ("README.md", "docs/how-to/ask-the-dataset.md", "docs/how-to/replay.md")
"""What needs nothing but a store; the other blocks are of other tests."""
ELSEWHERE: Final = ("serve", "probe", "publish", "work")
"""The first goes on, the others meet the web and a bucket: each has tests of its own."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a store in it, as the pages take it to be."""
    folder = tmp_path_factory.mktemp("shown")
    layout = make_room_store(folder / "store")
    shutil.copy(min(layout.warcs.iterdir()), folder / "saved.warc.gz")
    return folder


@pytest.fixture
def there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go where the store is."""
    monkeypatch.chdir(folder)
    return folder


def queries() -> list[str]:
    """Return every query that a page shows, of a store as it is."""
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    found = re.findall(r'newsreel sql "([^"]+)"(.*)$', text, re.MULTILINE)
    return sorted({query for query, rest in found if not re.search(r"--at|s3://", rest)})


@pytest.mark.parametrize("query", queries())
def test_a_query_that_is_shown_is_answered(folder: Path, query: str) -> None:
    assert open_store(folder / "store").sql(query).column_names


@pytest.mark.parametrize("page", PYTHON)
def test_python_that_is_shown_runs(there: Path, page: str) -> None:
    blocks = re.findall(
        r"^```python\n(.*?)^```$", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL
    )
    known: dict[str, object] = {}
    exec("import os, pandas", known)

    for block in blocks:
        exec(compile(block, f"{there}/{page}", "exec"), known)


def test_every_command_that_the_readme_shows_of_a_store_works(folder: Path) -> None:
    (block,) = re.findall(
        r"^```sh\n(newsreel sql .*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL
    )
    calls = [shlex.split(line, comments=True)[1:] for line in block.splitlines()]
    typed = [words for words in calls if words[0] not in ELSEWHERE]
    story = {STORY: f"{HOST}/vesper", "saved.warc.gz": str(folder / "saved.warc.gz")}
    where = {"report": ("--out", str(folder / "report.html")), "extract": ()}

    ended = {
        shlex.join(words): newsreel(
            *(story.get(word, word) for word in words),
            *(() if words[0] == "extract" else ("--store", str(folder / "store"))),
            *where.get(words[0], ()),
        )
        for words in typed
    }

    assert {call: each.err for call, each in ended.items() if each.code} == {}
    assert len(ended) == len(calls) - len(ELSEWHERE)

"""The same bytes give the same row, byte for byte, whatever process reads them."""

import os
import subprocess
import sys
from pathlib import Path

SITES = Path(__file__).parents[1] / "sites"
SCRIPT = """
import hashlib, pathlib, sys
from archive.article import to_json
from crawler.extract.page import SourcePage
from crawler.extract.reading import read_page

for page in sorted(pathlib.Path(sys.argv[1]).glob("*/*/page.html"))[:: int(sys.argv[2])]:
    url = (page.parent / "url.txt").read_text().strip()
    article = read_page(SourcePage(url=url, body=page.read_bytes())).article
    row = to_json(article).encode() if article else b""
    print(page.parent.name, hashlib.sha256(row).hexdigest())
"""


def rows_read_with(hash_seed: str, step: int) -> list[str]:
    """Return a line a golden page, read in a process with this seed, `step` giving the order."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(SITES), str(step)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_rows_depend_neither_on_hashing_nor_on_what_was_read_before() -> None:
    first, second = rows_read_with("1", 1), rows_read_with("2", -1)

    assert len(first) > 5
    assert sorted(second) == sorted(first)

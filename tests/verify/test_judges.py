"""Other people's tools take the WARCs of a store, with all that the crawl tells in them."""

from collections import Counter
from pathlib import Path

from archive.warc.reader import walk
from tests.archive.cdx_tools import run
from tests.verify.small_store import FIRST_WARC, SECOND_WARC


def warcs(store: Path) -> tuple[Path, ...]:
    """Return both files of the store."""
    return tuple(store / "warc" / name for name in (FIRST_WARC, SECOND_WARC))


def test_warcio_and_fastwarc_find_every_digest_right(sound: Path) -> None:
    for path in warcs(sound):
        records = list(walk(path))
        checked = run("warcio", "check", "-v", path)
        counted = run("fastwarc", "check", path)

        assert (checked.returncode, "fail" in checked.stdout) == (0, False), checked.stdout
        assert f"{len(records)} records were verified successfully" in counted.stdout


def test_cdxj_indexer_lists_answers_and_nothing_that_the_crawl_tells(sound: Path) -> None:
    indexed = run("cdxj-indexer", "-s", *warcs(sound))

    types = Counter(record.type for path in warcs(sound) for _, record in walk(path))
    assert indexed.returncode == 0, indexed.stderr
    listed = [line for line in indexed.stdout.splitlines() if "application/http" not in line]
    assert len(listed) == types["response"] + types["revisit"]
    assert types["metadata"] > types["response"]


def test_wacz_packs_them_and_finds_its_package_valid(sound: Path, tmp_path: Path) -> None:
    created = run("wacz", "create", "-o", tmp_path / "store.wacz", *warcs(sound))
    validated = run("wacz", "validate", "-f", tmp_path / "store.wacz")

    assert created.returncode == 0, created.stderr
    assert validated.returncode == 0, validated.stdout
    assert "the passed WACZ is valid" in validated.stdout

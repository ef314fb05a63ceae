"""Published parts and the versions in them."""

from dataclasses import replace

import pytest

from archive.errors import CaptureError
from archive.journal.journal import Journal
from archive.journal.parts import PublishedPart, Version
from tests.archive.store_samples import NEXT_RUN, NOON, RUN

FIRST = PublishedPart(
    dataset="articles",
    path="articles/site=x/month=2026-05/part-1.parquet",
    rows=7,
    size_bytes=4096,
    sha256="ab" * 32,
    schema_version=1,
    run_id=RUN,
)
SECOND = replace(FIRST, path="articles/site=x/month=2026-05/part-2.parquet", rows=3)
LEDGER = replace(FIRST, dataset="coverage", path="coverage/site=x/month=2026-05/part-3.parquet")


def test_parts_are_named_in_the_order_of_publication(journal: Journal) -> None:
    for part in (SECOND, LEDGER, FIRST):
        journal.parts.add(part, at=NOON)

    assert journal.parts.all() == (SECOND, LEDGER, FIRST)


def test_a_file_is_one_part_only(journal: Journal) -> None:
    journal.parts.add(FIRST, at=NOON)

    with pytest.raises(CaptureError, match="UNIQUE"), journal.transaction():
        journal.parts.add(replace(FIRST, rows=8), at=NOON)

    assert journal.parts.all() == (FIRST,)


def test_the_rows_of_a_dataset_are_those_of_its_parts(journal: Journal) -> None:
    for part in (FIRST, SECOND, LEDGER):
        journal.parts.add(part, at=NOON)

    assert journal.parts.rows_of("articles") == 10
    assert journal.parts.rows_of("captures") == 0


def test_a_runs_ledger_is_published_or_not(journal: Journal) -> None:
    journal.parts.add(FIRST, at=NOON)
    before = journal.parts.has_coverage(RUN)

    journal.parts.add(LEDGER, at=NOON)

    assert (before, journal.parts.has_coverage(RUN)) == (False, True)
    assert not journal.parts.has_coverage(NEXT_RUN)


def version(number: int, article_id: str = "a") -> Version:
    return Version(article_id=article_id, number=number, digest=f"digest of {number}")


def test_the_newest_version_is_the_highest_whichever_was_published_first(
    journal: Journal,
) -> None:
    for number in (2, 10, 9):
        journal.parts.add_version(version(number), capture_id=number, part_id=1)
    journal.parts.add_version(version(11, "b"), capture_id=11, part_id=1)

    assert journal.parts.newest_version("a") == version(10)
    assert journal.parts.newest_version("nobody") is None


def test_a_version_is_published_once(journal: Journal) -> None:
    journal.parts.add_version(version(1), capture_id=1, part_id=1)

    with pytest.raises(CaptureError, match="UNIQUE"), journal.transaction():
        journal.parts.add_version(replace(version(1), digest="other"), capture_id=2, part_id=2)

    assert journal.parts.newest_version("a") == version(1)

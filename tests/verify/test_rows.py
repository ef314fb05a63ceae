"""Damage to the datasets, the ledger and the journal: each is named by its check and file."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import make_dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_type_hints

import pytest

from archive.columns import column
from archive.coverage import Coverage
from archive.dataset.check import opened_part
from archive.dataset.rows import to_table
from archive.dataset.schema import DATASETS, Dataset
from archive.dataset.writer import sha256_of, write_table
from archive.verify.problem import Check
from archive.verify.store import verify
from tests.verify.small_store import (
    BEGIN,
    FIRST_RUN,
    FIRST_WARC,
    HOST,
    SECOND_RUN,
    change_journal,
    find,
    places,
)

Damage = Callable[[Path], str]
"""Damages a store and returns the path of the file that has to be named."""


def part_of(root: Path, dataset: str, run_id: str = FIRST_RUN) -> Path:
    """Return the part that a run wrote of a dataset."""
    (part,) = (root / dataset).rglob(f"part-{run_id}-*.parquet")
    return part


def below(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def tell_journal(root: Path, part: Path, rows: int) -> None:
    """Let the journal believe that this is what was published."""
    change_journal(
        root,
        "UPDATE part SET bytes = ?, sha256 = ?, rows = ? WHERE path = ?",
        part.stat().st_size,
        sha256_of(part),
        rows,
        below(root, part),
    )


def with_rows(dataset: str, change: Callable[[list[Any]], object]) -> Damage:
    """Return a damage that changes a part's rows; the journal is told as if it was so published."""

    def damage(root: Path) -> str:
        part = part_of(root, dataset)
        write_anew(root, part, DATASETS[dataset], change)
        return below(root, part)

    return damage


def write_anew(
    root: Path, part: Path, dataset: Dataset, change: Callable[[list[Any]], object]
) -> None:
    """Write a part's rows again, changed, with the columns of a dataset, and tell the journal."""
    with opened_part(part, DATASETS[dataset.name]) as opened:
        rows = [record_of(row) for row in opened.read()]
    change(rows)
    table = to_table(dataset.record_type, rows)
    write_table(part, dataset, table, {"newsreel.run_id": FIRST_RUN})
    tell_journal(root, part, len(rows))


def record_of(value: Any) -> Any:
    """Return a row, or a value in one, as something that has its columns for attributes."""
    if isinstance(value, Mapping):
        return SimpleNamespace(**{name: record_of(item) for name, item in value.items()})
    return tuple(map(record_of, value)) if isinstance(value, list) else value


def setting(dataset: str, column: str, value: object, *, url_end: str = "/a") -> Damage:
    """Return a damage that sets one column of one row."""

    def change(rows: list[Any]) -> None:
        (row,) = (row for row in rows if row.url.endswith(url_end))
        setattr(row, column, value)

    return with_rows(dataset, change)


def at_record(damage: Damage) -> Damage:
    """Return the damage, where the place that the row names has to be told."""

    def at(root: Path) -> str:
        damage(root)
        return f"warc/{FIRST_WARC}"

    return at


def in_journal(statement: str, *values: object, path: str = "journal.db") -> Damage:
    """Return a damage done to the journal."""

    def damage(root: Path) -> str:
        change_journal(root, statement, *values)
        return path

    return damage


def with_columns(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Damage:
    """Return a damage that gives a part of the ledger other columns; by name, their kinds."""

    def damage(root: Path) -> str:
        part = part_of(root, "coverage")
        kinds = change(get_type_hints(Coverage))
        fields = [(name, kind, column("", default=None)) for name, kind in kinds.items()]
        other = replace(
            DATASETS["coverage"],
            record_type=make_dataclass("Other", fields),
            dictionary=(),
            bloom=(),
        )
        write_anew(root, part, other, name_site)
        return below(root, part)

    return damage


def name_site(rows: list[Any]) -> None:
    for row in rows:
        row.site = "x"


def part_gone(dataset: str) -> Damage:
    def damage(root: Path) -> str:
        part = part_of(root, dataset)
        part.unlink()
        return below(root, part)

    return damage


def part_flipped(root: Path) -> str:
    part = part_of(root, "articles")
    data = bytearray(part.read_bytes())
    data[len(data) // 3] ^= 1
    part.write_bytes(data)
    return below(root, part)


def part_cut(root: Path) -> str:
    part = part_of(root, "captures")
    part.write_bytes(part.read_bytes()[:-7])
    return below(root, part)


def part_twice(root: Path) -> str:
    part = part_of(root, "articles")
    again = part.with_name(f"part-{SECOND_RUN}-again.parquet")
    again.write_bytes(part.read_bytes())
    change_journal(
        root,
        "INSERT INTO part (dataset, path, rows, bytes, sha256, schema_version, run_id, "
        "published_at) SELECT dataset, ?, rows, bytes, sha256, schema_version, run_id, "
        "published_at FROM part WHERE path = ?",
        below(root, again),
        below(root, part),
    )
    return below(root, again)


def put(path: str) -> Damage:
    """Return a damage that puts a file where none belongs."""

    def damage(root: Path) -> str:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"x")
        return path

    return damage


def never_sealed(root: Path) -> str:
    path = root / "warc" / FIRST_WARC
    path.rename(path.with_name(f"{FIRST_WARC}.open"))
    change_journal(root, "UPDATE warc SET sealed_at = NULL WHERE filename = ?", FIRST_WARC)
    return f"warc/{FIRST_WARC}.open"


def journal_overwritten(root: Path) -> str:
    path = root / "journal.db"
    data = bytearray(path.read_bytes())
    for page in range(2, len(data) // 4096 - 2):
        data[page * 4096 + 8 : page * 4096 + 24] = b"\xff" * 16
    path.write_bytes(data)
    return "journal.db"


def index_behind(root: Path) -> str:
    """Let an index claim rows that it does not hold."""
    with closing(sqlite3.connect(root / "journal.db", isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE sqlite_schema SET sql = replace(sql, 'state = ''queued''', '1')")
    return "journal.db"


def revisit_id(root: Path) -> str:
    path = root / "warc" / FIRST_WARC
    return places(path)[find(path, "revisit", "/copy-of-b")].record_id


def row_of_a_revisit(root: Path) -> str:
    setting("articles", "warc_record_id", revisit_id(root))(root)
    return f"warc/{FIRST_WARC}"


def capture_of_another_payload(root: Path) -> str:
    change_journal(
        root,
        "UPDATE version SET capture_id = (SELECT id FROM capture WHERE url LIKE '%/last' LIMIT 1) "
        "WHERE capture_id = (SELECT id FROM capture WHERE url LIKE '%/a' LIMIT 1)",
    )
    return f"warc/{FIRST_WARC}"


GONE = "<urn:uuid:00000000-0000-4000-8000-00000000ffff>"
DAMAGES = {
    "articles_part_gone": (part_gone("articles"), {Check.PART}),
    "captures_part_gone": (part_gone("captures"), {Check.PART}),
    "coverage_part_gone": (part_gone("coverage"), {Check.PART}),
    "part_bit_flip": (part_flipped, {Check.PART}),
    "part_cut": (part_cut, {Check.PART}),
    "part_of_other_rows": (
        lambda root: in_journal(
            "UPDATE part SET rows = 3 WHERE dataset = 'articles' AND run_id = ?",
            FIRST_RUN,
            path=below(root, part_of(root, "articles")),
        )(root),
        {Check.PART},
    ),
    "part_of_another_run": (
        lambda root: in_journal(
            "UPDATE part SET run_id = ? WHERE dataset = 'captures'",
            SECOND_RUN,
            path=below(root, part_of(root, "captures")),
        )(root),
        {Check.PART},
    ),
    "part_outside": (
        in_journal(
            "UPDATE part SET path = '../../etc/passwd' WHERE dataset = 'articles' AND run_id = ?",
            FIRST_RUN,
            path="../../etc/passwd",
        ),
        {Check.PART, Check.VERSION, Check.DATASET_STRAY},
    ),
    "column_gone": (
        with_columns(lambda kinds: {n: k for n, k in kinds.items() if n != "reason"}),
        {Check.SCHEMA},
    ),
    "column_too_many": (with_columns(lambda kinds: kinds | {"site": str}), {Check.SCHEMA}),
    "columns_in_another_order": (
        with_columns(lambda kinds: dict(sorted(kinds.items()))),
        {Check.SCHEMA},
    ),
    "column_of_another_width": (
        with_columns(lambda kinds: kinds | {"attempts": int}),
        {Check.SCHEMA},
    ),
    "column_that_may_be_null": (
        with_columns(lambda kinds: kinds | {"url": str | None}),
        {Check.SCHEMA},
    ),
    "part_twice": (part_twice, {Check.VERSION}),
    "article_row_gone": (with_rows("articles", lambda rows: rows.pop()), {Check.VERSION}),
    "version_unknown": (
        lambda root: in_journal(
            "DELETE FROM version WHERE version = 1", path=below(root, part_of(root, "articles"))
        )(root),
        {Check.VERSION, Check.COVERAGE},
    ),
    "row_of_another_digest": (
        at_record(setting("articles", "content_digest", "sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N")),
        {Check.ROW_RECORD},
    ),
    "row_of_another_offset": (
        at_record(setting("articles", "warc_record_offset", 1)),
        {Check.ROW_RECORD},
    ),
    "row_of_another_length": (
        at_record(setting("articles", "warc_record_length", 1)),
        {Check.ROW_RECORD},
    ),
    "row_of_no_record": (
        at_record(setting("articles", "warc_record_id", GONE)),
        {Check.ROW_RECORD},
    ),
    "row_of_a_revisit": (row_of_a_revisit, {Check.ROW_RECORD}),
    "row_of_another_payload": (capture_of_another_payload, {Check.ROW_RECORD}),
    "row_without_a_place": (
        setting("articles", "warc_filename", None),
        {Check.ROW_RECORD},
    ),
    "row_outside_the_store": (
        setting("articles", "warc_filename", "../../etc/passwd"),
        {Check.ROW_RECORD},
    ),
    "row_without_an_id": (
        at_record(setting("articles", "warc_record_id", None)),
        {Check.ROW_RECORD},
    ),
    "row_of_another_time": (
        at_record(setting("articles", "fetch_time", BEGIN)),
        {Check.ROW_RECORD},
    ),
    "capture_row_changed": (setting("captures", "fetch_status", 500), {Check.CAPTURE_ROW}),
    "capture_row_unknown": (setting("captures", "warc_record_id", GONE), {Check.CAPTURE_ROW}),
    "capture_row_gone": (with_rows("captures", lambda rows: rows.pop()), {Check.CAPTURE_ROW}),
    "capture_row_twice": (
        with_rows("captures", lambda rows: rows.append(rows[0])),
        {Check.CAPTURE_ROW},
    ),
    "capture_row_elsewhere": (
        lambda root: in_journal(
            "UPDATE capture SET part_id = (SELECT max(id) FROM part WHERE dataset = 'captures') "
            "WHERE url LIKE '%/chunked'",
            path=below(root, part_of(root, "captures")),
        )(root),
        {Check.CAPTURE_ROW},
    ),
    "ledger_row_changed": (
        setting("coverage", "fate", "gone", url_end="/chunked"),
        {Check.COVERAGE},
    ),
    "ledger_row_twice": (
        with_rows("coverage", lambda rows: rows.append(rows[0])),
        {Check.COVERAGE},
    ),
    "ledger_row_unknown": (setting("coverage", "url", f"{HOST}/never/a"), {Check.COVERAGE}),
    "ledger_row_of_no_capture": (setting("coverage", "warc_record_id", GONE), {Check.COVERAGE}),
    "ledger_row_of_another_run": (
        setting("coverage", "run_id", SECOND_RUN),
        {Check.COVERAGE},
    ),
    "ledger_row_of_no_article": (setting("coverage", "article_id", "none"), {Check.COVERAGE}),
    "foreign_file": (put("articles/notes.txt"), {Check.DATASET_STRAY}),
    "half_written_part": (
        put("captures/site=x-example/month=2026-05/.part.parquet.tmp"),
        {Check.DATASET_STRAY},
    ),
    "unnamed_part": (
        put(f"coverage/site=x-example/month=2026-05/part-{FIRST_RUN}-9.parquet"),
        {Check.DATASET_STRAY},
    ),
    "staged_file": (put(f"staging/articles-part-{FIRST_RUN}-9.parquet"), {Check.LEFTOVER}),
    "never_sealed": (never_sealed, {Check.LEFTOVER}),
    "journal_overwritten": (journal_overwritten, {Check.JOURNAL}),
    "journal_index_behind": (index_behind, {Check.JOURNAL}),
}


@pytest.mark.parametrize(("damage", "checks"), DAMAGES.values(), ids=DAMAGES.keys())
def test_damage_is_named_with_its_file(damage: Damage, checks: set[Check], store: Path) -> None:
    path = damage(store)

    report = verify(store)

    assert set(report.counts) == checks
    assert path in {problem.path for problem in report.problems}


def test_a_ledger_row_that_is_gone_is_named_with_its_address(store: Path) -> None:
    def forget(rows: list[Any]) -> None:
        rows[:] = [row for row in rows if not row.url.endswith("/chunked")]

    with_rows("coverage", forget)(store)

    (problem,) = verify(store).problems
    assert (problem.check, problem.path) == (Check.COVERAGE, "coverage")
    assert problem.what == f"{HOST}/chunked has no row in run {FIRST_RUN}"

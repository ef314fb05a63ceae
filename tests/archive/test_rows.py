"""Rows on their way: published as parts, with all that follows, or extracted again."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from archive.article import Image
from archive.coverage import Fate
from archive.errors import CaptureError
from archive.rows import FIRST_FLUSH, FULL_ROWS, LONGEST_FLUSH
from tests.archive.sink_bench import Bench, flushes, sink_of
from tests.archive.store_samples import NOON, Clock, recording

UNSTORABLE = (Image(url="https://x.example/a.jpg", role="lead", width=2**40),)


def test_a_flush_names_the_parts_of_many_sites_in_few_transactions(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [bench.row(site=f"site-{number}") for number in range(12)]
    commits: list[None] = []
    monkeypatch.setattr(bench.desk.recorder, "_on_commit", lambda: commits.append(None))
    for row in rows:
        bench.sink.append(row)

    bench.sink.flush().result(10)

    assert len(bench.paths("articles")) == len(bench.paths("captures")) == 12
    assert len(commits) < 12


def test_a_row_appears_with_its_part(bench: Bench) -> None:
    row = bench.row()
    bench.sink.append(row)
    before = bench.published("articles")

    bench.sink.flush().result(10)

    assert before == []
    assert bench.published("articles") == [row.article.url]
    assert bench.published("captures") == [row.article.url]
    (path,) = bench.paths("articles")
    assert path.parent.relative_to(bench.desk.store.layout.root).as_posix() == (
        "articles/site=x/month=2026-05"
    )


def test_all_that_follows_from_a_row_is_true_with_its_part(bench: Bench) -> None:
    row = bench.row()
    bench.sink.append(row)
    unread = len(bench.desk.reader.captures.unread(after=0, limit=9))

    bench.sink.flush().result(10)

    reader = bench.desk.reader
    capture = reader.captures.get(row.capture_record_id)
    assert unread == 1
    assert reader.captures.unread(after=0, limit=9) == ()
    assert capture is not None
    assert capture.page_kind == "article"
    assert bench.fate(row) == (Fate.ARCHIVED, None)
    assert reader.addresses.get(row.address_id).article_id == row.article.article_id
    assert reader.parts.newest_version(row.version.article_id) == row.version


def test_rows_of_two_sites_and_months_are_four_parts(bench: Bench) -> None:
    june = NOON.replace(month=6)
    for site in ("x", "y"):
        bench.sink.append(bench.row(site=site))
        bench.sink.append(bench.row(site=site, fetch_time=june))
        bench.sink.append(bench.row(site=site))

    bench.sink.flush().result(10)

    rows = {
        path.parent.as_posix()[-22:]: pq.read_metadata(path).num_rows
        for path in bench.paths("articles")
    }
    assert list(rows.values()) == [2, 1, 2, 1]
    assert len(rows) == 4


def test_captures_that_nobody_read_yet_are_not_published(bench: Bench) -> None:
    bench.row()

    bench.sink.flush().result(10)

    assert bench.published("captures") == []


def test_nothing_waiting_makes_no_part(bench: Bench) -> None:
    bench.sink.flush().result(10)

    assert bench.desk.reader.parts.all() == ()


def test_a_capture_is_published_once(bench: Bench) -> None:
    for _ in range(3):
        bench.sink.append(bench.row())
        bench.sink.flush().result(10)

    assert len(bench.published("captures", "warc_record_id")) == 3
    assert len(set(bench.published("captures", "warc_record_id"))) == 3


def test_parts_are_written_less_and_less_often(bench: Bench, clock: Clock) -> None:
    counts = []
    for seconds in (119.9, 0.1, 239.9, 0.1, 479.9, 0.1):
        clock.forward(seconds=seconds)
        bench.sink.append(bench.row())
        counts.append(flushes(bench))

    assert FIRST_FLUSH.total_seconds() == 120
    assert counts == [0, 1, 1, 2, 2, 3]


def test_no_row_waits_longer_than_a_quarter_of_an_hour(bench: Bench, clock: Clock) -> None:
    for _ in range(12):
        bench.sink.flush().result(10)
    bench.sink.append(bench.row())

    clock.now += LONGEST_FLUSH
    bench.sink.append(bench.row())

    assert flushes(bench) == 1
    assert LONGEST_FLUSH.total_seconds() == 900


def test_many_rows_are_written_before_their_time(bench: Bench) -> None:
    row = bench.row()
    versions = [replace(row.version, number=number) for number in range(1, FULL_ROWS + 1)]

    for version in versions[:-1]:
        bench.sink.append(replace(row, version=version))
    before = flushes(bench)
    bench.sink.append(replace(row, version=versions[-1]))

    assert (before, flushes(bench)) == (0, 1)


def test_a_version_counts_from_when_it_is_claimed(bench: Bench) -> None:
    row = bench.row()
    before = bench.sink.newest_version(row.version.article_id)

    bench.sink.claim(row.version)

    assert before is None
    assert bench.sink.newest_version(row.version.article_id) == row.version


def test_a_published_version_is_left_to_the_journal_but_a_newer_claim_stands(
    bench: Bench,
) -> None:
    row = bench.row()
    newer = replace(row.version, number=2, digest="edited")
    bench.sink.claim(row.version)
    bench.sink.append(row)
    bench.sink.claim(newer)

    bench.sink.flush().result(10)

    assert bench.sink.newest_version(newer.article_id) == newer
    assert bench.desk.reader.parts.newest_version(newer.article_id) == row.version


def test_closing_publishes_what_waits(bench: Bench) -> None:
    row = bench.row()
    bench.sink.append(row)

    bench.sink.close(is_finished=False)

    assert bench.published("articles") == [row.article.url]
    assert bench.published("coverage") == []


def test_a_finished_run_publishes_its_ledger_site_by_site(bench: Bench) -> None:
    archived, pending = bench.row(), bench.row(site="y")
    bench.sink.append(archived)

    bench.sink.close(is_finished=True)

    assert bench.published("coverage") == [archived.article.url, pending.article.url]
    assert bench.published("coverage", "fate") == ["archived", "pending"]
    assert len(bench.paths("coverage")) == 2


def test_a_run_killed_behind_its_ledger_does_not_write_it_twice(bench: Bench) -> None:
    bench.sink.append(bench.row())
    bench.sink.close(is_finished=True)

    again = sink_of(bench.desk)
    again.close(is_finished=True)

    assert len(bench.published("coverage")) == 1


def test_a_row_that_no_column_can_hold_is_refused_alone(bench: Bench) -> None:
    good, bad, also_good = bench.row(), bench.row(images=UNSTORABLE), bench.row()
    for row in (good, bad, also_good):
        bench.sink.claim(row.version)
        bench.sink.append(row)

    bench.sink.flush().result(10)

    assert bench.published("articles") == [good.article.url, also_good.article.url]
    assert bench.fate(bad) == (Fate.UNREADABLE, "unstorable")
    assert bench.desk.reader.captures.unread(after=0, limit=9) == ()
    assert bench.sink.newest_version(bad.version.article_id) is None
    assert bench.desk.recorder.failure is None


def test_rows_that_cannot_be_written_stop_the_crawl_and_stay_unread(bench: Bench) -> None:
    row = bench.row()
    bench.sink.append(row)
    in_the_way = bench.desk.store.layout.dataset("articles") / "site=x"
    in_the_way.write_bytes(b"")

    error = bench.sink.flush().exception(10)
    later = bench.desk.recorder.write(lambda _: None).exception(10)

    in_the_way.unlink()
    assert isinstance(error, CaptureError)
    assert later is error is bench.desk.recorder.failure
    assert len(bench.desk.reader.captures.unread(after=0, limit=9)) == 1
    assert bench.published("articles") == []


def test_a_failure_is_told_at_the_end_too(bench: Bench) -> None:
    refusal = CaptureError("the test's disk refuses")
    bench.desk.recorder.give_up(refusal)

    with pytest.raises(CaptureError, match="the test's disk refuses"):
        bench.sink.close(is_finished=True)

    assert bench.published("coverage") == []


def test_what_a_part_was_not_named_for_is_published_after_the_next_opening(
    root: Path, clock: Clock
) -> None:
    with recording(root, clock) as desk:
        bench = Bench(desk, sink_of(desk))
        row = bench.row()
        bench.sink.append(row)
        with pytest.raises(CaptureError, match="closed"):
            close_too_late(bench)

    clock.forward(seconds=1)
    with recording(root, clock) as desk:
        healed = desk.store.healing.parts
        bench = Bench(desk, sink_of(desk))
        bench.sink.append(row)
        bench.sink.close(is_finished=True)
        assert bench.published("articles") == [row.article.url]
        assert bench.published("captures") == [row.article.url]

    assert len(healed) == 1


def close_too_late(bench: Bench) -> None:
    bench.desk.recorder.close()
    try:
        bench.sink.flush().result(10)
    finally:
        with suppress(CaptureError):
            bench.sink.close(is_finished=True)

"""Damage to an index: each wrong, stale or missing line is named, and a missing index is none."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.layout import Layout
from archive.verify.problem import Check
from archive.verify.store import verify
from tests.verify.small_store import FIRST_WARC, SECOND_WARC, change_journal

Lines = list[bytes]


def told(line: bytes, **changes: object) -> bytes:
    """Return a line that says something else."""
    key, stamp, known = line.split(b" ", 2)
    return b"%b %b %b\n" % (key, stamp, json.dumps(json.loads(known) | changes).encode())


def copied(lines: Lines) -> Lines:
    return [*lines[:2], *lines[1:]]


def of_a_warc_that_is_gone(lines: Lines) -> Lines:
    return [*lines, b"zzz" + told(lines[-1], filename="gone.warc.gz")[3:]]


DAMAGES: dict[str, tuple[Callable[[Lines], Lines], str]] = {
    "wrong_digest": (lambda x: [told(x[0], digest="sha1:AAAA"), *x[1:]], "what it does not"),
    "wrong_length": (lambda x: [told(x[0], length="1"), *x[1:]], "what it does not"),
    "wrong_place": (lambda x: [told(x[0], offset="1"), *x[1:]], "where none begins"),
    "missing_line": (lambda x: x[1:], "is not listed"),
    "no_line_left": (lambda _: [], "is not listed"),
    "twice": (copied, "is listed twice"),
    "out_of_order": (lambda x: [x[-1], *x[:-1]], "sorts after it"),
    "of_a_warc_that_is_gone": (of_a_warc_that_is_gone, "which is not there"),
    "no_line": (lambda x: [*x, b"zzz\n"], "no line of an index"),
    "torn": (lambda x: [*x[:-1], x[-1][:-9]], "the last line breaks off"),
}


@pytest.mark.parametrize("which", ["merged", "single"])
@pytest.mark.parametrize(("damage", "sentence"), DAMAGES.values(), ids=DAMAGES.keys())
def test_a_line_that_is_not_what_the_warc_says_is_named(
    damage: Callable[[Lines], Lines], sentence: str, which: str, store: Path
) -> None:
    layout = Layout(store)
    index = layout.merged_index if which == "merged" else layout.cdxj(FIRST_WARC)
    times = index.stat().st_mtime_ns
    index.write_bytes(b"".join(damage(index.read_bytes().splitlines(keepends=True))))
    os.utime(index, ns=(times, times))

    report = verify(store)

    assert set(report.counts) == {Check.INDEX}
    assert {p.path for p in report.problems} == {index.relative_to(store).as_posix()}
    assert [p for p in report.problems if sentence in p.what], report.problems


def test_a_missing_index_is_no_damage(store: Path) -> None:
    shutil.rmtree(store / "index")

    assert verify(store).is_sound


def test_a_warc_that_was_sealed_and_not_indexed_any_more_is_no_damage(store: Path) -> None:
    layout = Layout(store)
    lines = layout.merged_index.read_bytes().splitlines(keepends=True)
    layout.merged_index.write_bytes(b"".join(x for x in lines if SECOND_WARC.encode() not in x))
    layout.cdxj(SECOND_WARC).unlink()

    report = verify(store)

    assert report.is_sound
    assert any(f"{SECOND_WARC} is not in it yet" in each.what for each in report.half_done)


def test_the_times_of_a_copied_store_hide_no_damage(store: Path) -> None:
    layout = Layout(store)
    layout.merged_index.write_bytes(
        b"".join(layout.merged_index.read_bytes().splitlines(keepends=True)[1:])
    )
    os.utime(layout.merged_index, ns=(0, 0))

    report = verify(store)

    assert [problem.what[-13:] for problem in report.problems] == ["is not listed"]
    assert not [remark for remark in report.remarks if "not in it yet" in remark.what]


def test_of_a_damaged_warc_its_own_problem_is_enough(store: Path) -> None:
    (store / "warc" / FIRST_WARC).unlink()
    change_journal(store, "DELETE FROM version")

    assert Check.INDEX not in verify(store).counts

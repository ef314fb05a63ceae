"""What goes on of a damaged WARC: all that is proven to be as it was written, and nothing else."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.layout import Layout
from archive.repair.salvage import SALVAGED_FROM, foreign_files, salvage_warc
from archive.repair.sifting import look_for_faults
from archive.verify.snapshot import Snapshot, taken
from archive.warc.crawl_log import read_fields
from archive.warc.reader import walk
from archive.warc.records import Record
from tests.verify.small_store import FIRST_RUN, FIRST_WARC, SECOND_WARC, places
from tests.verify.test_warcs import DAMAGES, Case

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ANSWERS = {"response", "revisit"}
# Ends that are cut off, files that are gone, and what is wrong with the journal alone are no matter
# of salvage; nor is a request that is gone without a trace.
ELSEWHERE = {
    *("torn_tail", "cut_on_boundary", "empty_file", "file_gone", "sealed_but_open", "both_names"),
    *("foreign_file", "bytes_behind", "other_place", "other_status", "other_charset"),
    *("whole_yet_marked_cut", "request_missing", "foreign_revisit"),
}
LOST_ANSWERS = {
    "payload_bit_flip": {"/last"},
    "gzip_bit_flip": {"/last"},
    "body_decoded": {"/last"},
    "chunks_removed": {"/chunked"},
    "payload_rewritten": {"/cut"},
}
# A record's fields have no digest: without a journal nothing tells what they were.
NEEDS_JOURNAL = {"no_record_id", "bad_date", "header_injection", "nul_in_header"}
SALVAGED = {name: case for name, case in DAMAGES.items() if name not in ELSEWHERE}


@contextmanager
def journal_of(store: Path) -> Iterator[Snapshot]:
    with taken(Layout(store)) as snapshot:
        yield snapshot


def records(path: Path) -> list[Record]:
    return [record for _, record in walk(path)]


def answers(path: Path) -> dict[str, Record]:
    return {each.record_id: each for each in records(path) if each.type in ANSWERS}


@pytest.mark.parametrize(("name", "case"), SALVAGED.items(), ids=SALVAGED.keys())
def test_what_is_proven_goes_on_and_the_rest_is_set_aside(
    name: str, case: Case, sound: Path, store: Path
) -> None:
    filename = Path(case.path).name
    before = answers(sound / "warc" / filename)
    case.damage(store)
    damaged = (store / "warc" / filename).read_bytes()

    with journal_of(store) as snapshot:
        salvaged = salvage_warc(Layout(store), store / "warc" / filename, snapshot, now=NOW)
        left = look_for_faults(salvaged.path, snapshot)

    after = answers(salvaged.path)
    lost = {str(before[each].target_uri).removeprefix("https://x.example") for each in before}
    lost -= {str(each.target_uri).removeprefix("https://x.example") for each in after.values()}
    assert left == ()
    assert lost == LOST_ANSWERS.get(name, set())
    assert {each: after[each].block for each in after} == {
        each: before[each].block for each in before if each in after
    }
    assert salvaged.aside.read_bytes() == damaged
    assert not (store / "warc" / filename).exists()


@pytest.mark.parametrize("with_journal", [True, False], ids=["journal", "none"])
@pytest.mark.parametrize("filename", [FIRST_WARC, SECOND_WARC])
def test_nothing_is_wrong_with_a_sound_warc(
    filename: str, *, with_journal: bool, sound: Path
) -> None:
    with journal_of(sound) as snapshot:
        faults = look_for_faults(sound / "warc" / filename, snapshot if with_journal else None)

    assert faults == ()


@pytest.mark.parametrize("name", sorted(NEEDS_JOURNAL))
def test_without_a_journal_a_record_without_its_fields_is_lost(name: str, store: Path) -> None:
    DAMAGES[name].damage(store)

    (fault, *_) = look_for_faults(store / "warc" / FIRST_WARC, None)

    assert fault.is_lost


def test_the_note_says_what_was_wrong_and_where_it_goes_on(store: Path) -> None:
    offset = DAMAGES["gzip_bit_flip"].damage(store)
    path = store / "warc" / FIRST_WARC

    with journal_of(store) as snapshot:
        salvaged = salvage_warc(Layout(store), path, snapshot, now=NOW)

    note = json.loads(salvaged.aside.with_name(f"{salvaged.aside.name}.json").read_text())
    info = records(salvaged.path)[0]
    assert note["salvaged_into"] == salvaged.path.name == f"newsreel-{FIRST_RUN}-00002.warc.gz"
    assert note["faults"][0] == {
        "offset": offset,
        "why": salvaged.faults[0].why,
        "is_lost": True,
    }
    assert dict(read_fields(info.block))[SALVAGED_FROM] == FIRST_WARC
    assert info.field("WARC-Filename") == salvaged.path.name


def test_whole_members_are_copied_byte_for_byte(store: Path) -> None:
    path = store / "warc" / FIRST_WARC
    members = {place.record_id: place.content for place in places(path)}
    DAMAGES["payload_bit_flip"].damage(store)
    data = path.read_bytes()

    with journal_of(store) as snapshot:
        salvaged = salvage_warc(Layout(store), path, snapshot, now=NOW)

    copied = salvaged.path.read_bytes()
    kept = places(salvaged.path)[1:]
    assert all(members[place.record_id] == place.content for place in kept)
    assert all(copied[place.offset :][: place.length] in data for place in kept)


def test_a_run_of_which_two_files_were_damaged_gives_no_name_twice(store: Path) -> None:
    layout, path = Layout(store), store / "warc" / FIRST_WARC
    DAMAGES["gzip_bit_flip"].damage(store)

    first = salvage_warc(layout, path, None, now=NOW)
    second = salvage_warc(layout, first.path, None, now=NOW)

    assert second.path.name == f"newsreel-{FIRST_RUN}-00003.warc.gz"


def test_what_was_salvaged_steps_aside_for_the_file_it_was_salvaged_from(store: Path) -> None:
    layout, path = Layout(store), store / "warc" / FIRST_WARC
    whole = path.read_bytes()
    DAMAGES["gzip_bit_flip"].damage(store)
    salvaged = salvage_warc(layout, path, None, now=NOW)
    path.write_bytes(whole)

    assert foreign_files(layout) == (salvaged.path,)

"""The archive's files: how they are called, when the next one begins, and when one is finished."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.errors import CaptureError
from archive.exchange import Location
from archive.store import Store, open_for_writing
from archive.warc.reader import walk
from archive.warc.records import exchange_records
from archive.warcs import WarcSeries
from tests.archive.store_samples import (
    FIRST_WARC,
    NEXT_RUN,
    NOON,
    RUN,
    Clock,
    begin,
    page,
    series,
)

SECOND_WARC = f"newsreel-{RUN}-00002.warc.gz"


@pytest.fixture
def store(root: Path, clock: Clock) -> Iterator[Store]:
    with open_for_writing(root, now=clock()) as store:
        begin(store.journal)
        yield store


@pytest.fixture
def warcs(store: Store, clock: Clock) -> Iterator[WarcSeries]:
    warcs = series(store, clock)
    yield warcs
    warcs.close()


def append(warcs: WarcSeries, number: int = 1) -> Location:
    response, _ = exchange_records(page(number))
    return warcs.append(response)


def commit(store: Store, warcs: WarcSeries, *, rotate: bool = True) -> None:
    """Commit as the recorder does."""
    warcs.sync()
    with store.journal.transaction():
        warcs.note_length(store.journal.runs)
    warcs.committed()
    if rotate:
        warcs.rotate_when_due(store.journal)


def names(store: Store) -> list[str]:
    return sorted(path.name for path in store.layout.warcs.iterdir())


def test_nothing_is_made_before_there_is_something_to_keep(store: Store, warcs: WarcSeries) -> None:
    commit(store, warcs)
    warcs.seal(store.journal)
    warcs.close()

    assert names(store) == []
    assert store.journal.runs.warcs() == ()


def test_a_file_is_named_for_its_run_and_marked_while_it_grows(
    store: Store, warcs: WarcSeries
) -> None:
    location = append(warcs)

    assert location.warc_filename == FIRST_WARC == f"newsreel-{RUN}-00001.warc.gz"
    assert names(store) == [f"{FIRST_WARC}.open"]


def test_a_file_begins_with_who_made_it(store: Store, warcs: WarcSeries) -> None:
    append(warcs)
    warcs.seal(store.journal)

    (_, warcinfo), (_, response) = walk(store.layout.warc(FIRST_WARC))
    assert (warcinfo.type, response.type) == ("warcinfo", "response")
    assert warcinfo.field("WARC-Filename") == FIRST_WARC
    assert f"isPartOf: {RUN}".encode() in warcinfo.block
    assert warcinfo.date == NOON


def test_the_journal_knows_a_file_from_its_first_commit_on(store: Store, warcs: WarcSeries) -> None:
    append(warcs)
    before = store.journal.runs.warcs()
    commit(store, warcs)
    (first,) = store.journal.runs.warcs()
    append(warcs, 2)
    commit(store, warcs)
    (second,) = store.journal.runs.warcs()
    warcs.close()

    size = (store.layout.warcs / f"{FIRST_WARC}.open").stat().st_size
    assert before == ()
    assert 0 < first.committed_length < second.committed_length == size
    assert not second.is_sealed


def test_sealing_gives_a_file_its_name_for_good(store: Store, warcs: WarcSeries) -> None:
    append(warcs)
    commit(store, warcs)

    warcs.seal(store.journal)
    warcs.seal(store.journal)

    (file,) = store.journal.runs.warcs()
    assert names(store) == [FIRST_WARC]
    assert file.is_sealed


def test_a_large_file_is_sealed_and_the_next_record_begins_another(
    store: Store, clock: Clock
) -> None:
    warcs = series(store, clock, rotate_bytes=1)
    append(warcs, 1)
    commit(store, warcs)
    sealed = names(store)

    location = append(warcs, 2)
    commit(store, warcs, rotate=False)
    warcs.close()

    assert sealed == [FIRST_WARC]
    assert location.warc_filename == SECOND_WARC
    assert names(store) == [FIRST_WARC, f"{SECOND_WARC}.open"]


def test_a_batch_is_never_divided_between_two_files(store: Store, clock: Clock) -> None:
    warcs = series(store, clock, rotate_bytes=1)

    names_used = {append(warcs, number).warc_filename for number in (1, 2, 3)}

    assert names_used == {FIRST_WARC}
    warcs.close()


AGES = {"a_moment_young": (23.999, False), "a_day_old": (24, True)}


@pytest.mark.parametrize(("hours", "is_sealed"), AGES.values(), ids=AGES.keys())
def test_a_file_is_sealed_after_a_day(
    store: Store, warcs: WarcSeries, clock: Clock, *, hours: float, is_sealed: bool
) -> None:
    append(warcs)

    clock.forward(hours=hours)
    commit(store, warcs)

    assert [file.is_sealed for file in store.journal.runs.warcs()] == [is_sealed]
    warcs.close()


def test_a_resumed_run_goes_on_with_its_open_file(
    store: Store, warcs: WarcSeries, clock: Clock
) -> None:
    first = append(warcs, 1)
    commit(store, warcs)
    warcs.close()

    resumed = series(store, clock)
    second = append(resumed, 2)
    commit(store, resumed)
    resumed.seal(store.journal)

    assert second.warc_filename == first.warc_filename == FIRST_WARC
    assert second.offset == first.offset + first.length
    types = [record.type for _, record in walk(store.layout.warc(FIRST_WARC))]
    assert types == ["warcinfo", "response", "response"]


def test_a_resumed_run_whose_files_are_sealed_begins_the_next(
    store: Store, warcs: WarcSeries, clock: Clock
) -> None:
    append(warcs)
    commit(store, warcs)
    warcs.seal(store.journal)

    resumed = series(store, clock)

    assert append(resumed, 2).warc_filename == SECOND_WARC
    resumed.close()


def test_another_run_leaves_an_open_file_alone(
    store: Store, warcs: WarcSeries, clock: Clock
) -> None:
    append(warcs)
    commit(store, warcs)
    warcs.close()

    other = series(store, clock, run_id=NEXT_RUN)

    assert append(other, 2).warc_filename == f"newsreel-{NEXT_RUN}-00001.warc.gz"
    other.close()


def test_a_file_that_cannot_be_renamed_stays_whole_under_its_open_name(
    store: Store, warcs: WarcSeries
) -> None:
    append(warcs)
    commit(store, warcs)
    in_the_way = store.layout.warc(FIRST_WARC)
    in_the_way.mkdir()

    with pytest.raises(CaptureError, match="could not be written: Is a directory"):
        warcs.seal(store.journal)

    assert len(list(walk(in_the_way.with_name(f"{FIRST_WARC}.open")))) == 2
    assert [file.is_sealed for file in store.journal.runs.warcs()] == [False]

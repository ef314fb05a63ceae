"""A verification that is interrupted goes on where it was, and believes nothing for longer."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.layout import Layout
from archive.verify.digested import digested
from archive.verify.members import read_members
from archive.verify.memory import Memory
from archive.verify.reading import Found, Readers, read_span, spans_of
from archive.verify.report import Step
from archive.verify.store import verify
from tests.verify.small_store import FIRST_WARC, SECOND_WARC, places


@pytest.fixture
def warc(store: Path) -> Path:
    return Layout(store).warc(FIRST_WARC)


@pytest.fixture
def memory(store: Path) -> Memory:
    """Return a memory that is worth it for the smallest file."""
    return Memory(layout=Layout(store), now=datetime.now(UTC), worth_bytes=0)


def found_in(path: Path) -> list[Found]:
    with path.open("rb") as file:
        return [digested(each) for each in read_members(file, path.stat().st_size)]


def remember(memory: Memory, path: Path) -> list[Found]:
    found = found_in(path)
    with memory.keeping(path) as keep:
        for each in found:
            keep(each)
    return found


def recalled(memory: Memory, path: Path) -> list[Found] | None:
    found = memory.recall(path)
    return None if found is None else list(found)


def interrupt(step: Step) -> None:
    """Stop as soon as one file was read."""
    raise KeyboardInterrupt(step)


def test_what_was_found_is_recalled_as_it_was(memory: Memory, warc: Path) -> None:
    warc.write_bytes(warc.read_bytes()[:-7])

    found = remember(memory, warc)

    assert recalled(memory, warc) == found


def test_a_file_that_was_touched_is_read_again(memory: Memory, warc: Path) -> None:
    remember(memory, warc)
    stat = warc.stat()
    data = bytearray(warc.read_bytes())
    data[200] ^= 1

    warc.write_bytes(data)
    os.utime(warc, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    assert recalled(memory, warc) is None


def test_what_was_read_long_ago_is_read_again(memory: Memory, warc: Path) -> None:
    remember(memory, warc)

    later = Memory(layout=memory.layout, now=memory.now + timedelta(hours=25))

    assert recalled(later, warc) is None


def test_a_note_that_breaks_off_anywhere_is_no_note(memory: Memory, warc: Path) -> None:
    remember(memory, warc)
    note = memory.layout.verified(FIRST_WARC)
    whole = note.read_bytes()

    for cut in range(0, len(whole), 11):
        note.write_bytes(whole[:cut])

        assert recalled(memory, warc) is None


def test_an_interrupted_verification_goes_on_behind_the_file_it_had_read(
    store: Path, memory: Memory
) -> None:
    with pytest.raises(KeyboardInterrupt):
        verify(store, memory=memory, report=interrupt)

    assert recalled(memory, memory.layout.warc(FIRST_WARC)) is not None
    assert recalled(memory, memory.layout.warc(SECOND_WARC)) is None
    assert verify(store, memory=memory) == verify(store)


def test_a_verification_that_has_ended_leaves_nothing_to_believe(
    store: Path, memory: Memory
) -> None:
    verify(store, memory=memory)

    assert not memory.layout.verifying.exists()


def test_a_store_that_cannot_be_written_is_verified_without_a_memory(
    store: Path, memory: Memory
) -> None:
    memory.layout.verifying.write_bytes(b"in the way")

    assert verify(store, memory=memory).is_sound


def test_what_processes_read_in_parts_is_what_one_reads(warc: Path) -> None:
    begins = [place.offset for place in places(warc)]
    spans = list(spans_of(warc, warc.stat().st_size, begins, span_bytes=1500))
    readers = Readers(workers=2, total_bytes=1 << 40)
    try:
        found = [each for part in readers.read(iter(spans)) for each in part]
    finally:
        readers.close()

    assert len(spans) > 3
    assert found == found_in(warc)
    assert [each for span in spans for each in read_span(span)] == found

"""What a damaged WARC holds that is as it was written: whole exchanges, and where it is damaged.

A record is believed when its digests hold and it is what the journal says was received. Where it is
not, what can be proven to have been there goes on (archive/repair/mending.py). Records of an
exchange that has lost its answer tell nothing any more.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from archive.exchange import Location
from archive.repair.mending import Expected, faults_of, mended, records_in, retold
from archive.repair.telling import Group
from archive.verify.members import Damaged, Whole, read_members
from archive.verify.snapshot import Known, Snapshot
from archive.warc.blank import is_blank
from archive.warc.crawl_log import run_end_of
from archive.warc.records import Record, written_uri
from archive.warc.writer import OPEN_SUFFIX

_AT: Final = "SELECT record_id FROM capture WHERE warc_filename = ? AND warc_offset = ?"
_NOWHERE: Final = Location(warc_filename="", offset=0, length=0)
"""A group needs a place of its answer for its rows alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A place of a WARC that is not as it was written."""

    offset: int
    why: str
    is_lost: bool
    """Whether what was written there does not go on; without a journal, whether it might not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """A record that goes on."""

    record: Record
    offset: int
    length: int | None
    """Of its member; None when it has to be pressed anew."""


@dataclass(slots=True, kw_only=True)
class Sifting:
    """What a WARC holds that is as it was written, and where it is not."""

    path: Path
    snapshot: Snapshot | None
    """Of a journal that can be believed; None without one."""
    faults: list[Fault] = field(default_factory=list)
    info: Record | None = None
    """The file's own warcinfo; None when it is gone."""
    _ids: set[str] = field(default_factory=set)

    @property
    def filename(self) -> str:
        """The name that rows give the file."""
        return self.path.name.removesuffix(OPEN_SUFFIX)

    def exchanges(self) -> Iterator[tuple[Good, ...]]:
        """Yield the records of one whole exchange after another; what is left of others is not."""
        group, records = Group(run_id=""), list[Good]()
        is_over = False
        for good in self._good():
            end = run_end_of(good.record)
            is_alone = end is not None or is_blank(good.record)
            if is_over:
                self._fault(good, "the record stands behind the end of its run")
                continue
            if is_alone or not group.takes(good.record):
                yield from self._told(group, records)
                group, records = Group(run_id=""), []
            if is_alone:
                is_over = end is not None and end.outcome == "finished"
                yield (good,)
                continue
            records.append(good)
            group.add(_NOWHERE, good.record)
        yield from self._told(group, records)

    def _told(self, group: Group, records: list[Good]) -> Iterator[tuple[Good, ...]]:
        if not group.tells:
            for each in records:
                self._fault(each, f"the {each.record.type} is of an answer that is not here")
            return
        answer = group.answer
        if answer and group.request and (again := self._said_otherwise(answer, group.request)):
            records = [self._exchanged(each, answer, again) for each in records]
            answer = again
        yield tuple(each for each in records if self._belongs(each, answer))

    def _said_otherwise(self, answer: Record, request: Record) -> Record | None:
        """Return the answer as its request and the journal, both, say it was; None else."""
        known = self._known(answer.record_id)
        asked = (request.target_uri, request.date)
        if known is None or asked == (answer.target_uri, answer.date):
            return None
        if asked != (written_uri(known.url), known.fetched_at):
            return None
        return retold(answer, Expected(record_id=answer.record_id, known=known))

    def _exchanged(self, good: Good, answer: Record, again: Record) -> Good:
        if good.record is not answer:
            return good
        self._fault(good, "its address or time is not what its request and the journal say")
        return replace(good, record=again, length=None)

    def _belongs(self, good: Good, answer: Record | None) -> bool:
        """Whether a record is of its answer's address and time, when it is a request."""
        record = good.record
        said = (record.target_uri, record.date)
        if record.type != "request" or answer is None:
            return True
        is_so = said == (answer.target_uri, answer.date)
        if not is_so:
            self._fault(good, "the request is not of its answer's address or time")
        return is_so

    def _good(self) -> Iterator[Good]:
        """Yield what is as it was written, or can be proven to have been."""
        with self.path.open("rb") as file:
            for found in read_members(file, self.path.stat().st_size):
                for good in self._good_of(found):
                    if good.record.type == "warcinfo":
                        self._take_info(good)
                    elif good.record.record_id in self._ids:
                        self._fault(good, "the record is in this file already")
                    else:
                        self._ids.add(good.record.record_id)
                        yield good

    def _good_of(self, found: Whole | Damaged) -> Iterator[Good]:
        why = self._wrong_with(found)
        if why is None:
            assert isinstance(found, Whole)
            yield Good(record=found.record, offset=found.offset, length=found.length)
            return
        expected, contents = self._expected(found.offset), 0
        lost = False
        for content in records_in(self.path, found.offset):
            contents += 1
            record = mended(content, expected, self._known)
            lost = lost or record is None
            if record is not None:
                yield Good(record=record, offset=found.offset, length=None)
        # Bytes between records are nothing that was written, as far as a journal says so.
        is_nothing = not contents and self.snapshot is not None and not expected
        is_lost = lost or not (contents or is_nothing)
        self.faults.append(Fault(offset=found.offset, why=why, is_lost=is_lost))

    def _wrong_with(self, found: Whole | Damaged) -> str | None:
        if isinstance(found, Damaged):
            return found.why
        return next(iter(faults_of(found.record, self._known(found.record.record_id))), None)

    def _take_info(self, good: Good) -> None:
        named = good.record.field("WARC-Filename")
        if good.offset or self.info is not None:
            self._fault(good, "a second warcinfo: two files were put together")
        elif named != self.filename:
            self._fault(good, f"the warcinfo is that of {named}")
        else:
            self.info = good.record

    def _known(self, record_id: str) -> Known | None:
        return self.snapshot.known(record_id) if self.snapshot else None

    def _expected(self, offset: int) -> tuple[Expected, ...]:
        """Return the captures whose records began at a place, as the journal has it."""
        if self.snapshot is None:
            return ()
        ids = [row["record_id"] for row in self.snapshot.ask(_AT, self.filename, offset)]
        found = ((each, self._known(each)) for each in ids)
        return tuple(Expected(record_id=each, known=known) for each, known in found if known)

    def _fault(self, good: Good, why: str) -> None:
        """Note a record that is whole and does not go on: nothing is lost by it alone."""
        self.faults.append(Fault(offset=good.offset, why=why, is_lost=False))


def look_for_faults(path: Path, snapshot: Snapshot | None) -> tuple[Fault, ...]:
    """Return where a WARC is not as it was written; nothing is changed."""
    sifting = Sifting(path=path, snapshot=snapshot)
    for _ in sifting.exchanges():
        pass
    if sifting.info is None and not any(fault.offset == 0 for fault in sifting.faults):
        sifting.faults.append(Fault(offset=0, why="the warcinfo is not here", is_lost=False))
    return tuple(sifting.faults)

"""What a store's WARCs tell, in the order it happened: runs, exchanges, and how runs ended.

Records of one exchange stand behind each other: the answer, its request, interim answers, the
visit. So do a rendering and its visit. Files of two runs may overlap in time, for a run that was
stopped can be taken up after another; no two runs ever wrote at once, so the newest moment a file
has told orders them.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from archive.capture import Capture, capture_of
from archive.exchange import Exchange, Location
from archive.layout import WARC_NAME
from archive.received import receive
from archive.rendering import CONVERSION, Rendering, rendered_capture
from archive.verify.members import Whole, read_members
from archive.warc.crawl_log import Asked, RunEnd, Visit, read_fields, run_end_of, visit_of
from archive.warc.records import Record, parse_date
from archive.warc.writer import OPEN_SUFFIX

_CAPTURED: Final = frozenset({"response", "revisit", CONVERSION})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTold:
    """A WARC, as its warcinfo tells."""

    filename: str
    run_id: str
    plan: str
    """As the journal keeps it; an empty JSON object when the file does not tell."""
    run_began: datetime
    opened_at: datetime
    length: int
    is_sealed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One exchange, or one rendering."""

    run_id: str
    capture: Capture
    """As it was when it was committed; without the kinds, which follow from reading it."""
    answer: Record | None
    """The answer or the rendering; None when no answer came."""
    has_request: bool
    asked: Asked | None
    """None where no visit tells: in the last exchange of a torn file, and in old files."""


Event = Told | RunEnd


def told_of(path: Path) -> FileTold | None:
    """Return what a WARC says of itself; None when it is of no run of ours.

    Where its warcinfo is damaged, its name says which run it is of.
    """
    filename = path.name.removesuffix(OPEN_SUFFIX)
    named = WARC_NAME.fullmatch(filename)
    if named is None:
        return None
    first = next((record for _, record in _records(path)), None)
    info = first if first is not None and first.type == "warcinfo" else None
    said = dict(read_fields(info.block)) if info else {}
    named_at = datetime.strptime(named["began"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    opened_at = (info.date if info else None) or named_at
    return FileTold(
        filename=filename,
        run_id=said.get("isPartOf", named["run"]),
        plan=said.get("run-plan", "{}"),
        run_began=parse_date(said.get("run-began")) or opened_at,
        opened_at=opened_at,
        length=path.stat().st_size,
        is_sealed=path.name == filename,
    )


def events_of(paths: tuple[Path, ...]) -> Iterator[Event]:
    """Yield what the files tell, in the order it happened; one record of each is in memory."""
    streams = [_dated(path, place) for place, path in enumerate(paths)]
    for _, _, _, event in heapq.merge(*streams, key=lambda each: each[:3]):
        yield event


def rendered_answers(paths: tuple[Path, ...]) -> frozenset[str]:
    """Return the answers that a rendering is read in place of, by their record ids."""
    records = (record for path in paths for _, record in _records(path))
    sources = (each.field("WARC-Refers-To") for each in records if each.type == CONVERSION)
    return frozenset(filter(None, sources))


def _dated(path: Path, place: int) -> Iterator[tuple[datetime, int, int, Event]]:
    """Yield a file's events with what orders them: within a file it is their place."""
    newest = _EPOCH
    for number, event in enumerate(_events(path)):
        moment = event.ended_at if isinstance(event, RunEnd) else event.capture.fetch_time
        newest = max(newest, moment)
        yield newest, place, number, event


def _events(path: Path) -> Iterator[Event]:
    file = told_of(path)
    if file is None:
        return
    run_id = file.run_id
    group = Group(run_id=run_id)
    for location, record in _records(path):
        end = run_end_of(record)
        if end is not None or not group.takes(record):
            if told := group.told():
                yield told
            group = Group(run_id=run_id)
        if end is not None:
            yield end
        else:
            group.add(location, record)
    if told := group.told():
        yield told


def _records(path: Path) -> Iterator[tuple[Location, Record]]:
    """Yield what is whole in a file; what is damaged in it tells nothing."""
    filename = path.name.removesuffix(OPEN_SUFFIX)
    with path.open("rb") as file:
        for found in read_members(file, path.stat().st_size):
            if isinstance(found, Whole):
                location = Location(
                    warc_filename=filename, offset=found.offset, length=found.length
                )
                yield location, found.record


@dataclass(slots=True)
class Group:
    """The records of one exchange, as they come."""

    run_id: str
    answer: Record | None = None
    location: Location | None = None
    request: Record | None = None
    visit: Visit | None = None
    visit_record: Record | None = None

    def takes(self, record: Record) -> bool:
        """Whether a record belongs to this exchange, or nothing does yet."""
        if self._is_empty:
            return True
        if self.visit is not None or record.type in _CAPTURED:
            return False
        if record.type == "request" and self.request is not None:
            return False
        whose = record.field("WARC-Concurrent-To")
        if self.answer is not None:
            return whose == self.answer.record_id
        assert self.request is not None
        return whose in {self.request.field("WARC-Concurrent-To"), self.request.record_id}

    @property
    def _is_empty(self) -> bool:
        return self.answer is None and self.request is None and self.visit is None

    @property
    def _lost_its_answer(self) -> bool:
        left = [record for record in (self.request, self.visit_record) if record is not None]
        return self.answer is None and any(each.field("WARC-Concurrent-To") for each in left)

    def add(self, location: Location, record: Record) -> None:
        """Take a record in."""
        if record.type in _CAPTURED:
            self.answer, self.location = record, location
        elif record.type == "request":
            self.request = record
        elif (visit := visit_of(record)) is not None:
            self.visit, self.visit_record = visit, record

    @property
    def tells(self) -> bool:
        """Whether the records are an exchange: not what is left of one whose answer is lost."""
        return self._exchange() is not None and not self._lost_its_answer

    def told(self) -> Told | None:
        """Return the exchange; None when there is nothing, or nothing says what was asked for."""
        capture = self._capture()
        if capture is None:
            return None
        return Told(
            run_id=self.run_id,
            capture=capture,
            answer=self.answer,
            has_request=self.request is not None,
            asked=self.visit.asked if self.visit else None,
        )

    def _capture(self) -> Capture | None:
        exchange = self._exchange()
        if exchange is None or not self.tells:
            return None
        answer, location = self.answer, self.location
        if answer is not None and answer.type == CONVERSION:
            capture = self._rendered(exchange, answer)
        else:
            capture = capture_of(exchange, receive(exchange.response), run_id=self.run_id)
        if answer is None or location is None:
            return capture
        capture = replace(
            capture,
            record_type=answer.type,
            warc_filename=location.warc_filename,
            warc_record_offset=location.offset,
            warc_record_length=location.length,
        )
        if answer.type != "revisit":
            return capture
        length = self.visit.payload_length if self.visit else capture.content_length
        return replace(
            capture,
            refers_to=answer.field("WARC-Refers-To"),
            content_digest=answer.field("WARC-Payload-Digest"),
            content_length=length,
        )

    def _rendered(self, exchange: Exchange, answer: Record) -> Capture:
        rendering = Rendering(
            url=exchange.url,
            rendered_at=exchange.started_at,
            dom=answer.block,
            record_id=answer.record_id,
            source_record_id=answer.field("WARC-Refers-To") or "",
            source_fetched_at=parse_date(answer.field("WARC-Refers-To-Date"))
            or exchange.started_at,
            truncated=exchange.truncated,
            elapsed_ms=exchange.elapsed_ms,
        )
        return rendered_capture(rendering, run_id=self.run_id)

    def _exchange(self) -> Exchange | None:
        """Return the exchange that the records are of."""
        named = self.answer or self.request
        visit = self.visit
        url = (named.target_uri if named else None) or (visit.url if visit else None)
        date = (named.date if named else None) or (visit.date if visit else None)
        if url is None or date is None:
            return None
        record_id = self._record_id()
        is_cut = self.answer is not None and self.answer.type != "revisit"
        cut = self.answer.field("WARC-Truncated") if self.answer and is_cut else None
        return Exchange(
            url=url,
            method=self._method(),
            started_at=date,
            response=self.answer.block if self.answer else b"",
            record_id=record_id,
            request_record_id=self.request.record_id if self.request else "",
            truncated=cut or (visit.truncated if visit else None),
            failure=visit.failure if visit else _unsaid_failure(self.answer, cut),
            elapsed_ms=visit.elapsed_ms if visit else 0,
            waited_ms=visit.waited_ms if visit else 0,
            wait_reason=visit.wait_reason if visit else None,
        )

    def _record_id(self) -> str:
        if self.answer is not None:
            return self.answer.record_id
        if self.visit is not None:
            return self.visit.record_id
        assert self.request is not None
        return self.request.record_id

    def _method(self) -> str:
        if self.request is not None:
            return self.request.block.split(b" ", 1)[0].decode("latin-1")
        return self.visit.method if self.visit else "GET"


def _unsaid_failure(answer: Record | None, cut: str | None) -> str | None:
    """Return why there is no whole answer, where no visit tells."""
    if answer is None:
        return "unknown"
    return "cut_off" if cut else None

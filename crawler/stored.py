"""A capture of the store as the answer it was, for whoever reads it again."""

from concurrent.futures import Future
from typing import Final

from archive.capture import Capture
from archive.journal.addresses import Address
from archive.journal.journal import Journal
from archive.layout import Layout
from archive.rendering import CONVERSION
from archive.store import find_warc
from archive.warc.reader import read_record
from archive.warc.records import Record
from crawler.page import Page, location_of, page_of_record

_NOT_MODIFIED: Final = 304


def stored_page(layout: Layout, reader: Journal, address: Address, capture: Capture) -> Page:
    """Return what a committed capture brought; of a revisit, with the payload it stands for.

    Raises CorruptArchiveError when its record is not what was written.
    """
    if capture.record_type is None:
        return page_of_record(address, capture, None)
    own = location_of(capture)
    record = read_record(find_warc(layout, own.warc_filename), own)
    if capture.record_type == CONVERSION:
        return rendered_page(layout, reader, address, capture, record)
    return with_payload(layout, reader, page_of_record(address, capture, record), capture)


def rendered_page(
    layout: Layout, reader: Journal, address: Address, capture: Capture, record: Record
) -> Page:
    """Return what a browser made of an answer, with the fields of that answer.

    Where the answer is not in the store there are none. Raises CorruptArchiveError when it is not
    what was written.
    """
    source = reader.captures.get(str(capture.refers_to))
    if source is None:
        answer = page_of_record(address, capture, None)
    else:
        answer = stored_page(layout, reader, address, source)
    done: Future[Capture] = Future()
    done.set_result(capture)
    return answer.rendered(record.block, done, at=capture.fetch_time)


def with_payload(layout: Layout, reader: Journal, page: Page, capture: Capture) -> Page:
    """Return the page of a capture; when it is a revisit, with the payload it stands for.

    A page that was not modified has none of its own, and one whose target is not in the store is
    returned as it is. Raises CorruptArchiveError when the target is not what was written.
    """
    if capture.record_type != "revisit" or capture.fetch_status == _NOT_MODIFIED:
        return page
    payload = reader.captures.payload(str(capture.refers_to))
    if payload is None:
        return page
    path = find_warc(layout, payload.location.warc_filename)
    return page.with_entity(read_record(path, payload.location))


def stored_payload(layout: Layout, reader: Journal, page: Page) -> Page:
    """Return a page that was not modified with the payload it had when it last was."""
    assert page.address.payload_id is not None
    payload = reader.captures.payload_of(page.address.payload_id)
    assert payload is not None
    path = find_warc(layout, payload.location.warc_filename)
    return page.with_payload(read_record(path, payload.location))

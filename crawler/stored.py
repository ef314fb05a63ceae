"""A capture of the store as the answer it was, for whoever reads it again."""

from typing import Final

from archive.capture import Capture
from archive.journal.addresses import Address
from archive.journal.journal import Journal
from archive.layout import Layout
from archive.store import find_warc
from archive.warc.reader import read_record
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
    return with_payload(layout, reader, page_of_record(address, capture, record), capture)


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

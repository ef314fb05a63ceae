"""A small store of two sites and two days, with all that makes copying some of it difficult."""

from datetime import timedelta
from pathlib import Path
from typing import Final

from archive.capture import Capture
from archive.dataset.writer import write_part
from archive.exchange import Exchange
from tests.archive.store_samples import (
    NOON,
    Recording,
    answered,
    page,
    recording,
    story,
    unanswered,
)
from tests.archive.warc_samples import CHUNKED, EARLY_HINTS

X: Final = "https://x.example"
Y: Final = "https://y.example"
MONDAY: Final = NOON
TUESDAY: Final = NOON + timedelta(days=1)
TWIN: Final = b"<p>the same everywhere</p>"


def exchanges() -> list[tuple[str, Exchange]]:
    """Return what was asked, in this order, each with its site."""
    hinted = page(6, url=f"{X}/hinted").response
    return [
        ("x", page(1, TWIN, url=f"{X}/one", started_at=MONDAY)),
        ("x", page(2, url=f"{X}/two", started_at=MONDAY)),
        ("x", unanswered(3, url=f"{X}/silent", started_at=MONDAY)),
        ("y", page(4, url=f"{Y}/own", started_at=MONDAY)),
        ("y", answered(5, CHUNKED, url=f"{Y}/chunked", started_at=MONDAY)),
        ("x", answered(6, EARLY_HINTS + hinted, url=f"{X}/hinted", started_at=TUESDAY)),
        ("y", page(7, TWIN, url=f"{Y}/twin", started_at=TUESDAY)),
        ("x", page(8, TWIN, url=f"{X}/one", started_at=TUESDAY)),
        ("x", page(9, url=f"{X}/late", started_at=TUESDAY)),
    ]


def make_store(root: Path) -> Path:
    """Write the store: the first files sealed, the last one still growing."""
    with recording(root, rotate_bytes=1800) as desk:
        for number, (site, sent) in enumerate(exchanges(), start=1):
            capture = keep(desk, site, sent)
            if capture.fetch_status == 200:
                publish_row(desk, site, number, capture)
    return root


def keep(desk: Recording, site: str, sent: Exchange) -> Capture:
    """Have an exchange committed."""
    (address,) = desk.advertise(sent.url, site=site)
    return desk.recorder.keep(sent, address.id).result(10)


def publish_row(desk: Recording, site: str, number: int, capture: Capture) -> None:
    """Write a part with the one article that was read from a capture."""
    article = story(
        number,
        url=capture.url,
        text=f"Text of story {number}.",
        fetch_time=capture.fetch_time,
        warc_filename=capture.warc_filename,
        warc_record_offset=capture.warc_record_offset,
        warc_record_length=capture.warc_record_length,
    )
    write_part(
        desk.store.layout,
        "articles",
        site=site,
        month=capture.fetch_time,
        part_id=str(number),
        records=[article],
        footer={"newsreel.run_id": capture.run_id},
    )

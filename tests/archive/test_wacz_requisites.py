"""A WACZ of some days or a site brings along what its pages need, whenever that was archived."""

import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from archive.capture import Capture
from archive.errors import CorruptArchiveError
from archive.journal.journal import Journal
from archive.layout import Layout
from archive.selection import Selection
from archive.wacz.export import export_wacz, foresee_wacz
from archive.warc.reader import read_any, walk
from tests.archive.store_samples import NOON, answered, recording
from tests.archive.wacz_samples import X, Y, keep
from tests.replay.replay_samples import HTML, NOT_MODIFIED
from tests.replay.replay_samples import answered as response

CSS: Final = "text/css"
JPEG: Final = "image/jpeg"
CDN: Final = "https://cdn.example"
NEW_PAGE: Final = (
    f"<link rel=stylesheet href=/site.css><script src=/site.js></script><img src={CDN}/logo.png>"
    f"<img src=/moved.png><img src=/fresh.jpg><img src={CDN}/never.jpg><a href=/old>old</a>"
)

# What was asked for, in this order: the day, the site it was asked for, its address and the answer.
ASKED: Final = (
    (0, "x", f"{X}/old", response("<link rel=stylesheet href=/site.css><img src=/old.jpg>")),
    (0, "x", f"{X}/old.jpg", response("old", JPEG)),
    (0, "x", f"{X}/site.css", response("@import 'more.css'; b { background: url(b.png) }", CSS)),
    (0, "x", f"{X}/more.css", response("@import 'site.css'; @font-face { src: url(f.woff) }", CSS)),
    (0, "x", f"{X}/b.png", response("b", JPEG)),
    (0, "x", f"{X}/f.woff", response("f", "font/woff")),
    (0, "x", f"{X}/site.js", response("let a = 1", "text/javascript")),
    (0, "x", f"{X}/moved.png", response("", None, "302 Found", Location=f"{CDN}/there.png")),
    (0, "x", f"{CDN}/there.png", response("there", JPEG)),
    (0, "y", f"{Y}/other", response(f"<img src={CDN}/logo.png>")),
    (0, "y", f"{CDN}/logo.png", response("logo", JPEG)),
    (3, "x", f"{X}/new", response(NEW_PAGE, HTML)),
    (3, "x", f"{X}/fresh.jpg", response("fresh", JPEG)),
    (9, "x", f"{X}/site.css", response("b { color: red }", CSS)),
    (12, "x", f"{X}/new", NOT_MODIFIED),
)
OF_NEW: Final = {
    *(f"{X}/{name}" for name in ("new", "fresh.jpg", "site.css", "more.css", "b.png", "f.woff")),
    *(f"{X}/{name}" for name in ("site.js", "moved.png")),
    *(f"{CDN}/{name}" for name in ("there.png", "logo.png")),
}


def day(number: int) -> datetime:
    return NOON + timedelta(days=number)


def on(number: int) -> Selection:
    return Selection(since=day(number).date(), until=day(number).date())


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("requisites") / "store"
    with recording(root) as desk:
        for number, (on_day, site, url, answer) in enumerate(ASKED, start=1):
            kind = "page" if url in {f"{X}/old", f"{X}/new", f"{Y}/other"} else "requisite"
            desk.advertise(url, site=site, kind=kind)
            capture = keep(desk, site, answered(number, answer, url=url, started_at=day(on_day)))
            if answer != NOT_MODIFIED:
                desk.recorder.write(partial(expect_unchanged, capture=capture)).result(10)
    return root


def expect_unchanged(journal: Journal, capture: Capture) -> None:
    """Have an answer of 304 stand for this capture."""
    address = journal.addresses.find(capture.url)
    assert address is not None
    payload_id = journal.captures.id_of(str(capture.warc_record_id))
    journal.addresses.keep_validators(
        address.id, etag=None, last_modified=None, payload_id=payload_id
    )


def held(store: Path, selection: Selection, out: Path) -> list[tuple[str, datetime | None]]:
    """Return the answers in an export: address and time, each as often as it is there."""
    export_wacz(store, out, selection, now=NOON, software="Newsreel/0")
    return [(each.url, each.date) for each in read_any(out)]


def urls(found: Iterable[tuple[str, datetime | None]]) -> list[str]:
    return sorted(url for url, _ in found)


def test_what_a_page_needs_comes_from_days_before_and_from_other_sites(
    store: Path, tmp_path: Path
) -> None:
    found = held(store, on(3), tmp_path / "day.wacz")

    assert urls(found) == sorted(OF_NEW)
    assert (f"{X}/site.css", day(0)) in found, "the one of then, not the one of later"


def test_a_site_has_what_was_archived_for_another(store: Path, tmp_path: Path) -> None:
    found = held(store, Selection(site="x"), tmp_path / "site.wacz")

    assert f"{CDN}/logo.png" in urls(found)
    assert f"{Y}/other" not in urls(found)


def test_a_page_that_came_unchanged_has_what_its_payload_needs(store: Path, tmp_path: Path) -> None:
    found = held(store, on(12), tmp_path / "unchanged.wacz")

    # The newer stylesheet names nothing; what only the older one led to stays behind.
    assert (f"{X}/site.css", day(9)) in found
    assert set(urls(found)) == OF_NEW - {f"{X}/{name}" for name in ("more.css", "b.png", "f.woff")}


def test_it_is_foreseen_as_it_is_written(store: Path, tmp_path: Path) -> None:
    foreseen = foresee_wacz(store, on(3))

    assert foreseen.captures == len(held(store, on(3), tmp_path / "day.wacz")) == len(OF_NEW)


def test_a_page_that_cannot_be_read_needs_nothing(tmp_path: Path) -> None:
    url, sheet = f"{X}/torn", f"{X}/site.css"
    torn = response(b"<link rel=stylesheet href=/site.css>", HTML, Content_Encoding="gzip")
    with recording(tmp_path / "store") as desk:
        desk.advertise(sheet, kind="requisite")
        keep(desk, "x", answered(1, response("b", CSS), url=sheet, started_at=NOON))
        keep(desk, "x", answered(2, torn, url=url, started_at=day(3)))

    assert urls(held(tmp_path / "store", on(3), tmp_path / "torn.wacz")) == [url]


def test_a_page_whose_record_is_gone_is_named(store: Path, tmp_path: Path) -> None:
    shutil.copytree(store, tmp_path / "store")
    (warc,) = Layout(tmp_path / "store").warcs.iterdir()
    places = {record.target_uri: place for place, record in walk(warc)}
    warc.write_bytes(warc.read_bytes()[: places[f"{X}/fresh.jpg"].offset])

    with pytest.raises(CorruptArchiveError, match=warc.name):
        export_wacz(
            tmp_path / "store", tmp_path / "o.wacz", on(12), now=NOON, software="Newsreel/0"
        )

"""`newsreel status` tells what goes on to be wrong, also where no count of addresses shows it."""

from pathlib import Path

import pytest

from archive.coverage import Fate
from archive.journal.alarms import Alarm
from archive.store import open_for_writing
from crawler.commands.status import show_status
from tests.archive.store_samples import NOON, RUN, advertised, begin

GONE = "the sitemap https://x.example/map.xml names nothing: the answer was HTTP 404"


def test_trouble_that_no_figure_shows_is_told_as_the_crawl_told_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_for_writing(tmp_path, now=NOON) as store:
        begin(store.journal, RUN)
        with store.journal.transaction():
            page = advertised("https://x.example/a")
            store.journal.addresses.advertise(RUN, (page,), now=NOON)
            store.journal.addresses.settle(1, Fate.ARCHIVED)
            store.journal.alarms.keep(
                Alarm(site="x", kind="listing:map.xml", what=GONE, began_at=NOON)
            )

    assert show_status(tmp_path, as_json=False) == 0

    said = capsys.readouterr().out
    assert f"{GONE} (since {NOON:%Y-%m-%d %H:%M} UTC)" in said
    assert "1 of 1 site needs a look" in said
    assert "✓ on track" not in said

"""What sites ask of us is done: proved from what the sites saw, not from what the crawl says."""

from itertools import pairwise
from typing import Any

import pytest

from archive import open_store
from tests.e2e.stories import BLOCKING, PACED, RETRY_S, SILENT
from tests.e2e.test_weeks import Weeks, play

DELAY_S = 2.0
PACE_S = 7.0
A_HAIR = 1e-6


@pytest.fixture(scope="module")
def patience(tmp_path_factory: pytest.TempPathFactory) -> Weeks:
    """Crawl sites that ask for patience, every five minutes."""
    return play("patience", tmp_path_factory.mktemp("patience"))


def visits(weeks: Weeks, site: str) -> list[dict[str, Any]]:
    return [each for each in weeks.told["requests"] if each["site"] == site]


@pytest.mark.parametrize(
    ("site", "due_s"), [(SILENT, DELAY_S), (BLOCKING, DELAY_S), (PACED, PACE_S)], ids=str
)
def test_no_two_requests_are_closer_than_what_was_due(
    patience: Weeks, site: str, due_s: float
) -> None:
    asked = visits(patience, site)
    gaps = [later["at_s"] - sooner["at_s"] for sooner, later in pairwise(asked)]

    assert len(gaps) > 10
    assert min(gaps) >= due_s - A_HAIR


@pytest.mark.parametrize(
    ("site", "status"), [(SILENT, 429), (BLOCKING, 503)], ids=["in_seconds", "as_a_date"]
)
def test_nothing_is_sent_within_a_retry_after(patience: Weeks, site: str, status: int) -> None:
    asked = [each["at_s"] for each in visits(patience, site)]
    refused_s = next(e["at_s"] for e in visits(patience, site) if e["status"] == status)

    until_s = RETRY_S if status == 503 else refused_s + RETRY_S
    assert not [at_s for at_s in asked if refused_s < at_s < until_s - A_HAIR]
    assert [at_s for at_s in asked if at_s < until_s + 60]


def test_a_burst_of_refusals_is_met_with_ever_longer_pauses(patience: Weeks) -> None:
    asked = [each for each in visits(patience, BLOCKING) if each["status"] == 429]
    gaps = [later["at_s"] - sooner["at_s"] for sooner, later in pairwise(asked)]

    assert len(asked) <= 5
    assert gaps == sorted(gaps)
    assert min(gaps, default=30) >= 30


def test_each_request_says_how_long_it_waited_and_why(patience: Weeks) -> None:
    rows = open_store(patience.store).sql(
        "SELECT site_domain, wait_reason, min(waited_ms) AS least FROM "
        "(SELECT regexp_extract(url, '//([a-z]+)', 1) AS site_domain, * FROM captures) "
        "GROUP BY ALL"
    )
    least = {(r["site_domain"], r["wait_reason"]): r["least"] for r in rows.to_pylist()}

    assert least[PACED, "crawl_delay"] == PACE_S * 1000
    assert least["lampwick", "delay"] == DELAY_S * 1000
    assert least["lampwick", "retry_after"] >= RETRY_S * 1000
    assert ("theproscenium", "backoff") in least

"""Pages made to hang or bloat a reader: each ends in time, and the next page is read.

What could not be read fails with a reason, which a crawl keeps as the warning `page_unreadable`.
"""

import time
from collections.abc import Callable, Iterator

import pytest

from archive.article import PageKind
from archive.errors import ExtractError
from crawler.extract.page import SourcePage
from crawler.extract.pool import ReadingPool
from tests.origin.pages import ENDLESS, GOOD

pytestmark = pytest.mark.hostile

PAGE_LIMIT_S = 5.0
SLACK_S = 20.0
"""A worker that ran out of time or memory is replaced before the next page is taken up."""
_GOOD = SourcePage(
    url="https://courier.example/good",
    body=f"<html><body>{GOOD}".encode(),
)


@pytest.fixture(scope="module")
def pool() -> Iterator[ReadingPool]:
    one = ReadingPool(workers=1, page_limit_s=PAGE_LIMIT_S)
    assert one.submit(_GOOD).result().kind is PageKind.ARTICLE
    yield one
    one.stop()


@pytest.mark.parametrize("markup", [make for _, make in ENDLESS.values()], ids=ENDLESS)
def test_hostile_page_ends_in_time_and_the_next_is_read(
    pool: ReadingPool, markup: Callable[[], str]
) -> None:
    body = f"<html><body>{markup()}".encode()
    page = SourcePage(url="https://courier.example/hostile", body=body)

    began = time.monotonic()
    failure = pool.submit(page).exception(timeout=PAGE_LIMIT_S + SLACK_S)
    after = pool.submit(_GOOD).result(timeout=SLACK_S)

    assert time.monotonic() - began < PAGE_LIMIT_S + SLACK_S
    assert failure is None or isinstance(failure, ExtractError)
    if isinstance(failure, ExtractError):
        assert failure.reason in {"timeout", "memory", "crash"}
    assert after.kind is PageKind.ARTICLE

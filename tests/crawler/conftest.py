"""A frontier at work, for the tests of the crawler's core."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.crawl_samples import Desk, desk_at


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Return a frontier that waits for nothing between requests."""
    with desk_at(tmp_path) as desk:
        yield desk

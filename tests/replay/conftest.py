"""Stores served for a test, or for all tests that can share one."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from archive.room.serving import Serving
from tests.replay.replay_samples import Replay, days, record, serving


@pytest.fixture
def replay(tmp_path: Path) -> Iterator[Replay]:
    """Give a function that records exchanges and serves them."""
    with ExitStack() as opened:
        yield lambda *exchanges: opened.enter_context(
            serving(record(tmp_path / "store", exchanges))
        )


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Serve three captures of one address, shared by all tests that need no others."""
    root = tmp_path_factory.mktemp("week") / "store"
    with serving(record(root, days("one", "two", "three"))) as served:
        yield served

"""A store served to be read, shared by the tests that only look."""

from collections.abc import Iterator

import pytest

from archive.layout import Layout
from archive.room.serving import Serving
from tests.replay.replay_samples import serving
from tests.room.room_store import NOW, PROMISES, make_room_store


@pytest.fixture(scope="session")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """Make the store."""
    return make_room_store(tmp_path_factory.mktemp("room") / "store")


@pytest.fixture(scope="session")
def room(layout: Layout) -> Iterator[Serving]:
    """Serve it, on the day after its runs."""
    with serving(layout, now=NOW, promised=PROMISES.__getitem__) as served:
        yield served

"""A small store with indexes, of which every test takes something down in a copy of its own."""

import shutil
from pathlib import Path

import pytest

from tests.forget.taken_down import make_indexed_store


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store of two runs, with index and search, to be read only."""
    return make_indexed_store(tmp_path_factory.mktemp("forget") / "store")


@pytest.fixture
def store(indexed: Path, tmp_path: Path) -> Path:
    """Return a copy of it."""
    return Path(shutil.copytree(indexed, tmp_path / "store", symlinks=True))

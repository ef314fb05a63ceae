"""A sound store, made once, and a copy of it for every test that damages it."""

import shutil
from pathlib import Path

import pytest

from tests.verify.small_store import make_store


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store of two runs, to be read only."""
    root = tmp_path_factory.mktemp("sound") / "store"
    make_store(root)
    return root


@pytest.fixture
def store(sound: Path, tmp_path: Path) -> Path:
    """Return a copy of the sound store, to be damaged."""
    return Path(shutil.copytree(sound, tmp_path / "store"))

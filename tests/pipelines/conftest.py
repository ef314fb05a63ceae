"""A journal, and a recorder that applies at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipelines.submission_samples import FakeRecorder, opened


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[FakeRecorder]:
    """Return a recorder on a journal of its own."""
    journal = opened(tmp_path)
    yield FakeRecorder(journal)
    journal.close()

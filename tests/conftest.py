"""The same examples in every run, and no search for garbage among what was loaded."""

import gc

from hypothesis import settings

settings.register_profile("newsreel", derandomize=True, deadline=None)
settings.load_profile("newsreel")


def pytest_collection_finish() -> None:
    """Leave thousands of tests and all modules out of every collection that comes."""
    gc.collect()
    gc.freeze()

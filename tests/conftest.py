"""The same examples in every run, Ctrl-C heard, and no search for garbage among what was loaded."""

import gc
import signal

from hypothesis import settings

settings.register_profile("newsreel", derandomize=True, deadline=None)
settings.load_profile("newsreel")

# A shell without job control has what runs in the background ignore Ctrl-C, and so would all that
# tests start: what they interrupt would go on for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Leave thousands of tests and all modules out of every collection that comes."""
    gc.collect()
    gc.freeze()

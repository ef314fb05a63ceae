"""Importing this makes a process ready to read pages: workers are forked from such a one."""

import gc

import crawler.extract.reading  # noqa: F401 - loaded for whoever is forked
from crawler.extract.kept import warm_up

warm_up()
# What was loaded stays to the end, in whoever is forked, too: nobody has to look through it for
# what can be freed (gc.freeze in Python's documentation).
gc.freeze()

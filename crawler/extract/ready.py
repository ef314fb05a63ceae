"""Importing this makes a process ready to read pages: workers are forked from one that did."""

import crawler.extract.reading  # noqa: F401 - loaded for whoever is forked
from crawler.extract.kept import warm_up

warm_up()

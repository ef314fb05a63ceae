"""Importing this makes a process ready to read pages: workers are forked from one that did."""

from crawler.extract import reading
from crawler.extract.kept import warm_up

__all__ = ("reading",)

warm_up()

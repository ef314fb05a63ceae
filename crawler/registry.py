"""The sites that have a file: the folder `crawler/spiders` is the registry."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from types import ModuleType

import crawler.spiders
from crawler.extract.rules import Design
from crawler.sites import Sites
from crawler.spider import NewsSpider


@cache
def known_sites() -> Sites:
    """Return the sites whose files this installation has."""
    return Sites(tuple(spider.site() for spider in _spiders()))


def _spiders() -> Iterator[type[NewsSpider]]:
    for found in pkgutil.iter_modules(crawler.spiders.__path__):
        module = importlib.import_module(f"crawler.spiders.{found.name}")
        yield from _spiders_in(module)


def _spiders_in(module: ModuleType) -> Iterator[type[NewsSpider]]:
    for value in vars(module).values():
        is_own = isinstance(value, type) and value.__module__ == module.__name__
        if is_own and issubclass(value, NewsSpider):
            yield value


def promised_rates(name: str) -> Mapping[str, float]:
    """Return the least fill rate of each field that a site promises; none of one without a file."""
    site = known_sites().of(name)
    return site.expect.rates if site is not None and site.expect is not None else {}


def site_rules(name: str) -> tuple[Design, ...]:
    """Return the designs of a site's pages, by the name of its file."""
    return known_sites().named(name).designs

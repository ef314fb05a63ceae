"""Short news without end, put together from hand-made sentences by lot."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any

from crawler.newsroom.lots import pick
from crawler.newsroom.prose import Passage, PassageKind
from crawler.newsroom.stories import Figure, SiteSheet, Story
from crawler.newsroom.themes import path_words


def write_brief(sheet: SiteSheet, number: int, seed: int) -> Story:
    """Return a site's brief of that number; the same seed gives the same brief."""
    kit = _read_kit()
    lot = (seed, sheet.name, number)
    beat = pick(kit["beats"], *lot, "beat")
    names = _names(kit, lot)
    lines = [_fill(pick(part, *lot, "part", n), names) for n, part in enumerate(beat["parts"])]
    headline = _fill(beat["headline"], names)
    return Story(
        slug=f"{path_words(headline)[:60].rstrip('-')}-{number}",
        headline=headline,
        section=beat["section"],
        tags=(names["work"], names["person"]),
        authors=(pick(sheet.stories, *lot, "author").authors[0],),
        passages=tuple(Passage(kind=PassageKind.PARAGRAPH, lines=(line,)) for line in lines),
        figures=(_figure(sheet, names, number),),
        later_headline=_fill(beat["later_headline"], names),
        correction=_fill(beat["correction"], names),
    )


@cache
def _read_kit() -> Mapping[str, Any]:
    return tomllib.loads((files("crawler.newsroom") / "briefs.toml").read_text("utf-8"))


def _names(kit: Mapping[str, Any], lot: tuple[int, str, int]) -> dict[str, str]:
    groups: Mapping[str, Sequence[str]] = {
        "person": kit["people"],
        "work": kit["works"],
        "studio": kit["studios"],
        "outlet": kit["outlets"],
        "place": kit["places"],
        "month": kit["months"],
    }
    return {name: pick(options, *lot, name) for name, options in groups.items()}


def _fill(sentence: str, names: Mapping[str, str]) -> str:
    filled = Template(sentence).substitute(names)
    return filled[0].upper() + filled[1:]


def _figure(sheet: SiteSheet, names: Mapping[str, str], number: int) -> Figure:
    """Return a lead picture whose credit is spelt as on the site's other stories."""
    like = next(figure for figure in sheet.stories[0].figures if figure.lead)
    caption = f"{names['person']} in {names['work']}" if like.caption else None
    return Figure(
        name=f"brief-{number}",
        credit=names["studio"],
        form=like.form,
        caption=caption,
        alt=f"{names['person']}, {names['work']}",
        lead=True,
    )

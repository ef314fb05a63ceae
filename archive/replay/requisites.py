"""What a page needs to be seen as it was, read from its markup and its stylesheets.

Of a picture that is offered in many sizes the best is taken, and in a whole page also the one that
stands in `src`: a browser that replays it may choose for itself. Videos, sound and frames are left
out: they are works of their own, and a film weighs more than all pages of a day.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from archive.address import crawl_address
from archive.replay.markup import Markup, Tag, attribute_text
from archive.replay.pictures import LATE_SETS, LATE_SOURCES, candidates
from archive.replay.stylesheet import sheet_addresses

_WIDEST: Final = 2560
"""Pixels: what fills a large screen. Some sites offer the photographer's original behind it."""
_DENSEST: Final = 2.0
_UNSEEN_PX: Final = 2
"""A picture as small as this counts readers; nobody looks at it."""
_SIZE: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)([wx])(?![^ \t\n])")
_LINKED: Final = frozenset({"stylesheet", "icon", "apple-touch-icon", "mask-icon", "modulepreload"})
_PRELOADED: Final = frozenset({"style", "script", "image", "font"})
_LEADS: Final = frozenset({"og:image", "og:image:url", "og:image:secure_url", "twitter:image"})

Meant = Mapping[str, str]


def page_requisites(text: str, base: str) -> tuple[str, ...]:
    """Return the addresses a page needs, in reading order, each once; the page itself is none."""
    return _others(_absolute(text, base, _WHOLE, with_styles=True), base)


def page_pictures(text: str, base: str) -> tuple[str, ...]:
    """Return the addresses of a page's pictures alone, in the same way."""
    return _others(_absolute(text, base, _IMAGES, with_styles=False), base)


def sheet_requisites(text: str, base: str) -> tuple[str, ...]:
    """Return the addresses a stylesheet needs, each once."""
    named = (crawl_address(address, base) for address in sheet_addresses(text) if address.strip())
    return tuple(dict.fromkeys(address for address in named if address))


def best_candidate(offered: str) -> str | None:
    """Return the best of a `srcset`: the largest that a screen can show, or else the smallest.

    >>> best_candidate("a.jpg 300w, b.jpg 1200w, c.jpg 9000w")
    'b.jpg'
    """
    sized = [(_size(description), address) for address, description in candidates(offered)]
    if not sized:
        return None
    fitting = [each for each in sized if each[0] <= 1]
    size = max(fitting)[0] if fitting else min(sized)[0]
    return next(address for own, address in sized if own == size)


def _size(description: str) -> float:
    """Return how large a candidate is, 1 being the largest that is wanted."""
    found = _SIZE.search(description)
    if not found:
        return 1 / _DENSEST
    most = _WIDEST if found[2] == "w" else _DENSEST
    return float(found[1]) / most


def _others(named: Iterable[str], base: str) -> tuple[str, ...]:
    own = crawl_address(base)
    return tuple(address for address in dict.fromkeys(named) if address != own)


def _absolute(
    text: str, base: str, readers: "Mapping[str, _Reader]", *, with_styles: bool
) -> Iterator[str]:
    markup, has_base = Markup(text), False
    for tag in markup:
        if tag.is_closing:
            continue
        meant = {
            name: attribute_text(value).strip()
            for name, value in tag.attributes.items()
            if value is not None
        }
        if tag.name == "base" and meant.get("href") and not has_base:
            has_base, base = True, crawl_address(meant["href"], base) or base
        named = [*readers[tag.name](meant)] if tag.name in readers else []
        if with_styles:
            named += _in_styles(markup, tag, meant)
        for address in named:
            if address and (absolute := crawl_address(address, base)):
                yield absolute


def _in_styles(markup: Markup, tag: Tag, meant: Meant) -> Iterator[str]:
    if tag.name == "style":
        yield from sheet_addresses(markup.text[tag.end : tag.content_end])
    if "style" in meant:
        yield from sheet_addresses(meant["style"])
    if "background" in meant:
        yield meant["background"]


def _best_picture(meant: Meant) -> Iterator[str]:
    """Yield the one address of a picture that a reader would see it best at."""
    if any(_is_unseen(meant.get(side)) for side in ("width", "height")):
        return
    offered = next((meant[name] for name in (*LATE_SETS, "srcset") if meant.get(name)), "")
    late = next((meant[name] for name in LATE_SOURCES if meant.get(name)), None)
    yield best_candidate(offered) or late or meant.get("src", "")


def _picture(meant: Meant) -> Iterator[str]:
    best = [*_best_picture(meant)]
    yield from best
    if best:
        yield meant.get("src", "")


def _is_unseen(side: str | None) -> bool:
    return side is not None and side.isascii() and side.isdigit() and int(side) <= _UNSEEN_PX


def _source(meant: Meant) -> Iterator[str]:
    """Yield the best of what a `picture` offers; what belongs to a film has no set."""
    offered = next((meant[name] for name in (*LATE_SETS, "srcset") if meant.get(name)), "")
    yield best_candidate(offered) or ""


def _lead(meant: Meant) -> Iterator[str]:
    name = meant.get("property") or meant.get("name") or ""
    if name.lower() in _LEADS:
        yield meant.get("content", "")


def _words(meant: Meant) -> frozenset[str]:
    return frozenset(meant.get("rel", "").lower().split())


def _linked_image(meant: Meant) -> Iterator[str]:
    if "image_src" in _words(meant):
        yield meant.get("href", "")


def _linked(meant: Meant) -> Iterator[str]:
    rel = _words(meant)
    is_preloaded = "preload" in rel and meant.get("as", "").lower() in _PRELOADED
    if is_preloaded and meant.get("imagesrcset"):
        yield best_candidate(meant["imagesrcset"]) or ""
    elif is_preloaded or rel & _LINKED or "image_src" in rel:
        yield meant.get("href", "")


def _attributes(*names: str) -> Callable[[Meant], Iterable[str]]:
    return lambda meant: (meant.get(name, "") for name in names)


def _button(meant: Meant) -> Iterator[str]:
    if meant.get("type", "").lower() == "image":
        yield meant.get("src", "")


_Reader = Callable[[Meant], Iterable[str]]
_IMAGES: Final[Mapping[str, _Reader]] = {
    "img": _best_picture,
    "source": _source,
    "meta": _lead,
    "link": _linked_image,
    "video": _attributes("poster"),
}
_WHOLE: Final[Mapping[str, _Reader]] = {
    **_IMAGES,
    "img": _picture,
    "link": _linked,
    "script": _attributes("src"),
    "input": _button,
    "image": _attributes("href", "xlink:href"),
}

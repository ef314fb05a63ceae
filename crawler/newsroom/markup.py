"""A story's body in its site's markup, furniture and all."""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from archive.article import PageKind
from crawler.newsroom.edition import Edition
from crawler.newsroom.prose import Passage, PassageKind, rewrite
from crawler.newsroom.stories import Figure
from crawler.newsroom.themes import Html, Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another story, as boxes beside an article show it."""

    url: str
    headline: str
    image: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the markup of one story is made from."""

    theme: Theme
    base: str
    """The site's address without a slash at its end."""
    edition: Edition
    paths: Mapping[str, str]
    """The path of each story that a text may link to, by slug."""
    neighbours: tuple[Neighbour, ...]

    @property
    def url(self) -> str:
        """The story's address."""
        return self.base + self.theme.story_path(self.edition)

    def resolve(self, address: str) -> str:
        """Return the absolute address behind one in a text."""
        kind, _, slug = address.partition(":")
        return self.base + self.paths[slug] if kind == "story" else address

    def picture(self, figure: Figure) -> tuple[str, str]:
        """Return the absolute addresses of a picture, large and small."""
        large, small = self.theme.picture_paths(self.edition, figure)
        return self.base + large, self.base + small


def write_body(desk: Desk) -> Html:
    """Return everything inside the element that holds the body."""
    pieces = list(_passages(desk))
    if desk.edition.story.kind is PageKind.PAYWALL:
        pieces.append(desk.theme.fill("paywall"))
    return Html("\n".join(pieces))


def write_figure(desk: Desk, figure: Figure, piece: str) -> Html:
    """Return a picture with the line below it."""
    theme = desk.theme
    large, small = desk.picture(figure)
    legend = theme.fill(
        "legend",
        caption=theme.optional("caption", figure.printed_caption),
        credit=theme.optional("credit", figure.printed_credit),
    )
    size = {name: theme.image[name] for name in ("width", "height")}
    return theme.fill(piece, large=large, small=small, alt=figure.alt_text, legend=legend, **size)


def write_inline(desk: Desk, line: str) -> Html:
    """Return one line with its emphasis and its links."""
    # The marks are none of the characters that are escaped, so that they survive it.
    marked = rewrite(
        html.escape(line, quote=False),
        link=lambda words, address: f'<a href="{html.escape(desk.resolve(address))}">{words}</a>',
        emphasis=lambda words: f"<em>{words}</em>",
    )
    return Html(marked)


_INITIAL: Final = re.compile(r"^(?![*\[])\W*\w")


def _passages(desk: Desk) -> Iterator[Html]:
    for number, passage in enumerate(desk.edition.story.passages, start=1):
        opens = number == 1 and passage.kind is PassageKind.PARAGRAPH
        yield _write_opening(desk, passage) if opens else _WRITERS[passage.kind](desk, passage)
        if furniture := desk.theme.interruptions.get(number):
            yield desk.theme.fill(furniture, **_teaser(desk))
    for line in desk.edition.added:
        yield desk.theme.fill("paragraph", text=line)


def _teaser(desk: Desk) -> dict[str, str]:
    first = desk.neighbours[0]
    return {"url": first.url, "headline": first.headline}


def _write_opening(desk: Desk, passage: Passage) -> Html:
    """Return the first paragraph, whose first letter some sites set apart."""
    line = passage.lines[0]
    initial = found[0] if (found := _INITIAL.match(line)) else ""
    text = write_inline(desk, line.removeprefix(initial))
    return desk.theme.fill("first_paragraph", initial=initial, text=text)


def _write_line(desk: Desk, passage: Passage) -> Html:
    text = write_inline(desk, passage.lines[0])
    return desk.theme.fill(passage.kind, text=text, level=passage.level, label=passage.label)


def _write_note(desk: Desk, passage: Passage) -> Html:
    return desk.theme.fill(
        "paragraph", text=Html(f"<em>{write_inline(desk, passage.lines[0])}</em>")
    )


def _write_list(desk: Desk, passage: Passage) -> Html:
    fill = desk.theme.fill
    items = "".join(fill("list_item", text=write_inline(desk, line)) for line in passage.lines)
    return fill("list", items=Html(items))


def _write_quote(desk: Desk, passage: Passage) -> Html:
    paragraphs = "".join(f"<p>{write_inline(desk, line)}</p>" for line in passage.lines)
    cite = desk.theme.optional("cite", passage.speaker if passage.printed else None)
    return desk.theme.fill("quote", paragraphs=Html(paragraphs), cite=cite)


def _write_figure(desk: Desk, passage: Passage) -> Html:
    return write_figure(desk, desk.edition.story.figure(passage.lines[0]), "figure")


_WRITERS: Final[Mapping[PassageKind, Callable[[Desk, Passage], Html]]] = {
    PassageKind.PARAGRAPH: _write_line,
    PassageKind.HEADING: _write_line,
    PassageKind.PULL_QUOTE: _write_line,
    PassageKind.EMBED: _write_line,
    PassageKind.ENTRY: _write_line,
    PassageKind.NOTE: _write_note,
    PassageKind.LIST: _write_list,
    PassageKind.QUOTE: _write_quote,
    PassageKind.FIGURE: _write_figure,
}

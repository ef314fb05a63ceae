"""The pictures of the article: the lead above the body and those inside it, each once."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from archive.article import Image
from crawler.extract.address import absolute, path_of
from crawler.extract.body import Body
from crawler.extract.bylines import is_author_link
from crawler.extract.figures import Figure
from crawler.extract.furniture import is_furniture_line
from crawler.extract.marks import Mark
from crawler.extract.pieces import Piece, PieceKind
from crawler.extract.region import Region
from crawler.extract.story import Story
from crawler.extract.tree import DECLARED
from crawler.extract.wording import letters

_NEVER: Final = Mark.FURNITURE | Mark.LISTING | Mark.HIDDEN | Mark.AUTHOR | Mark.BIO | Mark.TAGS
_SMALLEST: Final = 100
"""Pixels; anything smaller is an icon, an avatar or a tracking pixel."""
_ICON: Final = re.compile(
    r"(?:avatar|gravatar|logo|icon|sprite|pixel|spacer|blank|placeholder|1x1|tracking|badge|emoji)",
    re.IGNORECASE,
)
_SIZE: Final = re.compile(r"[-_]\d{2,4}x\d{2,4}(?=\.\w+$)")
_BEFORE_HEADLINE: Final = 6
_AFTER_BODY: Final = 3
_LONGEST_HOLDER: Final = 4
"""Words; a longer line that repeats is a caption printed twice."""


def article_images(story: Story, claimed: Sequence[str], url: str) -> tuple[Image, ...]:
    """Return the article's images in reading order.

    What stands above the body is the lead; text that stands beside an image belongs to it. When the
    page shows none, because a script would, the one its metadata names is the lead.
    """
    found = _figures(story, set(map(_name, claimed)))
    figures = _with_holders([figure for _, figure in found])
    sections = _sections(story.body)
    images = [
        _image(
            figure,
            "lead" if index < story.body.first else "inline",
            url,
            sections.get(id(story.flow[index])),
        )
        for (index, _), figure in zip(found, figures, strict=True)
    ]
    unseen = [Image(url=absolute(url, address) or address, role="lead") for address in claimed[:1]]
    return _each_once(images or unseen)


def _figures(story: Story, leads: set[str]) -> list[tuple[int, Figure]]:
    """Return the story's pictures with their places in the flow, text beside them joined."""
    flow, region = story.flow, story.region
    start = max(0, story.headline_at - _BEFORE_HEADLINE)
    found: list[tuple[int, Figure]] = []
    for index in range(start, _end_of_pictures(story)):
        piece = flow[index]
        if piece.figure is None:
            continue
        if piece.kind is PieceKind.CAPTION:
            if found and _is_text_of(piece, flow, found[-1][0], index, region):
                found[-1] = (found[-1][0], _with_text(found[-1][1], piece.figure))
        elif _is_picture(piece, region) and _is_placed(piece, index, story, leads):
            found.append((index, piece.figure))
    return found


def _end_of_pictures(story: Story) -> int:
    """Return where in the flow the story's pictures end: a gallery may follow its last words."""
    flow, end = story.flow, min(len(story.flow), story.body.last + _AFTER_BODY)
    while end < len(flow) and flow[end].figure is not None and flow[end - 1].figure is not None:
        end += 1
    return end


def _is_picture(piece: Piece, region: Region) -> bool:
    """Whether a figure is a picture of the story rather than an icon or a part of the site."""
    figure = piece.figure
    assert figure is not None
    if figure.url is None or region.marks(piece) & _NEVER:
        return False
    path = path_of(figure.url)
    if not path or path.lower().endswith(".svg") or _ICON.search(path.rsplit("/", 1)[-1]):
        return False
    return all(size is None or size >= _SMALLEST for size in (figure.width, figure.height))


def _is_placed(piece: Piece, index: int, story: Story, leads: set[str]) -> bool:
    """Whether a picture stands where the story's pictures stand."""
    figure = piece.figure
    assert figure is not None
    assert figure.url is not None
    link = piece.context.link
    if link is not None and not figure.raw:
        is_portrait = index < story.body.first and is_author_link(link)
        if is_portrait or piece.context.in_aside:
            return False
    if index < story.headline_at:
        is_told = bool(figure.caption and not piece.context.in_link)
        return is_told or _is_declared(piece) or _name(figure.url) in leads
    if index > story.body.last:
        below = story.flow[index + 1 : index + 2]
        is_told = bool(figure.raw) or any(line.kind is PieceKind.CAPTION for line in below)
        return is_told and story.region.holds(piece)
    return not piece.context.in_link or bool(figure.raw) or story.region.holds(piece)


def _is_declared(piece: Piece) -> bool:
    """Whether a rule says that this is a picture of the story."""
    return "figure" in piece.node.get(DECLARED, "").split()


def _name(url: str) -> str:
    """Return what two addresses of one image share: the file's name without its size."""
    return _SIZE.sub("", url.split("?", maxsplit=1)[0].rsplit("/", 1)[-1])


def _is_text_of(piece: Piece, flow: list[Piece], image: int, line: int, region: Region) -> bool:
    """Whether a line of figure text belongs to the image before it."""
    if line - image > 1 and region.marks(piece) & _NEVER:
        return False
    # A slide's credit may follow its text.
    figure = next(piece.node.iterancestors("figure"), None)
    is_inside = figure is not None and figure in flow[image].node.iterancestors()
    return is_inside or _stands_beside(flow, image, line)


def _stands_beside(flow: list[Piece], image: int, line: int) -> bool:
    """Whether nothing but labels stands between an image and a line of figure text."""
    return all(
        piece.kind is PieceKind.CAPTION or is_furniture_line(piece.text)
        for piece in flow[image + 1 : line]
    )


def _with_text(figure: Figure, text: Figure) -> Figure:
    """Return a figure completed by a line that stands beside it."""
    if figure.raw and letters(text.raw or "") in letters(figure.raw):
        return figure
    return replace(
        figure,
        caption=figure.caption or text.caption,
        credit=figure.credit or text.credit,
        raw=" ".join(part for part in (figure.raw, text.raw) if part),
    )


def _with_holders(figures: list[Figure]) -> list[Figure]:
    """Return the figures with short captions read as credits where the page uses them so.

    A caption describes one picture: a short line that stands under several names their holder, and
    then the other short lines of that page do too.
    """
    short = [
        figure.caption
        for figure in figures
        if figure.caption and not figure.credit and _is_short(figure.caption)
    ]
    counts = Counter(short)
    if not counts or max(counts.values()) == 1:
        return figures
    return [
        replace(figure, caption=None, credit=figure.caption)
        if figure.caption in counts and not figure.credit
        else figure
        for figure in figures
    ]


def _is_short(caption: str) -> bool:
    """Whether a caption could be a name."""
    return len(caption.split()) <= _LONGEST_HOLDER and caption[-1] not in ".!?"


def _sections(body: Body) -> dict[int, str]:
    """Return the heading that each piece of the body stands under."""
    sections: dict[int, str] = {}
    heading = None
    for piece in body.pieces:
        if piece.kind is PieceKind.HEADING:
            heading = piece.text
        elif heading is not None:
            sections[id(piece)] = heading
    return sections


def _image(figure: Figure, role: str, url: str, section: str | None) -> Image:
    """Return the image as it is stored."""
    assert figure.url is not None
    return Image(
        url=absolute(url, figure.url) or figure.url,
        role=role,
        alt=figure.alt,
        caption=figure.caption,
        credit=figure.credit,
        caption_raw=figure.raw,
        width=figure.width,
        height=figure.height,
        section=section,
    )


def _each_once(images: list[Image]) -> tuple[Image, ...]:
    """Return the images without repetitions, the first of each completed from the others."""
    kept: dict[str, Image] = {}
    for image in images:
        name = _SIZE.sub("", image.url.split("?")[0])
        known = kept.setdefault(name, image)
        if known.caption is None and known.credit is None:
            kept[name] = replace(
                known,
                caption=image.caption,
                credit=image.credit,
                caption_raw=image.caption_raw,
            )
    return tuple(kept.values())

"""Lines of figure text that are none after all, and others that are, by what stands around them."""

from dataclasses import replace
from typing import Final

from crawler.extract.credits import bare_holder, is_labelled_credit, split_credit
from crawler.extract.figures import Figure, read_caption
from crawler.extract.marks import Mark
from crawler.extract.pieces import Piece, PieceKind
from crawler.extract.tree import named, text_of

_LONGEST_ORPHAN: Final = 80
_LONGEST_CAPTION: Final = 900
_MOST_OF_SLIDE: Final = 4
"""Pieces between the heading of a slide and its text."""
_ITALIC: Final = named("em i small")


def settle_captions(pieces: list[Piece]) -> None:
    """Turn long captions without a picture beside them into the paragraphs they are, and credits.

    Class names such as `no-caption` or `drop-caption` stand on whole bodies. A line that begins
    with "Photo:" and names somebody is a credit in whatever element it stands.
    """
    for index, piece in enumerate(pieces):
        if piece.kind is PieceKind.PARAGRAPH and is_labelled_credit(piece.text):
            piece.kind = PieceKind.CAPTION
            piece.figure = Figure(credit=bare_holder(piece.text), raw=piece.text)
        elif index and _is_italic_caption(piece, pieces[index - 1]):
            piece.kind = PieceKind.CAPTION
            piece.figure = read_caption(piece.node)
        is_long = piece.kind is PieceKind.CAPTION and len(piece.text) > _LONGEST_ORPHAN
        if is_long and (_is_orphan(pieces, index) or _is_text_of_slide(piece, pieces, index)):
            _make_paragraph(piece)


def _is_orphan(pieces: list[Piece], index: int) -> bool:
    """Whether no picture stands beside a caption."""
    beside = pieces[max(0, index - 2) : index + 2]
    return not any(near.kind is PieceKind.FIGURE for near in beside)


def _make_paragraph(caption: Piece) -> None:
    """Make a caption the paragraph that it is, whatever its element is called."""
    caption.kind = PieceKind.PARAGRAPH
    caption.figure = None
    around = tuple(root for root in caption.context.roots if root[0] is not caption.node)
    caption.context = replace(caption.context, roots=around)


def _is_text_of_slide(piece: Piece, pieces: list[Piece], index: int) -> bool:
    """Whether a caption follows a heading, as the text of a slide does; a picture has it below.

    In an element that is named for a slide, picture and credit may stand between the two.
    """
    if piece.figure is None or piece.figure.credit:
        return False
    above = pieces[max(0, index - _MOST_OF_SLIDE) : index]
    texts = [before for before in above if before.figure is None]
    if not texts or texts[-1].kind is not PieceKind.HEADING:
        return False
    below = pieces[index + 1 : index + 1 + _MOST_OF_SLIDE]
    return texts[-1] is above[-1] or _share_slide(piece, texts[-1], below)


def _share_slide(piece: Piece, heading: Piece, below: list[Piece]) -> bool:
    """Whether two pieces stand in one element that is named for a slide, and no other picture."""
    around = {node for node, marks in heading.context.roots if marks & Mark.GALLERY}
    shared = [node for node, _ in piece.context.roots if node in around]
    others = {
        node
        for figure in below
        if figure.kind is PieceKind.FIGURE
        for node, _ in figure.context.roots
    }
    return bool(shared) and shared[-1] not in others


def _is_italic_caption(piece: Piece, before: Piece) -> bool:
    """Whether a paragraph in italics below a bare picture ends in a credit, as a caption does."""
    if before.figure is None or before.figure.raw or piece.kind is not PieceKind.PARAGRAPH:
        return False
    # The picture may stand in the same paragraph.
    said = [child for child in piece.node if text_of(child)]
    inner = said[0] if len(said) == 1 else piece.node
    is_italic = inner.tag in _ITALIC and len(piece.text) <= _LONGEST_CAPTION
    return is_italic and text_of(inner) == piece.text and bool(split_credit(piece.text).credit)

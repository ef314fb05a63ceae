"""The page cut into the parts of a story: headline, kicker, dek, key points, notes, body."""

from dataclasses import dataclass
from typing import Final

from crawler.extract.body import Body, choose_body
from crawler.extract.claims import Claims
from crawler.extract.dek import dek_piece
from crawler.extract.disclaimers import disclaimer_pieces, is_boxed
from crawler.extract.headline import Headline, find_headline
from crawler.extract.key_points import key_point_pieces, label_of
from crawler.extract.kicker import kicker_piece
from crawler.extract.pieces import Piece, PieceKind
from crawler.extract.region import Region

_NEAR: Final = 6
_BELOW: Final = 8
_BEFORE_BODY: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Which piece of the flow is what."""

    flow: list[Piece]
    region: Region
    headline: Headline | None
    """None when neither the page nor its metadata has one."""
    headline_at: int
    """Where in the flow the headline stands, or would."""
    kicker: str | None
    dek: str | None
    key_points: tuple[str, ...]
    disclaimers: tuple[str, ...]
    body: Body

    @property
    def after(self) -> list[Piece]:
        """What stands below the body, a little of it: a source may be named there."""
        return self.flow[self.body.last + 1 :][:_BELOW]

    @property
    def near(self) -> range:
        """Where in the flow the byline stands."""
        return self._within(_NEAR)

    @property
    def dated(self) -> range:
        """Where in the flow the date stands, which may follow the byline."""
        return self._within(_BELOW)

    def _within(self, below: int) -> range:
        """Return where in the flow headline and beginning of the body stand, and a little more."""
        start = max(0, min(self.headline_at, self.body.first) - _NEAR)
        end = max(self.headline_at, self.body.first) + below
        return range(start, min(len(self.flow), end))


def find_story(flow: list[Piece], region: Region, claims: Claims) -> Story:
    """Return the parts of the story; `region` must know what trafilatura, or a rule, keeps."""
    _restore_titles(flow)
    rough = choose_body(flow, region)
    headline = find_headline(flow, claims, rough.first)
    piece = headline.piece if headline else None
    if piece is not None:
        region.clear_around(piece.node)
        _settle_titles(flow[flow.index(piece) + 1 : rough.last])
    points = key_point_pieces(flow, region, rough.first)
    dek = dek_piece(flow, piece, rough.first, region, claims.descriptions)
    kicker = kicker_piece(flow, piece, region) if piece is not None else None
    headline_at = flow.index(piece) if piece else max(0, rough.first - _BEFORE_BODY)
    notes = disclaimer_pieces(flow, region, headline_at, rough.first, rough.last)
    boxed = [note for note in notes if is_boxed(note, region)]
    label = label_of(points, flow, region)
    repeated = _repeated(flow, piece, rough.first)
    parts = (*points, *boxed, *repeated, label, dek, kicker, piece)
    taken = frozenset(id(part) for part in parts if part)
    return Story(
        flow=flow,
        region=region,
        headline=headline,
        headline_at=headline_at,
        kicker=kicker.text.rstrip(" :|") if kicker else headline.label if headline else None,
        dek=dek.text if dek else None,
        key_points=tuple(point.text for point in points),
        disclaimers=tuple(dict.fromkeys(note.text for note in notes)),
        body=choose_body(flow, region, taken),
    )


def _repeated(flow: list[Piece], headline: Piece | None, body_first: int) -> list[Piece]:
    """Return the headings at the front of the body that say the headline once more."""
    if headline is None:
        return []
    return [
        piece
        for piece in flow[flow.index(headline) + 1 : body_first + 1]
        if piece.kind is PieceKind.HEADING and piece.key == headline.key
    ]


def _restore_titles(flow: list[Piece]) -> None:
    """Make each h1 a title again: which of them are headings depends on where the body stands."""
    for piece in flow:
        if piece.node.tag == "h1":
            piece.kind = PieceKind.TITLE


def _settle_titles(flow: list[Piece]) -> None:
    """Turn each h1 below the headline and within the body into the heading that it is."""
    for piece in flow:
        if piece.kind is PieceKind.TITLE:
            piece.kind = PieceKind.HEADING

"""The page cut into the parts of a story: headline, kicker, dek, key points, notes, body."""

from dataclasses import dataclass
from typing import Final

from crawler.extract.body import Body, choose_body
from crawler.extract.claims import Claims
from crawler.extract.dek import dek_piece
from crawler.extract.disclaimers import disclaimer_pieces, is_boxed
from crawler.extract.headline import Headline, find_headline
from crawler.extract.key_points import key_point_pieces
from crawler.extract.kicker import kicker_piece
from crawler.extract.pieces import Piece
from crawler.extract.region import Region

_NEAR: Final = 6
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
    def near(self) -> range:
        """Where in the flow byline and date stand."""
        start = max(0, min(self.headline_at, self.body.first) - _NEAR)
        return range(start, min(len(self.flow), max(self.headline_at, self.body.first) + _NEAR))


def find_story(flow: list[Piece], region: Region, claims: Claims) -> Story:
    """Return the parts of the story; `region` must know what trafilatura, or a rule, keeps."""
    rough = choose_body(flow, region)
    headline = find_headline(flow, claims, rough.first)
    piece = headline.piece if headline else None
    if piece is not None:
        region.clear_around(piece.node)
    points = key_point_pieces(flow, region, rough.first)
    dek = dek_piece(flow, piece, rough.first, region, claims.descriptions)
    kicker = kicker_piece(flow, piece, region) if piece is not None else None
    headline_at = flow.index(piece) if piece else max(0, rough.first - _BEFORE_BODY)
    notes = disclaimer_pieces(flow, region, headline_at, rough.first, rough.last)
    boxed = [note for note in notes if is_boxed(note, region)]
    taken = frozenset(id(part) for part in (*points, *boxed, dek, kicker, piece) if part)
    return Story(
        flow=flow,
        region=region,
        headline=headline,
        headline_at=headline_at,
        kicker=kicker.text if kicker else headline.label if headline else None,
        dek=dek.text if dek else None,
        key_points=tuple(point.text for point in points),
        disclaimers=tuple(dict.fromkeys(note.text for note in notes)),
        body=choose_body(flow, region, taken),
    )

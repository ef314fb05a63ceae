"""The layers of one page, each read once: tree, metadata, flow, trafilatura's choice, story."""

from dataclasses import dataclass, replace
from typing import Final

from crawler.extract.address import canonical_url
from crawler.extract.boxes import mark_boxes
from crawler.extract.claims import Claims, claims_of
from crawler.extract.declared import declare, declared_bodies, declared_date, declared_tags
from crawler.extract.decode import REPLACED, decode
from crawler.extract.flow import read_flow
from crawler.extract.kept import Effort, Kept, kept_by_trafilatura
from crawler.extract.marks import Mark
from crawler.extract.page import SourcePage
from crawler.extract.pieces import Piece, PieceKind
from crawler.extract.region import Region, mark_declared, mark_kept, mark_posts
from crawler.extract.rules import Rules
from crawler.extract.story import Story, find_story
from crawler.extract.subjects import read_language
from crawler.extract.tree import Node, drop_controls, parse, prune

LARGEST_PAGE: Final = 8_000_000
"""Bytes; what follows is not read. The largest article seen has four million."""
_TOO_LITTLE: Final = 0.2
_LONG: Final = 60
_NOT_TOLD: Final = Mark.FURNITURE | Mark.COMMENTS | Mark.HIDDEN | Mark.BIO
_SHORTEST_DECLARED: Final = 200
"""Letters; a rule that finds less text has not found the body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """What was read of one page, before anything is chosen for the record."""

    page: SourcePage
    root: Node
    claims: Claims
    canonical: str | None
    language: str | None
    tags: tuple[str, ...]
    """What a rule finds; empty without one."""
    dated: str | None
    """What a rule finds; None without one."""
    kept: Kept
    story: Story
    warnings: tuple[str, ...]


def read_layers(page: SourcePage, rules: Rules) -> Layers:
    """Return the layers of a page; never fails for what a page holds."""
    warnings: list[str] = []
    if len(page.body) > LARGEST_PAGE:
        warnings.append("input_cut")
        page = _cut(page)
    if not page.is_whole:
        warnings.append("breaks_off")
    text = decode(page)
    replaced = text.count(REPLACED)
    if replaced and replaced > page.body.count(REPLACED.encode()):
        warnings.append("undecodable_bytes")
    root = parse(text)
    claims = claims_of(root, page.url)
    canonical = canonical_url(root, claims, page.url)
    language = read_language(root, claims)
    prune(root)
    tags, dated = declared_tags(root, rules), declared_date(root, rules)
    warnings += [f"rule_missed:{rule}" for rule in declare(root, rules)]
    drop_controls(root)
    mark_boxes(root)
    body = root.find("body")
    assert body is not None
    flow = read_flow(body)
    kept = _choose(root, flow, rules)
    story = find_story(flow, _region(flow, body, claims), claims)
    for effort, excused in ((Effort.AGAIN, Mark.COMMENTS), (Effort.FULL, _NOT_TOLD)):
        if not _says_too_little(story, excused) or effort > Effort.AGAIN + claims.is_article:
            break
        # Where it merely finds less than it should, the structure of the page makes up for it:
        # with the cascade at a half of the paragraphs' text the body's F1 was .949, so .951.
        warnings += ["full_cascade"] * (effort is Effort.FULL)
        kept = kept_by_trafilatura(root, effort)
        mark_kept(flow, kept)
        story = find_story(flow, _region(flow, body, claims), claims)
    warnings += ["names_overruled"] * story.body.overruled
    return Layers(
        page=page,
        root=root,
        claims=claims,
        canonical=canonical,
        language=language,
        tags=tags,
        dated=dated,
        kept=kept,
        story=story,
        warnings=tuple(warnings),
    )


def _region(flow: list[Piece], body: Node, claims: Claims) -> Region:
    """Return where the body stands: around all posts when the page is a live blog."""
    region = Region(flow, body)
    if claims.is_live and mark_posts(flow, region.main):
        return Region(flow, body)
    return region


def _says_too_little(story: Story, excused: int) -> bool:
    """Whether nearly all long paragraphs of the page are left out, those with a mark excepted."""
    long = [piece for piece in story.flow if _is_long(piece)]
    there = sum(len(piece.key) for piece in long if not story.region.marks(piece) & excused)
    told = sum(len(piece.key) for piece in story.body.pieces if _is_long(piece))
    return there > _SHORTEST_DECLARED and told < _TOO_LITTLE * there


def _is_long(piece: Piece) -> bool:
    """Whether a piece is a paragraph of a sentence or more in the site's own words."""
    is_long = piece.kind is PieceKind.PARAGRAPH and len(piece.key) > _LONG
    return is_long and not piece.is_linked


def _cut(page: SourcePage) -> SourcePage:
    """Return a page without what stands beyond the largest size that is read."""
    return replace(page, body=page.body[:LARGEST_PAGE])


def _choose(root: Node, flow: list[Piece], rules: Rules) -> Kept:
    """Note on the flow what is body, by a rule where one finds it and else by trafilatura."""
    bodies = declared_bodies(root, rules)
    if bodies:
        mark_declared(flow, bodies)
        if sum(len(piece.key) for piece in flow if piece.kept) >= _SHORTEST_DECLARED:
            return Kept()
    kept = kept_by_trafilatura(root)
    mark_kept(flow, kept)
    return kept

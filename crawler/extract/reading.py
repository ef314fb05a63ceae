"""One page read: its kind, and the article when it is one."""

from dataclasses import dataclass, replace
from typing import Final

from archive.article import Article, Author, Block, BlockKind, Image, PageKind
from archive.surt import surt_key
from crawler.extract.address import registrable_domain
from crawler.extract.author_cards import closing_bio, with_cards
from crawler.extract.bylines import byline_authors
from crawler.extract.dates import modified_moment, published_moment
from crawler.extract.fingerprint import simhash64, text_digest, word_count
from crawler.extract.guard import (
    blocks_of_claims,
    blocks_of_trafilatura,
    blocks_with_captions,
    disagreement,
    is_misaligned,
    is_told_by_captions,
)
from crawler.extract.headline import Headline
from crawler.extract.kinds import Evidence, page_kind
from crawler.extract.layers import Layers, read_layers
from crawler.extract.links import body_links
from crawler.extract.moments import Moment
from crawler.extract.page import SourcePage
from crawler.extract.pictures import article_images
from crawler.extract.pieces import Piece, PieceKind
from crawler.extract.rights import read_rights
from crawler.extract.rules import Design, Rules
from crawler.extract.sayings import read_attributions, read_quotes
from crawler.extract.subjects import displayed_tags, read_section, read_tags
from crawler.extract.tree import Node
from crawler.extract.wording import letters

EXTRACTOR: Final = "newsreel/0.1.0"
_NO_BLOCK: Final = frozenset({PieceKind.FIGURE, PieceKind.CAPTION, PieceKind.TITLE})
_PROSE_WORDS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of reading one page."""

    kind: PageKind
    article: Article | None = None
    """Set exactly when the page is an article and both a headline and a body were found."""
    reason: str | None = None
    """Why there is no article, in a stable word; None when there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contents:
    """What the page says, as far as it decides what kind of page it is."""

    authors: tuple[Author, ...]
    pieces: tuple[Piece, ...]
    """The body without a bio that closes it."""
    blocks: tuple[Block, ...]
    images: tuple[Image, ...]
    published: Moment | None
    warnings: tuple[str, ...]

    @property
    def text(self) -> str:
        """The blocks as plain text."""
        return "\n\n".join(block.text for block in self.blocks)


def read_page(page: SourcePage, rules: Design | None = None) -> Reading:
    """Return what a page is and says; the same bytes and rules give the same reading."""
    layers = _titled(read_layers(page, rules.rules if rules else Rules()))
    contents = _contents(layers)
    kind = page_kind(_evidence(layers, contents), layers.claims)
    if not kind.is_article:
        return Reading(kind=kind, reason=kind.value)
    if layers.story.headline is None:
        return Reading(kind=kind, reason="no_headline")
    if not contents.blocks:
        return Reading(kind=kind, reason="no_text")
    version = rules.name if rules else None
    return Reading(kind=kind, article=_article(kind, layers, contents, version))


def _titled(layers: Layers) -> Layers:
    """Return what was read with the title that a feed or sitemap gives, where there is no other."""
    title = layers.page.advertised_title
    if layers.story.headline is not None or title is None:
        return layers
    story = replace(layers.story, headline=Headline(title))
    return replace(layers, story=story, warnings=(*layers.warnings, "headline_from_listing"))


def _contents(layers: Layers) -> _Contents:
    """Return what the page says."""
    story, claims, url = layers.story, layers.claims, layers.page.url
    authors = byline_authors(layers.root, story, claims, url)
    bio = closing_bio(story.body.pieces, authors)
    pieces = tuple(piece for piece in story.body.pieces if piece is not bio)
    images = article_images(story, claims.images, url)
    blocks, doubts = _blocks(layers, pieces, images)
    published = published_moment(
        claims, layers.root, story, url, declared=layers.dated, language=layers.language
    )
    if published is not None and not published.has_zone:
        doubts = (*doubts, "published_without_zone")
    return _Contents(
        authors=with_cards(authors, story.flow, story.region, bio),
        pieces=pieces,
        blocks=blocks,
        images=images,
        published=published,
        warnings=(*layers.warnings, *doubts),
    )


def _blocks(
    layers: Layers, pieces: tuple[Piece, ...], images: tuple[Image, ...]
) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """Return the body's blocks, from the safest reading there is, and what was doubtful."""
    told = {id(piece): _block(piece) for piece in pieces if piece.kind not in _NO_BLOCK}
    story, kept = layers.story, layers.kept
    if is_misaligned(story.flow, kept):
        if is_told_by_captions(images, kept):
            return blocks_with_captions(story.flow, told, images), ("body_from_captions",)
        shown = (story.headline.text if story.headline else "", story.dek or "", *story.key_points)
        known = frozenset(map(letters, shown))
        return blocks_of_trafilatura(kept, known), ("low_coverage",)
    blocks = tuple(told.values())
    if not blocks and (claimed := blocks_of_claims(layers.claims)):
        return claimed, ("body_from_jsonld",)
    return blocks, disagreement(blocks, kept)


def _block(piece: Piece) -> Block:
    """Return a piece as it is published."""
    return Block(
        kind=BlockKind(piece.kind.value),
        level=piece.level if piece.kind is PieceKind.HEADING else None,
        text=piece.text,
    )


def _evidence(layers: Layers, contents: _Contents) -> Evidence:
    """Return what decides the kind of page."""
    flow, headline = layers.story.flow, layers.story.headline
    linked = {piece.text for piece in contents.pieces if piece.is_linked}
    prose = [
        block.text
        for block in contents.blocks
        if block.kind is not BlockKind.HEADING and block.text not in linked
    ]
    body = layers.story.body
    within = flow[body.first : body.last + 1]
    headings = [piece for piece in within if piece.kind is PieceKind.HEADING]
    teasers = sum(heading.is_linked for heading in headings)
    return Evidence(
        status=layers.page.status,
        title=f"{layers.claims.title} {headline.text if headline else ''}".strip(),
        words=sum(word_count(text) for text in prose),
        paragraphs=sum(word_count(text) >= _PROSE_WORDS for text in prose),
        linked_share=sum(piece.link_chars for piece in flow)
        / max(1, sum(len(piece.text) for piece in flow)),
        linked_headings=teasers if 2 * teasers > len(headings) else 0,
        in_article=_is_in_article(layers.story.region.main),
        has_byline=bool(contents.authors),
        is_dated=contents.published is not None,
        images=len(contents.images),
    )


def _is_in_article(node: Node) -> bool:
    """Whether an element is, or stands in, one that says it holds an article."""
    around = (node, *node.iterancestors())
    return any(one.tag == "article" or one.get("itemprop") == "articleBody" for one in around)


def _article(
    kind: PageKind, layers: Layers, contents: _Contents, rules_version: str | None
) -> Article:
    """Return the record, as far as the page itself can fill it."""
    story, claims, url = layers.story, layers.claims, layers.page.url
    assert story.headline is not None
    published, modified = contents.published, modified_moment(claims)
    text = contents.text
    return Article(
        kind=kind,
        url=url,
        canonical_url=layers.canonical,
        url_surtkey=surt_key(url),
        site_domain=registrable_domain(url),
        headline=story.headline.text,
        kicker=story.kicker,
        dek=story.dek,
        key_points=story.key_points,
        blocks=contents.blocks,
        text=text,
        quotes=read_quotes(contents.pieces),
        images=contents.images,
        authors=contents.authors,
        attributions=read_attributions(contents.pieces, story.after, url),
        disclaimers=story.disclaimers,
        tags=layers.tags or read_tags(claims) or displayed_tags(story),
        section=read_section(claims),
        language=layers.language,
        links=body_links(contents.pieces, url),
        published_at=published.at if published else None,
        published_raw=published.raw if published else None,
        published_source=published.source if published else None,
        modified_at=modified.at if modified else None,
        modified_raw=modified.raw if modified else None,
        word_count=word_count(text),
        text_digest=text_digest(text),
        simhash64=simhash64(text),
        extraction_warnings=contents.warnings,
        rights=read_rights(layers.page, claims),
        extractor=EXTRACTOR,
        rules_version=rules_version,
    )

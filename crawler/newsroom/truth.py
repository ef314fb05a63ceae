"""What extraction must make of a story's page, told from the story and not from the page."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from archive.article import (
    Article,
    Attribution,
    Author,
    Block,
    BlockKind,
    Image,
    Link,
    PageKind,
    Quote,
    Rights,
)
from crawler.newsroom.markup import Desk
from crawler.newsroom.prose import Passage, PassageKind, find_attributions, find_links, plain_text
from crawler.newsroom.stories import Figure, Person


def expected_article(desk: Desk) -> Article:
    """Return the article that the page holds; its kind says whether it becomes a row.

    Only what a reader sees is filled in: provenance, digests and the texts that dates were read
    from are for the extractor to find.
    """
    edition, story = desk.edition, desk.edition.story
    blocks = tuple(_blocks(desk))
    text = "\n\n".join(block.text for block in blocks)
    return Article(
        kind=story.kind,
        url=desk.url,
        canonical_url=desk.url,
        headline=edition.headline,
        kicker=story.kicker,
        dek=edition.dek,
        key_points=story.key_points,
        blocks=blocks,
        text=text,
        word_count=len(text.split()),
        quotes=tuple(_quotes(story.passages)),
        images=tuple(_images(desk)),
        authors=tuple(_author(desk, person) for person in story.authors),
        attributions=tuple(_attributions(story.passages)),
        disclaimers=_disclaimers(desk),
        tags=story.tags,
        section=story.section,
        language=desk.theme.language,
        links=tuple(_links(desk)),
        published_at=edition.published_at,
        modified_at=edition.modified_at,
        rights=Rights(paywalled=story.kind is PageKind.PAYWALL),
    )


def _one_block(kind: BlockKind) -> Callable[[Passage], tuple[Block, ...]]:
    return lambda passage: (Block(kind=kind, level=passage.level, text=passage.text),)


def _items(passage: Passage) -> tuple[Block, ...]:
    return tuple(Block(kind=BlockKind.LIST_ITEM, text=plain_text(line)) for line in passage.lines)


def _no_blocks(_: Passage) -> tuple[Block, ...]:
    return ()


# A note in the text is read as a paragraph too; a picture is no block.
_BLOCKS: Final[Mapping[PassageKind, Callable[[Passage], tuple[Block, ...]]]] = {
    PassageKind.PARAGRAPH: _one_block(BlockKind.PARAGRAPH),
    PassageKind.NOTE: _one_block(BlockKind.PARAGRAPH),
    PassageKind.HEADING: _one_block(BlockKind.HEADING),
    PassageKind.ENTRY: _one_block(BlockKind.HEADING),
    PassageKind.QUOTE: _one_block(BlockKind.QUOTE),
    PassageKind.PULL_QUOTE: _one_block(BlockKind.PULL_QUOTE),
    PassageKind.EMBED: _one_block(BlockKind.EMBED),
    PassageKind.LIST: _items,
    PassageKind.FIGURE: _no_blocks,
}


def _blocks(desk: Desk) -> Iterator[Block]:
    for passage in desk.edition.story.passages:
        yield from _BLOCKS[passage.kind](passage)
    for line in desk.edition.added:
        yield Block(kind=BlockKind.PARAGRAPH, text=line)


def _quotes(passages: tuple[Passage, ...]) -> Iterator[Quote]:
    for passage in passages:
        if passage.kind is PassageKind.QUOTE:
            yield Quote(text=passage.text, speaker=passage.speaker, source=passage.source)


def _images(desk: Desk) -> Iterator[Image]:
    lead = desk.edition.story.lead
    if lead and desk.edition.story.kind is not PageKind.VIDEO:
        yield _image(desk, lead, "lead", None)
    section = None
    for passage in desk.edition.story.passages:
        if passage.kind in (PassageKind.HEADING, PassageKind.ENTRY):
            section = passage.text
        if passage.kind is PassageKind.FIGURE:
            yield _image(desk, desk.edition.story.figure(passage.lines[0]), "inline", section)


def _image(desk: Desk, figure: Figure, role: str, section: str | None) -> Image:
    return Image(
        url=desk.picture(figure)[0],
        role=role,
        alt=figure.alt_text,
        caption=figure.caption,
        credit=figure.credit,
        caption_raw=figure.printed,
        width=desk.theme.image["width"],
        height=desk.theme.image["height"],
        section=section,
    )


def _author(desk: Desk, person: Person) -> Author:
    return Author(
        name=person.name,
        url=desk.base + desk.theme.author_path(person.slug),
        role=person.role,
        bio=person.bio,
        articles_published=person.articles_published,
    )


def _attributions(passages: tuple[Passage, ...]) -> Iterator[Attribution]:
    for passage in passages:
        for line in passage.lines:
            for name, address in find_attributions(line):
                yield Attribution(name=name, url=address)


def _disclaimers(desk: Desk) -> tuple[str, ...]:
    story = desk.edition.story
    notes = (passage.text for passage in story.passages if passage.kind is PassageKind.NOTE)
    return (*((story.note,) if story.note else ()), *notes)


def _links(desk: Desk) -> Iterator[Link]:
    home = urlsplit(desk.base).hostname
    for passage in desk.edition.story.passages:
        for line in passage.lines:
            for words, address in find_links(line):
                url = desk.resolve(address)
                yield Link(url=url, text=words, internal=urlsplit(url).hostname == home)

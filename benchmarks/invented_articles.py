"""Articles of invented words: their columns are filled, their text repeats itself as prose does.

A word is followed by one of its 256 likely successors seven times in ten. At zstd levels 3, 6 and
19, pieces of 100 KB become 2.58, 2.66 and 2.84 times smaller, pieces of 2.5 MB 2.69, 2.84 and 3.25;
the bodies of 418 real articles became 2.45, 2.55 and 2.70, then 2.65, 2.83 and 3.18.
"""

import hashlib
import json
import random
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate

from archive.article import Article, Author, Block, BlockKind, Image, Link, Quote, Rights

JUNE = datetime(2026, 6, 1, tzinfo=UTC)
SITES = 8
EDITED = 0.06
"""Of the rows are a later version of an article: one paragraph and the times differ."""
REPRINTED = 0.05
"""Are another site's article under an address of their own."""
_WORDS = 30_000
_SUCCESSORS = 256


@cache
def words() -> list[str]:
    """Return invented words, the short ones first."""
    dice = random.Random(1)
    parts = ("ha", "rbo", "ur", "lin", "ster", "mo", "ken", "tra", "vel", "ing", "o", "der", "sh")
    parts += ("e", "a", "th", "n", "re")
    made = {"".join(dice.choices(parts, k=dice.randint(1, 5))) for _ in range(3 * _WORDS)}
    return sorted(made, key=lambda word: (len(word), word))[:_WORDS]


@cache
def _frequencies() -> list[float]:
    return list(accumulate(1 / (rank + 8) for rank in range(_WORDS)))


@cache
def _successors() -> "list[array[int]]":
    dice, ranks, weights = random.Random(2), range(_WORDS), _frequencies()
    return [array("H", dice.choices(ranks, cum_weights=weights, k=_SUCCESSORS)) for _ in ranks]


def prose(dice: random.Random, count: int) -> str:
    """Return so many words that follow each other as in prose."""
    known, after, chance = words(), _successors(), dice.random
    anew = iter(dice.choices(range(_WORDS), cum_weights=_frequencies(), k=count + 1))
    word, told = next(anew), []
    for _ in range(count):
        word = next(anew) if chance() < 0.3 else after[word][int(_SUCCESSORS * chance() ** 2)]
        told.append(known[word])
    return " ".join(told)


@cache
def _staff(site: int) -> tuple[Author, ...]:
    dice = random.Random(1_000 + site)
    return tuple(
        Author(
            name=prose(dice, 2).title(),
            url=f"https://site{site}.example/author/{number}/",
            role=("Staff Writer", "Editor", None)[number % 3],
            bio=prose(dice, 40),
        )
        for number in range(12)
    )


@cache
def _tags(site: int) -> tuple[str, ...]:
    dice = random.Random(2_000 + site)
    return tuple(prose(dice, 2).title() for _ in range(300))


def article(number: int) -> Article:
    """Return the first version of an article; each number is one, and the same every time."""
    dice = random.Random(number)
    site = number % SITES
    origin = dice.randrange(number) if number > SITES and dice.random() < REPRINTED else number
    told = random.Random(f"text {origin}")
    texts = tuple(prose(told, told.randrange(25, 90)) for _ in range(16))
    slug = prose(told, 6).replace(" ", "-")
    home = f"https://site{site}.example"
    url = f"{home}/2026/06/{slug}-{number}/"
    digest = hashlib.sha256(url.encode()).hexdigest()
    text = "\n\n".join(texts)
    published = JUNE + timedelta(minutes=number * 2 % 41_000)
    return Article(
        article_id=digest[:32],
        version=1,
        url=url,
        canonical_url=url,
        url_surtkey=f"example,site{site})/2026/06/{slug}-{number}",
        site_domain=f"site{site}.example",
        headline=prose(told, 9).capitalize(),
        dek=prose(told, 20),
        key_points=tuple(prose(told, 14) for _ in range(3)) if dice.random() < 0.2 else (),
        blocks=tuple(Block(kind=BlockKind.PARAGRAPH, text=each) for each in texts),
        text=text,
        quotes=(Quote(text=texts[3], speaker=prose(told, 2).title()),) if number % 4 == 0 else (),
        images=tuple(_images(dice, home, number)),
        authors=(dice.choice(_staff(site)),),
        tags=tuple(dice.sample(_tags(site), k=5)),
        section=("film", "music", "tv")[number % 3],
        language="en-US",
        links=tuple(
            Link(
                url=f"{home}/2026/05/{prose(dice, 5).replace(' ', '-')}/",
                text=prose(dice, 4),
                internal=True,
            )
            for _ in range(8)
        ),
        published_at=published,
        published_raw=published.isoformat(),
        published_source="jsonld",
        first_seen_at=published + timedelta(minutes=5),
        fetch_time=published + timedelta(minutes=6, microseconds=number),
        fetch_status=200,
        word_count=text.count(" ") + 1,
        text_digest="sha256:" + hashlib.sha256(text.encode()).hexdigest(),
        simhash64=dice.getrandbits(63),
        rights=Rights(robots="allowed", meta_robots="max-image-preview:large", paywalled=False),
        warc_record_id=f"<urn:uuid:{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-a{digest[17:20]}-{digest[20:32]}>",
        content_digest="sha1:" + hashlib.sha1(url.encode()).hexdigest().upper()[:32],
        extractor="newsreel/0.1.0",
        rules_version="generic",
    )


def prose_page(row: Article) -> bytes:
    """Return a page of an article amid the markup of its site, 60 KB of it."""
    around = prose(random.Random(row.url), 8_000).replace(" a ", "<div class='teaser'><a href='/'>")
    told = "".join(f"<p>{block.text}</p>" for block in row.blocks)
    return f"<!doctype html><h1>{row.headline}</h1>{told}<aside>{around}</aside>".encode()


def news_page(row: Article) -> bytes:
    """Return a page as news sites send them: an article, and 160 KB of what surrounds it.

    Scripts have most of it, as on real pages; what they say, no reader of articles looks at.
    """
    dice = random.Random(row.url)
    said = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": row.headline}
    assert row.published_at is not None
    said |= {"datePublished": row.published_at.isoformat(), "author": row.authors[0].name}
    cards = "".join(
        f"<li><a href='{link.url}'><h3>{link.text}</h3></a><p>{prose(dice, 15)}</p></li>"
        for link in row.links * 5
    )
    return (
        f"<!doctype html><html lang='en'><head><title>{row.headline}</title>"
        f"<meta property='og:type' content='article'>"
        f"<script type='application/ld+json'>{json.dumps(said)}</script></head><body>"
        f"<article><h1>{row.headline}</h1>{''.join(f'<p>{each.text}</p>' for each in row.blocks)}"
        f"</article><aside><ul>{cards}</ul></aside>"
        f"<script>window.state = {json.dumps(prose(dice, 26_000))}</script></body></html>"
    ).encode()


def _images(dice: random.Random, home: str, number: int) -> Iterator[Image]:
    for place in range(3):
        caption = prose(dice, 9)
        credit = ("Harbour Pictures", "Lantern", "Quay Agency", "Ferry/Lantern")[dice.randrange(4)]
        yield Image(
            url=f"{home}/uploads/{number}-{place}.jpg",
            role="inline" if place else "lead",
            alt=prose(dice, 6),
            caption=caption,
            credit=credit,
            caption_raw=f"{caption} | {credit}",
            width=1200,
            height=675,
        )


def edited(first: Article, number: int) -> Article:
    """Return a later version of an article, of which one paragraph was written anew."""
    dice = random.Random(f"edit {number}")
    place = dice.randrange(len(first.blocks))
    anew = replace(first.blocks[place], text=prose(dice, 60))
    blocks = (*first.blocks[:place], anew, *first.blocks[place + 1 :])
    assert first.fetch_time is not None
    return replace(
        first,
        version=2,
        blocks=blocks,
        text="\n\n".join(block.text for block in blocks),
        fetch_time=first.fetch_time + timedelta(hours=9),
        content_digest="sha1:" + hashlib.sha1(str(number).encode()).hexdigest().upper()[:32],
        warc_record_id=f"<urn:uuid:{hashlib.md5(str(number).encode()).hexdigest()}>",
    )


def flushes(rows: int, parts: int) -> Iterator[tuple[int, str, Sequence[Article]]]:
    """Yield site, run and rows of each part that crawls leave: run by run, every site a part."""
    size = rows // parts
    for serial in range(parts):
        site, turn = serial % SITES, serial // SITES
        run = f"202606{turn % 30 + 1:02d}T{turn // 30 % 24:02d}0000Z-{turn:04x}"
        records = []
        for place in range(size):
            number = (turn * size + place) * SITES + site
            is_edit = turn > 0 and random.Random(f"is edit {number}").random() < EDITED
            row = edited(article(number - size * SITES), number) if is_edit else article(number)
            records.append(
                replace(
                    row,
                    run_id=run,
                    warc_filename=f"newsreel-{run}-00001.warc.gz",
                    warc_record_offset=serial * 700_000 + place * 34_000,
                    warc_record_length=33_000 + number % 997,
                )
            )
        yield site, run, records

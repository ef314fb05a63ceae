"""The article: what a reader saw on one page at one moment, and where its bytes are.

One record is one version of one article. Text is Unicode NFC with white space collapsed, without
lone surrogates and control characters. An empty tuple means looked and found none; None means
there is none, or nobody could look. Times are UTC, the text they came from beside them.
"""

import hashlib
import json
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Final

from archive.columns import column, plain


class BlockKind(StrEnum):
    """What a block of the body is; the set is closed, a new kind is a schema change."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    PULL_QUOTE = "pull_quote"
    EMBED = "embed"
    TABLE = "table"
    CODE = "code"


class PageKind(StrEnum):
    """What a page is; only the first three become rows of `articles`."""

    ARTICLE = "article"
    GALLERY = "gallery"
    LIVE_BLOG = "live_blog"
    VIDEO = "video"
    SECTION = "section"
    ERROR = "error"
    CONSENT = "consent"
    CAPTCHA = "captcha"
    PAYWALL = "paywall"
    OTHER = "other"

    @property
    def is_article(self) -> bool:
        """Whether a page of this kind becomes a row."""
        return self in _ARTICLE_KINDS


_ARTICLE_KINDS: Final = (PageKind.ARTICLE, PageKind.GALLERY, PageKind.LIVE_BLOG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One piece of the body, in reading order."""

    kind: BlockKind = column("What it is.", example="paragraph")
    level: int | None = column(
        "2 to 6 for a heading, as in h2 to h6; null for everything else.",
        example=2,
        width=32,
        default=None,
    )
    text: str = column(
        "Its text; the paragraphs of a quote are joined by a blank line.",
        example="The film opens in June.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One block quote."""

    text: str = column("What was said, without quotation marks around it.", example="It was hard.")
    speaker: str | None = column(
        "Who says it, as the text names them; null when it does not.", example="Vale", default=None
    )
    source: str | None = column(
        "To whom it was said (outlet or show), when the text says so.",
        example="Marquee Weekly",
        default=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One picture of the article; each is listed once, though its line is printed twice."""

    url: str = column(
        "Its absolute address, the largest offered.", example="https://x.example/a.jpg"
    )
    role: str = column("lead (above the body) or inline.", example="lead")
    alt: str | None = column(
        "The alt text; null when there is none.", example="A stage", default=None
    )
    caption: str | None = column(
        "The caption without the credit; null when there is none.",
        example="Vale on stage in June",
        default=None,
    )
    credit: str | None = column(
        "The bare rights holder, without label or brackets; null when there is none.",
        example="Harbour Pictures",
        default=None,
    )
    caption_raw: str | None = column(
        "The caption and credit line as printed; null when there is none.",
        example="Vale on stage in June | Harbour Pictures",
        default=None,
    )
    width: int | None = column("Pixels as the markup says.", example=1200, width=32, default=None)
    height: int | None = column("Pixels as the markup says.", example=675, width=32, default=None)
    section: str | None = column(
        "The heading it stands under; null before the first.", example="The tour", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """One person of the byline."""

    name: str = column("The name as displayed.", example="Ida Marsh")
    url: str | None = column(
        "The author's page; null when there is no link.",
        example="https://x.example/ida",
        default=None,
    )
    role: str | None = column("As printed, e.g. Senior Editor.", example="Editor", default=None)
    bio: str | None = column("The author card's text.", example="Ida covers film.", default=None)
    articles_published: int | None = column(
        "How many articles the author card counts.", example=1508, width=32, default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """One outlet named as the source: "(via Empire)", "Source: X"."""

    name: str = column("The outlet's name.", example="Empire")
    url: str | None = column(
        "Where the name links to.", example="https://www.empire.example/a", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of the body."""

    url: str = column("Its absolute address.", example="https://x.example/b")
    text: str = column("The linked words.", example="last year's tour")
    internal: bool = column("Whether it stays on the same registrable domain.", example=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What the site says of reuse; signals, not legal advice."""

    robots: str | None = column(
        "The robots.txt verdict for this address when it was fetched.",
        example="allowed",
        default=None,
    )
    x_robots_tag: str | None = column("The X-Robots-Tag header.", example="noarchive", default=None)
    meta_robots: str | None = column(
        "The robots meta element.", example="index, follow", default=None
    )
    tdm_reservation: str | None = column(
        "TDM-Reservation from header or meta (1 = reserved).", example="1", default=None
    )
    paywalled: bool | None = column(
        "Whether the page says it is not free (isAccessibleForFree); null when it does not say.",
        example=False,
        default=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a reader saw on one page at one moment, and where its bytes are."""

    article_id: str | None = column(
        "Digest of site and canonical address: the same article has the same id in every version.",
        example="b3f1c2d4e5a697887766554433221100",
        default=None,
    )
    version: int | None = column(
        "1, 2, ... as the extracted content changed; null before it is known.",
        example=1,
        width=32,
        default=None,
    )
    kind: PageKind = column(
        "article, gallery or live_blog.", example="article", default=PageKind.ARTICLE
    )
    url: str = column("The address as fetched.", example="https://x.example/2026/a-story/")
    canonical_url: str | None = column(
        "The address the page claims; null when it claims none on the same registrable domain.",
        example="https://x.example/2026/a-story/",
        default=None,
    )
    url_surtkey: str | None = column(
        "The address in SURT form, as in Common Crawl's index.",
        example="example,x)/2026/a-story",
        default=None,
    )
    site_domain: str | None = column(
        "The registrable domain of the address; the host where there is none.",
        example="x.example",
        default=None,
    )
    headline: str = column("As displayed above the body.", example="A Story")
    kicker: str | None = column("The label above the headline.", example="EXCLUSIVE", default=None)
    dek: str | None = column(
        "The standfirst below the headline; null when the page shows none.",
        example="It opens in June.",
        default=None,
    )
    key_points: tuple[str, ...] = column(
        "The summary bullets above the body; none is repeated in it.",
        example="['It opens in June.']",
        default=(),
    )
    blocks: tuple[Block, ...] = column(
        "The body in reading order.", example="[{kind: paragraph, ...}]", default=()
    )
    text: str = column(
        "The blocks as plain text, a blank line between them, headings on lines of their own.",
        example="The film opens in June.",
        default="",
    )
    quotes: tuple[Quote, ...] = column("The block quotes.", example="[{text: ...}]", default=())
    images: tuple[Image, ...] = column("Lead image first.", example="[{url: ...}]", default=())
    authors: tuple[Author, ...] = column(
        "In the order of the byline.", example="[{name: Ida Marsh}]", default=()
    )
    attributions: tuple[Attribution, ...] = column(
        "Outlets named as the source.", example="[{name: Empire}]", default=()
    )
    disclaimers: tuple[str, ...] = column(
        "Spoiler and sourcing notes.", example="['Spoilers ahead.']", default=()
    )
    tags: tuple[str, ...] = column("As the page lists them.", example="['Film']", default=())
    section: str | None = column(
        "The section the page files it under.", example="Film", default=None
    )
    language: str | None = column("BCP 47, as the page declares.", example="en-US", default=None)
    links: tuple[Link, ...] = column("The links of the body.", example="[{url: ...}]", default=())
    published_at: datetime | None = column(
        "UTC; null when neither the page nor what advertised it gives a time that can be trusted.",
        example="2026-05-18T07:02:41Z",
        default=None,
    )
    modified_at: datetime | None = column(
        "UTC; null when the page does not say.", example="2026-05-18T07:02:42Z", default=None
    )
    published_raw: str | None = column(
        "The text published_at was read from; null when it rests on a feed or sitemap.",
        example="2026-05-18T09:02:41+02:00",
        default=None,
    )
    modified_raw: str | None = column(
        "The text modified_at was read from.", example="2026-05-18T09:02:42+02:00", default=None
    )
    published_source: str | None = column(
        "Which evidence published_at rests on: jsonld, meta, time, rule, address (a date in the "
        "path), feed or sitemap.",
        example="jsonld",
        default=None,
    )
    advertised_at: datetime | None = column(
        "UTC; the date that a feed or sitemap captured before the page gave it; null: none did.",
        example="2026-05-18T07:02:41Z",
        default=None,
    )
    first_seen_at: datetime | None = column(
        "UTC; when Newsreel first knew of the address: when what named it was fetched.",
        example="2026-05-18T07:10:00Z",
        default=None,
    )
    fetch_time: datetime | None = column(
        "UTC; when the request for this capture was sent; of a page that a browser rendered, when "
        "that was done.",
        example="2026-05-18T07:12:00.123456Z",
        default=None,
    )
    fetch_status: int | None = column("The HTTP status.", example=200, width=32, default=None)
    word_count: int = column("Words in text.", example=517, width=32, default=0)
    text_digest: str | None = column(
        "SHA-256 (hex) of text in lower case, letters and digits alone: equal for exact reprints.",
        example="9f86d081884c7d65...",
        default=None,
    )
    simhash64: int | None = column(
        "SimHash of the text's five-word shingles as a signed 64-bit number; near duplicates "
        "differ in at most 8 bits.",
        example=-3482934,
        default=None,
    )
    extraction_warnings: tuple[str, ...] = column(
        "What the extractor was not sure of; stable words.", example="['low_coverage']", default=()
    )
    rights: Rights = column(
        "What the site says of reuse.",
        example="{robots: allowed}",
        default=Rights(),
    )
    warc_filename: str | None = column(
        "File below the store's warc/ that holds the payload.",
        example="newsreel-20261122T120000Z-00001.warc.gz",
        default=None,
    )
    warc_record_offset: int | None = column("Bytes from the start.", example=18234, default=None)
    warc_record_length: int | None = column("Compressed bytes.", example=21090, default=None)
    warc_record_id: str | None = column(
        "WARC-Record-ID of the response record with the payload; of the conversion record where a "
        "browser rendered the page: that is what was read.",
        example="<urn:uuid:6f1c...>",
        default=None,
    )
    content_digest: str | None = column(
        "Payload digest of the entity without its transfer coding.",
        example="sha1:7XX6VU3H...",
        default=None,
    )
    run_id: str | None = column("The crawl run.", example="20261122T120000Z-9c41", default=None)
    extractor: str = column("Extractor and version.", example="newsreel/0.1.0", default="")
    rules_version: str | None = column(
        "Site file and design that were used; null when the page was read without one.",
        example="fandomwire/2024",
        default=None,
    )


# What makes a new version: words and pictures a reader sees. Tags, section, links, dates and
# provenance change without the article changing.
_CONTENT: Final = (
    "headline",
    "kicker",
    "dek",
    "key_points",
    "blocks",
    "quotes",
    "images",
    "authors",
)


def version_digest(article: Article) -> str:
    """Return a digest that is equal exactly for equal content, whoever extracted it and when."""
    content = {name: plain(getattr(article, name)) for name in _CONTENT}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def article_id(site_domain: str, address: str) -> str:
    """Return the id of the article that a site keeps at a canonical address (32 hex digits)."""
    return hashlib.sha256(f"{site_domain} {address}".encode()).hexdigest()[:32]


def to_json(record: Article) -> str:
    """Return the record on one line of JSON, with the dataset's column names."""
    return json.dumps(plain(record), ensure_ascii=False)


COLUMN_NAMES: Final = tuple(f.name for f in fields(Article))

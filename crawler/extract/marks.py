"""What the class names of a page say about an element.

Class names are the only thing that thousands of templates have in common: whoever builds a news
page writes `caption`, `credit`, `related` or `newsletter` somewhere. They are split into words, so
that `imageCaption`, `image-caption` and `image_caption` are the same.
"""

import re
from functools import lru_cache
from typing import Final

from crawler.extract.tree import DECLARED, Node


class Mark:
    """What an element is, or belongs to: bits of a whole number, joined with `|`.

    Not an `enum.Flag`: these are combined for every element of every page, and an enum takes ten
    times as long.
    """

    NONE: Final = 0
    FURNITURE: Final = 1 << 0
    """Of the site rather than of the article: related links, prompts, share bars, ads."""
    HIDDEN: Final = 1 << 1
    CAPTION: Final = 1 << 2
    CREDIT: Final = 1 << 3
    DEK: Final = 1 << 4
    KICKER: Final = 1 << 5
    KEY_POINTS: Final = 1 << 6
    BYLINE: Final = 1 << 7
    AUTHOR: Final = 1 << 8
    BIO: Final = 1 << 9
    TAGS: Final = 1 << 10
    TIMESTAMP: Final = 1 << 11
    PULL_QUOTE: Final = 1 << 12
    EMBED: Final = 1 << 13
    DISCLAIMER: Final = 1 << 14
    GALLERY: Final = 1 << 15
    LISTING: Final = 1 << 16
    """A teaser or card that stands for another article."""
    COMMENTS: Final = 1 << 17
    """What readers wrote."""
    PICTURE: Final = 1 << 18
    """The box around one picture and its text."""
    CALLOUT: Final = 1 << 19
    """A box in which the story explains something."""


def _words(vocabulary: str) -> tuple[str, ...]:
    """Return a pattern for each of these words and pairs of words.

    Entries are parted by white space; an underscore stands for the gap between two words.
    """
    return tuple(each.replace("_", " ") for each in vocabulary.split())


# What each mark is called. A name missing here is a new word in this table, not code elsewhere.
_NAMES: Final = (
    (
        Mark.FURNITURE,
        _words(
            r"""
            \w*related\w* recirc\w* \w*newsletters? promo(?:s|tions?|tional|ted|box)? shar(?:e|ing)
            share(?:bar|tools|buttons|links?|this|daddy|\w*) socials?
            social(?:ite|bar|links?|icons?)
            \w*outbrain\w* \w*taboola\w* adverts? advertise\w* ads?
            ad(?:slot|unit|wrap\w*|container|box|sense|thrive) sponsor\w* zergnet\w*
            revcontent\w* trc
            most_(?:popular|read|viewed|shared|recent) popular trending most mostpopular trc_\w+
            read_(?:more|next|also|on) also_read readmore
            more_(?:on|from|stories|news|links|articles|in)
            subscri(?:be|ption)\w* sign_?up\w* breadcrumbs? recommend\w* side_?bar
            right_(?:col|column) side_rail cookies? consent gdpr onetrust
            tune_?in cta donat\w* pagination pager up_next see_also toolbar jwplayer jw cnx\w*
            primis\w*
            video_(?:player|js|container|wrapper) featured_video recaptcha modal popup pop_up
            overlay
            back_?to_?top print_only printfriendly affiliate_disclaimer jump_?to of_contents
            inline_(?:links?|story|article) linkstack\w* link_stack teasers? editors?_picks?
            latest (?:next|prev(?:ious)?)_(?:article|post|story) post_navigation app_promo\w*
            download_(?:our_)?app follow follow_us menu nav navbar navigation
            product_(?:card|box|price|info) (?:og|current|sale|old|list|regular)_price prices?
            btn button
            button_text blogroll tooltip login paywall_(?:prompt|message) regwall skip masthead
            site_(?:header|footer) footer injected story_?package also_(?:like|on) contentads? dfp
            google_ad\w* adsense gpt poll quiz widget banner apester
            marketing_unit journey_inline hawk_\w+ (?:vid|video)_carousel more_about
            slideshow_preview where_to_buy affiliate_(?:offers?|links?|box|widget)
            product_(?:embed|offers?|widget) shop(?:ping)?_(?:card|box|widget)
            """
        ),
    ),
    (
        Mark.COMMENTS,
        _words(
            r"""
            \w*comments? commenting comment_?(?:list|section|thread|body)s? disqus\w* respond
            replies discussions? livefyre\w* openweb\w* spot_?im coral
            """
        ),
    ),
    (Mark.LISTING, _words(r"display_card (?:article|story|post|news|media)?_?cards?")),
    (
        Mark.HIDDEN,
        _words(
            r"hidden_content is_hidden hide d_none display_none sr_only screen_?reader "
            r"visually_?hidden"
        ),
    ),
    (
        Mark.CAPTION,
        _words(
            r"""
            \w*captions? caption\w* cutline legend img_?desc\w*
            (?:image|photo|media|picture|figure)_(?:desc\w*|text|legend|info|span)
            """
        ),
    ),
    (
        Mark.CREDIT,
        _words(
            r"""
            \w*credits? credit_?(?:line|text) copyright\w* photographers? agency rights_?holder
            provider
            (?:image|photo|media|picture|figure|img)_(?:source|owner|by|byline|attribution|agency)
            (?:image|photo|media|picture|figure|img)_(?:rights|author|copyright)
            caption_(?:source|owner|author|attribution)
            """
        ),
    ),
    (
        Mark.DEK,
        _words(
            r"""
            \w*dek \w*deck sub_?titles? sub_?head\w* stand_?first strap_?lines? excerpt lede?
            intro\w*
            (?:post|article|entry|heading|story)_(?:excerpt|summary|description|intro|lead|lede)
            lead_?text lead_in chapeau tag_?line sell abstract preface summary description
            lead ingress preamble entradilla bajada sumario sommario chapo vorspann linha_?fina
            """
        ),
    ),
    (
        Mark.KICKER,
        _words(
            r"""
            kicker \w*brow overline rubric (?:super|pre|over)_?title
            dachzeile antetitulo volanta occhiello
            (?:article|story|post|headline)_label
            """
        ),
    ),
    (
        Mark.KEY_POINTS,
        _words(
            r"""
            key_?(?:points?|takeaways?|facts?|highlights?) \w*take_?aways? a_glance tl_?dr
            highlights?
            summary_(?:list|bullets?|box) (?:article|story|post|ai)_(?:summary|highlights?|bullets?)
            quick_(?:read|facts|look) bullets? nutshell to_know
            """
        ),
    ),
    (
        Mark.BYLINE,
        _words(
            r"\w*bylines? by_line contributors? authors? (?:article|post|entry|story)_meta "
            r"written_by"
        ),
    ),
    (Mark.AUTHOR, _words(r"\w*authors?\w* writers? contributors? bylines?")),
    (
        Mark.BIO,
        _words(
            r"""
            \w*bio(?:graphy)?s? (?:about|the)_(?:author|writer) authorbio\w* author_excerpt
            (?:author|writer|contributor)_(?:desc\w*|excerpt|about|info|text)
            """
        ),
    ),
    (
        Mark.TAGS,
        _words(
            r"""
            tags? (?:article|post|entry|story)_(?:tags?|topics?|keywords?) topics? keywords
            tag_(?:list|cloud|links) filed_under
            """
        ),
    ),
    (
        Mark.TIMESTAMP,
        _words(
            r"""
            time_?stamps? pub_?date dateline date date_?time updated? time
            (?:publish|published|posted|publication|article)_(?:date|time|on|at)
            (?:post|entry|display|story)_(?:date|time|on|at)
            """
        ),
    ),
    (Mark.PULL_QUOTE, _words(r"pull_?quotes? pulled_quote quote_(?:pull|box)")),
    (
        Mark.EMBED,
        _words(
            r"""
            twitter instagram tiktok reddit facebook fb_post bluesky threads embed(?:ded)? \w*embed
            youtube
            """
        ),
    ),
    (
        Mark.DISCLAIMER,
        _words(
            r"disclaimers? disclosure editors?_note affiliate spoilers? sourcing custom_note note "
            r"(?:article|post|story)_notice"
        ),
    ),
    (
        Mark.PICTURE,
        _words(
            r"""
            (?:lede?|lead|hero|featured?|main|inline|body|article|post|story|content)_(?:image|img|photo|picture|media|art)
            (?:image|img|photo|picture|figure)_(?:block|box|wrap\w*|container|embed|module|holder)
            """
        ),
    ),
    (Mark.CALLOUT, _words(r"callouts?")),
    (Mark.GALLERY, _words(r"\w*galler(?:y|ies)\w* slides? slideshow\w* carousel listicle")),
)
_VOCABULARY: Final = tuple((mark, re.compile("|".join(names))) for mark, names in _NAMES)
_ONE: Final = re.compile("|".join(each for _, names in _NAMES for each in names))
"""Whatever one word can be."""
_TWO: Final = re.compile("|".join(each for _, names in _NAMES for each in names if " " in each))
"""Whatever two can be."""
_FIRST_OF_TWO: Final = re.compile(
    "|".join(each.partition(" ")[0] for _, names in _NAMES for each in names if " " in each)
)
_WORD: Final = re.compile(r"[A-Z]+[a-z]*|[a-z]+")
_ATTRIBUTES: Final = frozenset(
    {"class", "id", "itemprop", "role", "aria-label", DECLARED}
    | {"data-testid", "data-test-id", "data-qa", "data-component", "data-gu-name"}
)
# Elementor calls everything a widget, Ghost every box of a story a card.
_BUILDERS: Final = re.compile(
    r"\belementor-widget\b|\bkg-(?:(callout|toggle|gallery|image|embed|video|audio)-)?card\b"
)
_NOT_SHOWN: Final = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_LONGEST_NAME: Final = 400
_MOST_WORDS_OF_AN_ID: Final = 4
"""A longer id is a sentence made into an anchor."""


def marks_of(node: Node) -> int:
    """Return what an element's names say it is."""
    marks = Mark.NONE
    for attribute, value in node.items():
        if attribute in _ATTRIBUTES:
            marks |= _marks_in(value[:_LONGEST_NAME], attribute == "id")
        elif attribute == "hidden" or (attribute == "style" and _NOT_SHOWN.search(str(value))):
            marks |= Mark.HIDDEN
    return marks


@lru_cache(maxsize=20_000)
def _marks_in(name: str, is_id: bool) -> int:  # noqa: FBT001 - the cache keys by position
    """Return the marks that one attribute's words carry."""
    if "elementor-widget" in name or "kg-" in name:
        name = _BUILDERS.sub(r"\1", name)
    words = _WORD.findall(name)
    if is_id and len(words) > _MOST_WORDS_OF_AN_ID:
        return Mark.NONE
    found = Mark.NONE
    opening = ""
    for word in words:
        marks, opens = _marks_of_word(word)
        found |= marks
        if opening:
            found |= _marks_of(f"{opening} {word}".lower(), _TWO)
        opening = word if opens else ""
    return found


@lru_cache(maxsize=100_000)
def _marks_of_word(word: str) -> tuple[int, bool]:
    """Return the marks of a word, and whether it may be the first of two that say something.

    All pages draw on the same few thousand words.
    """
    word = word.lower()
    return _marks_of(word, _ONE), _FIRST_OF_TWO.fullmatch(word) is not None


def _marks_of(phrase: str, known: re.Pattern[str]) -> int:
    """Return the marks of a word or of two, where they are `known` to have any."""
    found = Mark.NONE
    if known.fullmatch(phrase) is None:  # 99 of a hundred
        return found
    for mark, pattern in _VOCABULARY:
        if pattern.fullmatch(phrase):
            found |= mark
    return found

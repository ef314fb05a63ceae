"""What an address looks like: the evidence that a link leads to an article, before it is fetched.

A site without feed and sitemap is found by its front page alone, and of a front page's links only
a part are articles. A wrong yes costs a request, a wrong no an article: the tables lean to yes.
"""

import re
from typing import Final
from urllib.parse import unquote, urlsplit

# Never an article, whatever else the address shows. Closed: a word here must mean the same on
# every site, and stand for a whole segment of the path.
_NEVER_SEGMENT: Final = re.compile(
    r"(?:tags?|categor(?:y|ies|ia|ie)|topics?|authors?|contributors?|search|archives?|amp"
    r"|(?:log|sign)-?(?:in|out|up)|register|registration|accounts?|my-account|profiles?|users?"
    r"|cart|checkout|subscri(?:be|ption|ptions)|newsletters?|comments?|feeds?|rss|sitemaps?"
    r"|wp-(?:admin|content|includes|json|login\.php)|cdn-cgi|xmlrpc\.php"
    r"|about(?:-us)?|contact(?:-us)?|advertis(?:e|ing)(?:-with-us)?|careers|jobs|faqs?|help"
    r"|staff|masthead|legal|imprint|impressum|datenschutz"
    r"|accessibility(?:-.*)?|(?:privacy|cookies?)(?:-.*)?|do-not-sell.*|terms(?:-(?:of|and|&)-.*)?"
    r"|your-(?:ad|privacy|california)-.*|(?:california|ccpa|gdpr)-.*|editorial-.*|corrections-.*)",
    re.IGNORECASE,
)
_PAGE_OF_LISTING: Final = re.compile(r"/page/\d+/?\Z", re.IGNORECASE)
_NEVER_PARAMETER: Final = re.compile(
    r"(?:\A|&)(?:s|q|query|search|page|paged|sort|orderby|filter|replytocom|share|redirect_to)=",
    re.IGNORECASE,
)
_STATIC: Final = re.compile(
    r"\.(?:avif|bmp|css|csv|docx?|eot|epub|exe|gif|gz|ico|jpe?g|js|json|m3u8|m4[av]|mov|mp[34]|ogg"
    r"|pdf|png|pptx?|rss|svg|tar|tiff?|ttf|txt|wav|web[mp]|woff2?|xlsx?|xml|zip)\Z",
    re.IGNORECASE,
)

# Signs of an article besides the words of its slug. None of them looks back further than a few
# characters: a path may be two thousand long, and a page may link to ten thousand.
_DATED: Final = re.compile(
    r"/(?:19|20)\d\d[/-](?:\d{1,2}|jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)(?=[/-])"
    r"(?:[/-][0-3]?\d(?!\d))?(?=[^a-z]{0,3}\d{0,9}[^a-z]{0,3}[^\W\d]{2})",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d{4}")  # a year is no number
_ARTICLE_WORD: Final = re.compile(
    r"/(?:articles?|story|stories|posts?|entry|reviews?|interviews?|p|g)/", re.IGNORECASE
)
_ARTICLE_ID: Final = re.compile(
    r"/(?:(?:articles?|story|stories|posts?|entry|videos?)/[^/]{0,40}\d[^/]{4}|article\d{5})",
    re.IGNORECASE,
)
_DOCUMENT: Final = re.compile(r"\.(?:[sx]?html?|php|aspx?|ece)\Z", re.IGNORECASE)

# What a slug of so many words is worth together with a sign; the best row counts, and two points
# are an article's address. A new shape of address is a new row.
_WORTH: Final = (
    (2, 4, None),  # /four-words-are-enough
    (2, 1, _DATED),  # /2026/05/18/title, /news/2026-05-18-title
    (2, 2, _NUMBERED),  # /two-words-12345, /12345/two-words
    (2, 2, _ARTICLE_WORD),  # /story/two-words
    (2, 2, _DOCUMENT),  # /two-words.html
    (2, 0, _ARTICLE_ID),  # /article/8f31c0
    (1, 2, None),  # /two-words
)
_ENOUGH: Final = 2
# A link's own text of this many words is a headline rather than a section's name.
_HEADLINE_WORDS: Final = 4

_UUID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_BETWEEN_WORDS: Final = re.compile(r"[\W_]+")
# Behind the slug there may be a number, a part or `index.html`; before it are sections.
_SLUG_SEGMENTS: Final = 3


def looks_like_article(url: str, text: str = "") -> bool:
    """Whether an address, with the text that links to it, has the shape of an article's."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    segments = [segment for segment in path.split("/") if segment]
    if _is_never_article(path, segments, parts.query):
        return False
    words = max((_slug_words(segment) for segment in segments[-_SLUG_SEGMENTS:]), default=0)
    points = (
        points
        for points, fewest, sign in _WORTH
        if words >= fewest and (sign is None or sign.search(path))
    )
    best = max(points, default=0)
    return best > 0 and best + (len(text.split()) >= _HEADLINE_WORDS) >= _ENOUGH


def _is_never_article(path: str, segments: list[str], query: str) -> bool:
    return bool(
        any(_NEVER_SEGMENT.fullmatch(segment) for segment in segments)
        or _PAGE_OF_LISTING.search(path)
        or _STATIC.search(path)
        or _NEVER_PARAMETER.search(query)
    )


def _slug_words(segment: str) -> int:
    """Return how many words with a letter a segment of a path has."""
    words = _BETWEEN_WORDS.split(_UUID.sub("", _DOCUMENT.sub("", segment)))
    return sum(1 for word in words if word and not word.isdigit())

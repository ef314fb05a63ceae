"""What kind of page it is: an article, or one of the things that are served in its place."""

import re
from dataclasses import dataclass
from typing import Final

from archive.article import PageKind
from crawler.extract.claims import Claims

# Tried in order on title and headline of a page with little text.
_TITLES: Final = tuple(
    (kind, re.compile(form, re.IGNORECASE | re.VERBOSE))
    for kind, form in (
        (
            PageKind.CAPTCHA,
            r"""just\sa\smoment|attention\srequired|are\syou\s(?:a\s)?(?:robot|human)
            |verify\s(?:that\s)?you\sare\s(?:a\s)?human|security\scheck|robot\scheck
            |access\s(?:to\sthis\spage\s)?(?:has\sbeen\s)?denied|pardon\sour\sinterruption
            |ddos.guard|please\sverify""",
        ),
        (
            PageKind.CONSENT,
            r"""before\syou\scontinue|we\s(?:value|care\sabout)\syour\sprivacy|privacy\sgate
            |your\sprivacy\s(?:choices|matters)|cookie\s(?:consent|preferences|notice)
            |gdpr\sconsent|is\spart\sof\sthe\s.{0,40}family\sof\sbrands
            |(?:mit|ohne)\swerbung\b|zustimmung\b|avant\sde\scontinuer|continuer\ssans\saccepter
            |antes\sde\scontinuar|prima\sdi\scontinuare""",
        ),
        (
            PageKind.ERROR,
            r"""^\W*(?:40[34]|410|50[0-4])\b|not\sfound\b|^\W*error\W*$|service\sunavailable|oops
            |page\s(?:cannot\sbe|can['’]t\sbe|could\s?n[o'’]t\sbe)\sfound|something\swent\swrong
            |(?:down\sfor|under)\smaintenance|unavailable\sdue\sto\slegal
            |(?:page|content|article)\s(?:is\s)?(?:no\slonger\s|un|not\s)available
            |nicht\sgefunden|introuvable|no\s(?:fue\s)?encontrad[ao]|não\s(?:foi\s)?encontrad[ao]
            |non\strovat[ao]|niet\sgevonden|見つかりません|찾을\s수\s없""",
        ),
    )
)
_FEWEST_TEASERS: Final = 5
_ARTICLE_WORDS: Final = 40
_STUB_WORDS: Final = 60
_FIRST_ERROR: Final = 400
_ENOUGH_SIGNS: Final = 2
_FEW_PARAGRAPHS: Final = 3
_LISTING_SHARE: Final = 0.4
_GALLERY_IMAGES: Final = 6
_CAPTION_WORDS: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of a page when its kind is decided."""

    status: int
    title: str
    """Document title and headline, whichever the page has."""
    words: int
    paragraphs: int
    """Paragraphs of prose, of a handful of words or more."""
    in_article: bool
    """Whether the body stands in an element that says it is an article."""
    linked_share: float
    """Share of the readable text that is links."""
    linked_headings: int
    """Headings of the body that are links, when most of them are: titles of other pages."""
    has_byline: bool
    is_dated: bool
    images: int


def page_kind(evidence: Evidence, claims: Claims) -> PageKind:
    """Return what a page is; a page that gives no sign of a story is a section or `other`."""
    if evidence.status >= _FIRST_ERROR:
        return PageKind.ERROR
    is_listing = _is_listing(evidence, claims)
    if (titled := _titled(evidence, is_listing=is_listing)) or is_listing:
        return titled or PageKind.SECTION
    if claims.is_live and evidence.words:
        return PageKind.LIVE_BLOG
    is_video = (claims.first("og:type") or "").startswith("video") and not claims.is_article
    if is_video and evidence.words < 4 * _STUB_WORDS:
        return PageKind.VIDEO
    if evidence.words < _STUB_WORDS and (stub := _stub(claims)):
        return stub
    return _story(evidence, claims) or _without_story(evidence, claims)


def _is_listing(evidence: Evidence, claims: Claims) -> bool:
    """Whether a page is a row of teasers, and nothing says that it is one article."""
    is_told = claims.is_article or (evidence.has_byline and evidence.is_dated)
    return evidence.linked_headings >= _FEWEST_TEASERS and not is_told


def _titled(evidence: Evidence, *, is_listing: bool) -> PageKind | None:
    """Return what a page with little text of its own is by its title alone."""
    if evidence.words >= 4 * _STUB_WORDS and not is_listing:
        return None
    return next((kind for kind, form in _TITLES if form.search(evidence.title)), None)


def _story(evidence: Evidence, claims: Claims) -> PageKind | None:
    """Return which kind of story a page tells, or None when it tells none."""
    if not _is_story(evidence, claims):
        return None
    if claims.types & {"ImageGallery", "MediaGallery"} or _is_mostly_images(evidence):
        return PageKind.GALLERY
    return PageKind.ARTICLE


def _stub(claims: Claims) -> PageKind | None:
    """Return what a page with next to no text says it is: the way to an article, or a video."""
    if claims.is_article:
        return PageKind.PAYWALL if claims.is_paywalled else None
    return PageKind.VIDEO if _has_video(claims) else None


def _has_video(claims: Claims) -> bool:
    is_told = (claims.first("og:type") or "").startswith("video")
    return is_told or "VideoObject" in claims.types


def _is_story(evidence: Evidence, claims: Claims) -> bool:
    """Whether there is prose, and something that says it is one article."""
    if evidence.paragraphs == 0 and evidence.words < _ARTICLE_WORDS:
        return False
    signs = 2 * claims.is_article + evidence.has_byline + evidence.is_dated + evidence.in_article
    if signs >= _ENOUGH_SIGNS:
        return True
    if signs and evidence.paragraphs >= _FEW_PARAGRAPHS:
        return True
    if evidence.in_article and evidence.words >= 2 * _ARTICLE_WORDS:
        return True
    return evidence.words >= _ARTICLE_WORDS and evidence.paragraphs >= _FEW_PARAGRAPHS - signs


def _is_mostly_images(evidence: Evidence) -> bool:
    """Whether the story is told by pictures, with no more than a caption's words to each."""
    return evidence.images >= _GALLERY_IMAGES and evidence.words < _CAPTION_WORDS * evidence.images


def _without_story(evidence: Evidence, claims: Claims) -> PageKind:
    """Return what a page without a story is."""
    if claims.is_paywalled and claims.is_article:
        return PageKind.PAYWALL
    if _has_video(claims):
        return PageKind.VIDEO
    if evidence.linked_share > _LISTING_SHARE or claims.types & {
        "CollectionPage",
        "ItemList",
        "SearchResultsPage",
    }:
        return PageKind.SECTION
    return PageKind.OTHER

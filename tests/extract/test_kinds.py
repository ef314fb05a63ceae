"""What kind of page it is."""

import pytest

from archive.article import PageKind
from crawler.extract.page import SourcePage
from crawler.extract.reading import read_page

LONG = "<p>The footbridge at Ambleford was built to sway, and it did so for years.</p>" * 8
TEASERS = "".join(
    f'<li><a href="/{n}">A teaser for story number {n} of the day</a></li>' for n in range(40)
)
CARDS = "".join(
    f'<article><h3><a href="/{n}">A teaser for story number {n}</a></h3><p>It says a sentence of '
    f"the story, and of the village in which story number {n} is set.</p></article>"
    for n in range(30)
)
LD = (
    '<script type="application/ld+json">'
    '{"@type":"%s","headline":"Veil","datePublished":"2031-06-14T08:30:00Z"}</script>'
)
PAGES = {
    "article": (f"<h1>Veil</h1><article>{LONG}</article>", PageKind.ARTICLE),
    "chinese": (
        LD % "NewsArticle" + "<article><h1>纱</h1>" + "<p>据说桥在风里又唱起歌来了很久。</p>" * 6,
        PageKind.ARTICLE,
    ),
    "thai": (
        LD % "NewsArticle"
        + "<article><h1>ผ้า</h1>"
        + "<p>พวกเขาบอกว่าสะพานร้องเพลงอีกครั้งในสายลมยามเย็นของเมือง</p>" * 8,
        PageKind.ARTICLE,
    ),
    "short_article": (
        LD % "NewsArticle"
        + "<article><h1>Veil</h1>"
        + "<p>The bridge hums again, they say.</p>" * 3,
        PageKind.ARTICLE,
    ),
    "live_blog": (
        LD % "LiveBlogPosting" + f"<h1>Veil</h1><article>{LONG}</article>",
        PageKind.LIVE_BLOG,
    ),
    "gallery": (LD % "ImageGallery" + f"<h1>Veil</h1><article>{LONG}</article>", PageKind.GALLERY),
    "tag_page": ("<h1>Tag</h1><p>Stories with this tag.</p>", PageKind.OTHER),
    "front_page": (f"<h1>The Courier</h1><ul>{TEASERS}</ul>", PageKind.SECTION),
    "teasers_with_sentences": (f"<h1>TV</h1><main>{CARDS}</main>", PageKind.SECTION),
    "soft_404_with_teasers": (f"<h1>Page not found</h1><main>{CARDS}</main>", PageKind.ERROR),
    "maintenance": ("<title>Down for maintenance</title><p>Back soon.</p>", PageKind.ERROR),
    "soft_404": ("<title>Page not found</title><h1>Oops</h1><p>It is gone.</p>", PageKind.ERROR),
    "soft_404_abroad": ("<title>Página no encontrada</title><p>No está.</p>", PageKind.ERROR),
    "consent_abroad": ("<h1>Der Kurier mit Werbung</h1><p>Lesen Sie.</p>", PageKind.CONSENT),
    "captcha": ("<title>Just a moment...</title><p>Checking your browser.</p>", PageKind.CAPTCHA),
    "consent": ("<title>Before you continue</title><p>We use cookies.</p>", PageKind.CONSENT),
    "video": ('<meta property="og:type" content="video.other"><h1>Veil</h1>', PageKind.VIDEO),
    "video_with_controls": (
        '<meta property="og:type" content="video.other"><h1>Veil</h1><p>By Ida Marsh</p>'
        "<p>If playback does not begin shortly, try to start the bridge again.</p>" * 4,
        PageKind.VIDEO,
    ),
    "paywall_stub": (
        (LD % "NewsArticle").replace('"headline"', '"isAccessibleForFree":"False","headline"'),
        PageKind.PAYWALL,
    ),
    "empty": ("", PageKind.OTHER),
}


def source(markup: str, status: int = 200) -> SourcePage:
    return SourcePage(url="https://x.example/a", body=markup.encode(), status=status)


@pytest.mark.parametrize(("markup", "kind"), PAGES.values(), ids=PAGES)
def test_kind(markup: str, kind: PageKind) -> None:
    assert read_page(source(markup)).kind is kind


@pytest.mark.parametrize(("markup", "kind"), PAGES.values(), ids=PAGES)
def test_only_article_kinds_carry_an_article_and_others_a_reason(
    markup: str, kind: PageKind
) -> None:
    reading = read_page(source(markup))

    assert (reading.article is not None) == kind.is_article
    assert reading.reason == (None if kind.is_article else kind.value)


def test_error_status_is_an_error_however_the_page_looks() -> None:
    assert read_page(source(PAGES["article"][0], status=404)).kind is PageKind.ERROR


def test_article_about_errors_is_an_article() -> None:
    markup = f"<title>Page not found: a history</title><h1>Page Not Found</h1>{LONG * 4}"

    assert read_page(source(markup)).kind is PageKind.ARTICLE

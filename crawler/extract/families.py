"""How pages read at publishers whose many sites share one template.

Such a publisher redesigns all its sites together, so what is learnt of one of them holds for the
others. A site that departs from its family says in which fields: `replace(PENSKE, dek=None)`.
"""

from typing import Final

from crawler.extract.rules import Rules

PENSKE: Final = Rules(
    headline="h1.article-title",
    dek=".article-excerpt",
    body="div.pmc-paywall",
    figure="figure.o-figure",
    credit="figcaption.c-figcaption cite",
    quote="blockquote.pullquote",
    tags="div.article-tags a.c-link",
    furniture=(
        "div.admz",
        "section.cxense-widget",
        "section.recirculation-modules",
        "section.brands-most-popular",
        "div.injected-related-story",
        ".related-stories",
        ".trending-in-article",
        "div.article-tags",
        ".o-comments-link",
        "div.social-share",
        "section.newsletter",
        "section.author-details",
    ),
)
"""WordPress with the Larva components of Penske Media; the credit is a cite element."""

VALNET: Final = Rules(
    headline="h1.heading_title",
    dek="p.heading_excerpt",
    key_points=".emaki-custom-key-points li",
    body="section#article-body",
    figure="div.heading_image, div.body-img",
    caption="figcaption.item-img-caption, figcaption.body-img-caption",
    byline="div.heading_meta a.author",
    furniture=(
        ".emaki-custom-key-points .title",
        "div.display-card",
        "div.gallery-lightbox",
        "div.ad-zone",
        "div.article-jumplink",
    ),
)
"""Valnet's own template; the first h1 is the site's name, and a card leads to another article."""

CONDE: Final = Rules(
    headline="h1[data-testid=ContentHeaderHed]",
    kicker="header .rubric__name",
    dek="[class*=ContentHeaderDek]",
    body="div.body__inner-container",
    figure="header figure, figure.asset-embed, div[class^=MixedMediaCarouselItem-]",
    caption=".caption__text, [class*=CaptionText], [class*=CarouselTextDek]",
    credit=".caption__credit, [class*=CaptionCredit], [class*=CarouselTextCaption]",
    byline="header a.byline__name-link",
    author_bio="[class*=ContributorBioBio]",
    furniture=(
        "div.ad",
        "div.linkstack",
        "div.consumer-marketing-unit",
        "div.inline-recirc-wrapper",
        "div.product-embed",
        "[data-testid=NewsletterSubscribeFormWrapper]",
    ),
)
"""Condé Nast's Verso; only the first word of a class name outlives a build of the site."""

FUTURE: Final = Rules(
    headline="article header h1",
    dek="p.strapline, h1.review-title-medium + h2",
    body="div#article-body",
    figure="div.hero-image-wrapper, div.center-cropped[itemprop=image], figure.van-image-figure",
    caption="figcaption span.caption-text",
    credit="figcaption span.credit",
    byline="div.author-byline__authors a.author-byline__link",
    author_bio="div.author__biography",
    furniture=(
        "aside.hawk-nest",
        "div.ad-unit",
        "div.fancy-box",
        "div.van_vid_carousel",
        "div.verdict",
        "div.how-we-test",
        "div.newsletter-form__wrapper",
        "div.more-about-container",
        "div.related-articles-block",
    ),
)
"""Future's Vanilla; credits in brackets, contributors beside the authors, bio below the body."""

HEARST: Final = Rules(
    headline="main h1",
    dek="main header h1 ~ div > p",
    body="div[data-journey-body]",
    figure="div.content-lead, div.embed[class*=size-]",
    caption="div.embed[class*=size-] > div > div > div, div.embed h6 + div > p",
    credit="div.content-lead figcaption, header figcaption, div.embed figcaption",
    byline="main header address a",
    author_card="div[data-journey-body] > div[data-journey-blur]",
    author_bio="div[data-journey-body] > div[data-journey-blur] p",
    furniture=(
        "div.ad-container",
        "div.content-header-actions",
        "div#journey-inline",
        "a.body-btn-link",
    ),
)
"""Hearst's own template; class names change with every build, so places count more."""

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

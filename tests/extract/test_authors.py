"""Who wrote it, and what the page says of them."""

from collections.abc import Callable

import pytest

from archive.article import Article, Author

META = '<meta property="og:type" content="article">'
LD = (
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"x","author":%s}</script>'
)
CLAIMED = {
    "person": ('{"@type":"Person","name":"Ida Marsh"}', ["Ida Marsh"]),
    "text": ('"Ida Marsh"', ["Ida Marsh"]),
    "list": ('[{"name":"Ida Marsh"},{"name":"Pim Salter"}]', ["Ida Marsh", "Pim Salter"]),
    "joined": ('{"name":"Ida Marsh and Pim Salter"}', ["Ida Marsh", "Pim Salter"]),
    "by_in_the_name": ('{"name":"By Ida Marsh"}', ["Ida Marsh"]),
}
SHOWN = {
    "author_link": '<div><a href="/author/ida-marsh">Ida Marsh</a> in Bridges</div>',
    "rel_author": '<p><a rel="author" href="/x1">Ida Marsh</a></p>',
    "by_line": '<p class="byline">By Ida Marsh</p>',
    "by_at_the_end": "<div>posted on 2031-06-14 08:30 by Ida Marsh</div>",
    "name_in_a_byline": '<div class="author-name">Ida Marsh</div>',
    "heading": "<h4>By Ida Marsh</h4>",
    "glued": '<p class="byline">ByIda Marsh</p>',
    "before_the_date": "<div>Ida Marsh</div><div>June 14, 2031</div>",
    "microdata": (
        '<div itemprop="author" itemscope><i>A portrait</i><b itemprop="name">Ida Marsh</b></div>'
    ),
    "by_alone": '<div class="byline"><div>by</div><address>Ida Marsh</address></div>',
    "link_named_for_authors": '<div><a class="article-author" href="/u/9">Ida Marsh</a></div>',
    "beside_the_date": "<div>Ida Marsh, Published 06/14/2031</div>",
}


@pytest.mark.parametrize(("author", "names"), CLAIMED.values(), ids=CLAIMED)
def test_metadata_names_the_authors(
    article_of: Callable[..., Article], author: str, names: list[str]
) -> None:
    authors = article_of(head=META + LD % author).authors

    assert [author.name for author in authors] == names


@pytest.mark.parametrize("above", SHOWN.values(), ids=SHOWN)
def test_byline_is_read_where_metadata_is_silent(
    article_of: Callable[..., Article], above: str
) -> None:
    assert [author.name for author in article_of(above=above).authors] == ["Ida Marsh"]


NAMED_IN_META = {
    "author": ('<meta name="author" content="Ida Marsh">', ["Ida Marsh"]),
    "value": ('<meta name="author" value="Ida Marsh">', ["Ida Marsh"]),
    "preview": (
        (
            '<meta name="twitter:label1" content="Written by">'
            '<meta name="twitter:data1" content="Ida Marsh">'
        ),
        ["Ida Marsh"],
    ),
    "preview_of_something_else": (
        (
            '<meta name="twitter:label1" content="Reading time">'
            '<meta name="twitter:data1" content="Nine Minutes">'
        ),
        [],
    ),
    "person_before_publication": (
        (
            '<meta property="og:site_name" content="The Courier">'
            '<meta property="article:author" content="The Courier">'
            '<meta name="author" content="Ida Marsh">'
        ),
        ["Ida Marsh"],
    ),
}


@pytest.mark.parametrize(("head", "names"), NAMED_IN_META.values(), ids=NAMED_IN_META)
def test_meta_elements_name_the_authors(
    article_of: Callable[..., Article], head: str, names: list[str]
) -> None:
    assert [author.name for author in article_of(head=META + head).authors] == names


def test_tag_beside_the_date_is_no_byline(article_of: Callable[..., Article]) -> None:
    tags = '<ul class="tags"><li>Ambleford Weir</li></ul><div>June 14, 2031</div>'

    assert article_of(head=META, above=tags).authors == ()


def test_link_in_the_story_is_no_byline(article_of: Callable[..., Article], prose: str) -> None:
    told = (
        '<p>The weir is kept by <a href="/people/pim-salter">Pim Salter</a>, who has kept it dry '
        "for as long as anybody remembers.</p>"
    )

    assert article_of(told + prose, head=META).authors == ()


def test_introduction_in_an_author_box_is_a_bio(article_of: Callable[..., Article]) -> None:
    card = (
        '<div class="sidebar-author"><a href="/author/ida">Ida Marsh</a> is a reporter who covers '
        "bridges, weirs and the law between them.</div>"
    )

    (author,) = article_of(head=META + LD % '"Ida Marsh"', below=card).authors

    assert (author.bio or "").startswith("Ida Marsh is a reporter")


def test_byline_outranks_an_organisation(article_of: Callable[..., Article]) -> None:
    head = META + LD % '{"@type":"Organization","name":"The Courier"}'

    authors = article_of(head=head, above='<p class="byline">By Ida Marsh</p>').authors

    assert [author.name for author in authors] == ["Ida Marsh"]


def test_address_in_an_author_field_is_no_name(article_of: Callable[..., Article]) -> None:
    head = META + '<meta name="author" content="https://www.courier.example/ida">'

    assert article_of(head=head).authors == ()


def test_card_gives_bio_count_and_page(article_of: Callable[..., Article]) -> None:
    card = (
        '<div class="post-author-box"><p>Written by <a href="/author/ida">Ida Marsh</a></p>'
        "<p>Articles Published: 1,508</p>"
        '<div class="bio">Ida writes about bridges and the winds that play on them.</div></div>'
    )

    authors = article_of(head=META + LD % '"Ida Marsh"', below=card).authors

    assert authors == (
        Author(
            name="Ida Marsh",
            url="https://courier.example/author/ida",
            bio="Ida writes about bridges and the winds that play on them.",
            articles_published=1508,
        ),
    )


def test_each_of_two_authors_gets_the_bio_that_names_them(
    article_of: Callable[..., Article],
) -> None:
    cards = (
        '<div class="author-bio"><p>Pim Salter is a critic of hats and of weather.</p></div>'
        '<div class="author-bio"><p>Ida Marsh is a critic of bridges and ferries.</p></div>'
    )

    authors = article_of(head=META + LD % '["Ida Marsh","Pim Salter"]', below=cards).authors

    assert [author.bio for author in authors] == [
        "Ida Marsh is a critic of bridges and ferries.",
        "Pim Salter is a critic of hats and of weather.",
    ]


LINKED = {
    "named_link": '<div class="by"><a class="author-link" href="/author/ida">Ida Marsh</a></div>',
    "handle": '<div><a href="/@ida.marsh">Ida Marsh</a></div>',
}


@pytest.mark.parametrize("above", LINKED.values(), ids=LINKED)
def test_name_leads_to_the_author_s_page(article_of: Callable[..., Article], above: str) -> None:
    (author,) = article_of(above=above).authors

    assert author.url is not None
    assert author.url.startswith("https://courier.example/")


def test_every_author_of_a_byline_is_read(article_of: Callable[..., Article]) -> None:
    above = (
        '<div class="byline"><span class="byline__by">By</span> <span class="byline__names">'
        '<a class="byline__link" href="/author/ida">Ida Marsh</a> and '
        '<a class="byline__link" href="/author/pim">Pim Salter</a></span></div>'
    )

    assert [author.name for author in article_of(above=above).authors] == [
        "Ida Marsh",
        "Pim Salter",
    ]


def test_byline_completes_the_one_author_of_a_meta_element(
    article_of: Callable[..., Article],
) -> None:
    head = META + '<meta name="author" content="Ida Marsh">'
    above = '<p>By <a href="/author/i">Ida Marsh</a>, <a href="/author/p">Pim Salter</a></p>'

    authors = article_of(head=head, above=above).authors

    assert [author.name for author in authors] == ["Ida Marsh", "Pim Salter"]


def test_portrait_in_the_byline_is_no_picture_of_the_story(
    article_of: Callable[..., Article],
) -> None:
    above = '<div><a href="/author/ida-marsh"><img src="/i.jpg" alt="Ida Marsh"></a></div>'

    assert article_of(above=above).images == ()

"""The site files: each loads, each is one site, and its pattern knows an article."""

import pkgutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import crawler.spiders
from archive.address import crawl_address
from archive.layout import slug
from crawler.registry import known_sites
from crawler.site import Site

FILES = sorted(found.name for found in pkgutil.iter_modules(crawler.spiders.__path__))
STORY = "a-plausible-story-about-a-film"
PAGES = sorted((Path(__file__).parents[1] / "sites").glob("*/*/url.txt"))
SITES = [known_sites().named(name) for name in known_sites().names]


def test_every_file_is_one_site_and_is_called_as_it() -> None:
    assert [site.name for site in SITES] == FILES


@pytest.mark.parametrize("site", SITES, ids=lambda site: str(site.name))
def test_a_site_is_named_as_its_folder_will_be(site: Site) -> None:
    assert slug(site.name) == site.name


@pytest.mark.parametrize("site", SITES, ids=lambda site: str(site.name))
def test_a_site_looks_at_addresses_that_can_be_asked_for(site: Site) -> None:
    addresses = (site.home, *site.sitemaps, *site.feeds)

    assert [crawl_address(address) for address in addresses] == list(addresses)
    assert site.holds(site.home)
    assert site.home.startswith("https://")


@pytest.mark.parametrize(
    "site", [site for site in SITES if site.article_url], ids=lambda site: str(site.name)
)
def test_an_article_s_address_is_no_other_page_s(site: Site) -> None:
    assert site.article_url is not None
    others = (site.home, *site.sitemaps, f"{site.home}?s=film", f"https://other.example/{STORY}/")

    assert [url for url in others if site.article_url.fullmatch(url)] == []


@pytest.mark.parametrize(
    "site", [site for site in SITES if site.article_url], ids=lambda site: str(site.name)
)
def test_the_address_of_a_golden_page_is_an_article_s(site: Site) -> None:
    assert site.article_url is not None
    front = urlsplit(site.home)
    golden = [page.read_text("utf-8").strip() for page in PAGES if page.parts[-3] == site.name]
    articles = [urlsplit(url)._replace(netloc=front.netloc).geturl() for url in golden]

    assert [url for url in articles if not site.article_url.fullmatch(url)] == []

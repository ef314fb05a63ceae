"""A site that needs a browser where none is: one sentence, before anything is asked for."""

import pytest

from archive.errors import ConfigError
from crawler.rendering.browser import require_browser
from crawler.spider import NewsSpider


def test_a_missing_browser_is_named_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(ConfigError, match=r"hearthside .* apt-get install chromium") as told:
        require_browser("hearthside")

    assert told.value.exit_code == 2


def test_a_site_file_says_that_its_pages_need_scripts() -> None:
    class Scripted(NewsSpider):
        name = "scripted"
        home = "https://scripted.example/"
        needs_javascript = True

    class Plain(NewsSpider):
        name = "plain"
        home = "https://plain.example/"

    assert Scripted.site().needs_javascript
    assert not Plain.site().needs_javascript

"""The browser of a run: whether there is one, whose turn it is, and its end."""

import asyncio
import shutil
from collections import defaultdict
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from archive.errors import ConfigError
from crawler.rendering.window import Patience, Serve, Served, UnrenderedError

if TYPE_CHECKING:  # an extra, which is loaded with the first page that needs it
    from crawler.rendering.chromium import Chromium

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def chromium_path() -> str | None:
    """Return where this machine's Chromium is; None without one."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def require_browser(site: str) -> None:
    """Raise ConfigError when a site needs a browser and there is none to be had."""
    missing = []
    if find_spec("playwright") is None:
        missing.append("the extra (in Newsreel's folder, .venv/bin/pip install -e '.[browser]')")
    if chromium_path() is None:
        missing.append("Chromium (Debian, Ubuntu: apt-get install chromium)")
    if missing:
        raise ConfigError(
            f"the pages of {site} are put together by scripts, as its site file says, and what "
            f"runs them is not here: install {' and '.join(missing)}"
        )


class Browser:
    """Gives pages their turn: one of a site at a time, and few at once."""

    def __init__(self, patience: Patience) -> None:
        self.patience = patience
        self._turns = asyncio.Semaphore(patience.at_once)
        self._of_site: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._chromium: Chromium | None = None

    async def document(
        self, url: str, sent: Served, serve: Serve, *, site: str, agent: str
    ) -> bytes:
        """Return the document that a page has become when its scripts have come to rest.

        Raises UnrenderedError when there is none to be had.
        """
        async with self._of_site[site], self._turns:
            return await self._begun().document(url, sent, serve, agent=agent)

    async def close(self) -> None:
        """End the browser, if there is one."""
        if self._chromium is not None:
            await self._chromium.close()
            self._chromium = None

    def _begun(self) -> "Chromium":
        path = chromium_path()
        if path is None or find_spec("playwright") is None:
            raise UnrenderedError("browser_failed", "no browser is installed")
        if self._chromium is None:
            from crawler.rendering.chromium import Chromium  # noqa: PLC0415 - an extra

            self._chromium = Chromium(path, self.patience)
        return self._chromium

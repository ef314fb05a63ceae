"""Chromium, showing documents it is handed; the only place that knows Playwright.

Nothing of it reaches the network. Every request it makes is answered here, or refused; behind that
stands a second fence: its only way out is a proxy at a name that it can resolve no more than any
other. What needs neither name nor proxy (WebRTC) is taken from the page before its first script.
"""

import asyncio
import os
import time
from contextlib import suppress
from typing import Final

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    Request,
    Route,
    async_playwright,
)

from crawler.rendering.window import Asked, Patience, Serve, Served, UnrenderedError

FLAGS: Final = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-gpu",
    "--no-pings",
)
NOWHERE: Final = "http://nowhere.invalid:9"
"""A proxy that cannot be: RFC 6761 keeps the name from ever leading anywhere."""

# What an article can be made by. Films, sound, fonts, frames, beacons and event streams are not.
_SERVED: Final = frozenset({"script", "stylesheet", "xhr", "fetch"})
_WEB: Final = ("http://", "https://")
# One transparent pixel: a script that finds a picture broken would take it out of the page.
_PIXEL: Final = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
# The answer that leaves a page where it is (RFC 9110 section 15.3.5); refusing would end it.
_STAY: Final = Served(status=204, fields=(), body=b"")
# How Chromium tells its console of what it refuses by itself, before anybody is asked.
_LOCAL: Final = "Not allowed to load local resource: "
_BEFORE_SCRIPTS: Final = """
for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"])
  delete window[name];
window.open = () => null;
"""


class Chromium:
    """One browser process, begun with the first page that needs it, and again after a crash."""

    def __init__(self, path: str, patience: Patience) -> None:
        self._path = path
        self._patience = patience
        self._starting = asyncio.Lock()
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    async def document(self, url: str, sent: Served, serve: Serve, *, agent: str) -> bytes:
        """Return the document that a page has become when its scripts have come to rest.

        Raises UnrenderedError when there is none to be had, and whatever `serve` raised.
        """
        patience = self._patience
        window = _Window(url, sent, serve)
        try:
            async with asyncio.timeout(patience.page_s + patience.grace_s):
                browser = await self._begun()
                context = await browser.new_context(
                    user_agent=agent,
                    service_workers="block",
                    accept_downloads=False,
                    reduced_motion="reduce",
                )
                try:
                    text = await window.shown(context, patience.page_s)
                finally:
                    await asyncio.wait_for(_closed(context), patience.grace_s)
        except TimeoutError as error:
            await self._give_up()
            raise UnrenderedError("browser_stuck", "it did not answer in time") from error
        except Error as error:
            raise UnrenderedError("browser_failed", error.message.split("\n")[0]) from error
        for fault in window.faults:
            raise fault
        return text.encode("utf-8", "replace")

    async def close(self) -> None:
        """End the browser, if it was begun."""
        await self._give_up()
        if self._playwright is not None:
            await self._playwright.stop()
            self._playwright = None

    async def _begun(self) -> Browser:
        async with self._starting:
            if self._playwright is None:
                self._playwright = await async_playwright().start()
            if self._browser is None or not self._browser.is_connected():
                self._browser = await self._playwright.chromium.launch(
                    executable_path=self._path,
                    args=FLAGS,
                    proxy={"server": NOWHERE},
                    # As root Chromium starts without its sandbox or not at all.
                    chromium_sandbox=os.geteuid() != 0,
                    handle_sigint=False,
                    handle_sigterm=False,
                    handle_sighup=False,
                )
            return self._browser

    async def _give_up(self) -> None:
        """End the browser, however it feels about that: the next page gets another."""
        browser, self._browser = self._browser, None
        if browser is not None:
            with suppress(Error, TimeoutError):
                await asyncio.wait_for(browser.close(), self._patience.grace_s)


class _Window:
    """One page while it is shown."""

    def __init__(self, url: str, sent: Served, serve: Serve) -> None:
        self._url = url
        self._sent = sent
        self._serve = serve
        self._is_sent = False
        self.faults: list[BaseException] = []
        """What went wrong while the page was given what it asked for."""

    async def shown(self, context: BrowserContext, limit_s: float) -> str:
        """Let the page's scripts run until they rest, or no longer; return the document."""
        await context.add_init_script(_BEFORE_SCRIPTS)
        await context.route("**/*", self._answer)
        await context.route_web_socket("**/*", lambda socket: socket.close())
        page = await context.new_page()
        crash = asyncio.Event()
        page.on("crash", lambda _: crash.set())
        page.on("console", self._hear)
        settling = asyncio.ensure_future(self._settled(page, limit_s))
        crashing = asyncio.ensure_future(crash.wait())
        try:
            await asyncio.wait({settling, crashing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            settling.cancel()
            crashing.cancel()
        if crash.is_set():
            raise UnrenderedError("browser_failed", "the page crashed it")
        return settling.result()

    async def _settled(self, page: Page, limit_s: float) -> str:
        began = time.monotonic()
        # It may be over time, or try to go elsewhere, which it is not let: either way it stands.
        with suppress(Error):
            await page.goto(self._url, wait_until="load", timeout=limit_s * 1000)
        left_s = max(limit_s - (time.monotonic() - began), 0.001)  # 0 is no limit to Playwright
        with suppress(Error):
            await page.wait_for_load_state("networkidle", timeout=left_s * 1000)
        if not page.url.startswith(_WEB):
            raise UnrenderedError("browser_failed", "it did not take the page")
        return await page.content()

    async def _hear(self, message: ConsoleMessage) -> None:
        """Have what the page asked this machine for refused once more, by who notes it."""
        if message.text.startswith(_LOCAL):
            await self._serve(Asked(url=message.text.removeprefix(_LOCAL), kind="local"))

    async def _answer(self, route: Route) -> None:
        served = await self._served(route.request)
        if served is not None:
            fields = dict(served.fields)
            with suppress(Error):
                await route.fulfill(status=served.status, headers=fields, body=served.body)
                return
        with suppress(Error):  # the page is gone, or a field is none that Chromium takes
            await route.abort("blockedbyclient")

    async def _served(self, request: Request) -> Served | None:
        """Return what a request gets; None when it is refused.

        The first navigation gets the page, and no other leads anywhere: not to another page, and
        not into a frame.
        """
        if request.is_navigation_request():
            is_first, self._is_sent = not self._is_sent, True
            return self._sent if is_first else _STAY
        if request.resource_type == "image":
            return Served(status=200, fields=(("Content-Type", "image/gif"),), body=_PIXEL)
        if request.method != "GET" or request.resource_type not in _SERVED:
            return None
        fields = tuple(request.headers.items())
        asked = Asked(url=request.url, kind=request.resource_type, fields=fields)
        serving = asyncio.ensure_future(self._serve(asked))
        await asyncio.wait({serving})
        if (fault := serving.exception()) is not None:
            self.faults.append(fault)
            return None
        return serving.result()


async def _closed(context: BrowserContext) -> None:
    with suppress(Error):
        await context.close()

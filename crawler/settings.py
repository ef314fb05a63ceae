"""Every Scrapy setting Newsreel changes, in the order a page meets them, each with its reason."""

import pipelines
from crawler.discover.requisites import Bounds
from crawler.fetch.politeness import SHORTEST_BACKOFF_S
from crawler.rendering.window import Patience

BOT_NAME = "newsreel"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# What must not be open while strangers' pages are read: both run commands from a socket.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False

# Where requests come from: the frontier decides what is asked, when, and how often again. Scrapy's
# queues lose what is pending on a kill, and pickle it.
SCHEDULER = "crawler.scheduler.FrontierScheduler"
CONCURRENT_REQUESTS = 64  # sites asked at the same time; each gets one request at a time
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 0  # politeness waits before a request is made, and knows why

# An address that failed is asked for once more after this many seconds at the earliest, then after
# twice as many: `--delay 0` is for servers that are ready for it, not for those in trouble.
NEWSREEL_SHORTEST_BACKOFF_S = SHORTEST_BACKOFF_S

# How much of what pages need is asked of a site in one run (`--requisites`).
NEWSREEL_REQUISITES = Bounds()

# How long a page's scripts may run, for sites whose file says `needs_javascript`.
NEWSREEL_RENDERING = Patience()

# What Scrapy would do to a request and its answer, and who does it here: robots.txt the frontier;
# redirects and retries crawler/visit.py, so that each is an address with a fate; decompression
# crawler/page.py, with a limit; cookies nobody: a crawl that logs nobody in needs none.
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
# But for sites whose file asks for them: a jar a site, which lasts as long as the run.
NEWSREEL_COOKIES = {"scrapy.downloadermiddlewares.cookies.CookiesMiddleware": 700}
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}

# How it is fetched: HTTP/1.1 alone, because its bytes are what WARC can hold truthfully; nothing
# but the web, because a link may name any scheme.
DOWNLOAD_HANDLERS = {
    "http": "crawler.fetch.handler.WireCaptureHandler",
    "https": "crawler.fetch.handler.WireCaptureHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_TIMEOUT = 60  # seconds for a whole answer; a page that takes longer is no page
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024  # bytes; the record is kept, marked WARC-Truncated: length
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = True  # half a page is kept as evidence and asked for again

# Certificates are not checked, as in every archival crawler: what a reader's browser would warn of
# is still what the site sent.
DOWNLOAD_VERIFY_CERTIFICATES = False

# Names lead to the public web alone.
TWISTED_DNS_RESOLVER = "crawler.fetch.resolver.GuardedResolver"

# A visit brings one article at most; Scrapy makes as many tasks for every answer as this allows.
CONCURRENT_ITEMS = 1

# What every article goes through before it is a row, in this order.
ITEM_PIPELINES = pipelines.ITEM_PIPELINES

# How much of it may wait to be read at once, in bytes; beyond it no new request is made.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 48 * 1024 * 1024

# Nothing is logged page by page.
LOG_LEVEL = "INFO"
LOG_FORMATTER = "crawler.events.QuietLogFormatter"
LOGSTATS_INTERVAL = 0
STATS_DUMP = False
EXTENSIONS_BASE: dict[str, int] = {}

"""A crawl of a site whose pages need scripts: run with a page's address, a store, and a limit."""

import sys
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import crawler.settings
from crawler.commands.crawl import crawl
from crawler.console import message_console
from crawler.plan import Plan, find_target
from crawler.progress import Progress
from crawler.rendering.window import Patience
from crawler.sites import Sites

if __name__ == "__main__":
    url, store, seconds = sys.argv[1:]
    crawler.settings.NEWSREEL_RENDERING = Patience(page_s=float(seconds), grace_s=5.0)
    target = find_target(url, Sites(()))
    plan = Plan(
        targets=(replace(target, site=replace(target.site, needs_javascript=True)),),
        words=(url,),
        delay_s=0.0,
        allowed_networks=(ip_network("127.0.0.0/8"),),
    )
    summary = crawl(Path(store), plan, Progress(message_console(), is_quiet=True))
    sys.stdout.write(summary.to_json())

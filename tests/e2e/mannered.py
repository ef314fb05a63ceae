"""A crawl of a site whose file asks for cookies: run with its address and a store."""

import sys
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

from crawler.commands.crawl import crawl
from crawler.console import message_console
from crawler.manners import Manners
from crawler.plan import Plan, find_target
from crawler.progress import Progress
from crawler.sites import Sites

if __name__ == "__main__":
    url, store, cookies = sys.argv[1:]
    target = find_target(url, Sites(()))
    site = replace(target.site, manners=Manners(has_cookies=cookies == "cookies"))
    plan = Plan(
        targets=(replace(target, site=site),),
        words=(url,),
        delay_s=0.0,
        allowed_networks=(ip_network("127.0.0.0/8"),),
    )
    summary = crawl(Path(store), plan, Progress(message_console(), is_quiet=True))
    sys.stdout.write(summary.to_json())

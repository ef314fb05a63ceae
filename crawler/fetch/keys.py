"""The keys under which a visit travels with its request, in Scrapy's `Request.meta`."""

from typing import Final

CAPTURE: Final = "newsreel_capture"
"""The future of the capture that a download becomes."""
ADDRESS: Final = "newsreel_address"
"""The journal's Address that is visited."""
VISIT: Final = "newsreel_visit"
"""The frontier's Visit."""
WAIT: Final = "newsreel_wait"
"""politeness.Wait, how long the request was held back and why."""
STARTED_AT: Final = "newsreel_started_at"
"""When the request was sent, UTC."""
FAILURE: Final = "newsreel_failure"
"""Why there is no whole answer."""

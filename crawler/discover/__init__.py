"""Discovery: bytes of robots.txt, sitemaps, feeds and front pages become candidates."""

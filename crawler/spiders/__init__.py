"""One file a site, and nothing else: where to look, how pages read, what is promised."""

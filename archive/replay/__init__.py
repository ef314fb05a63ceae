"""Replay: captures as a browser shows them, scripts off, out of the archive alone.

Two walls keep a page in: `page` and `stylesheet` rewrite every address to one inside the replay,
and `policy` has the browser run nothing and ask nobody else, whatever the rewriting missed.
"""

"""The page of figures, written anew: what was measured stands between markers, prose around it.

A section begins after `<!-- measured: NAME -->` and ends before `<!-- end: NAME -->`. What no run
has measured this time stays as it is, and so does every word outside.
"""

import re
from collections.abc import Mapping


def rewritten(page: str, sections: Mapping[str, str]) -> str:
    """Return the page with these sections; one that the page has no place for is an error."""
    for name, told in sections.items():
        begin, end = f"<!-- measured: {name} -->", f"<!-- end: {name} -->"
        place = re.compile(f"(?<={re.escape(begin)}\n).*?(?={re.escape(end)})", re.DOTALL)
        found = place.findall(page)
        if len(found) != 1:
            raise ValueError(
                f"{begin} and {end} have to stand once in the page; {len(found)} were found"
            )
        page = page.replace(begin + "\n" + found[0], f"{begin}\n\n{told.strip()}\n\n")
    return page

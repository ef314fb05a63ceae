"""Which of a picture's addresses the replay shows: one that the archive has.

A page offers a picture in many sizes and a crawl keeps the best of them, so a browser left to
choose would ask for one that is not there. Pictures that wait for a script to be shown carry their
addresses in attributes of the script's own.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from archive.replay.place import Place

# What the lazy loaders in use call the address that they put into `src`, and into `srcset`.
LATE_SOURCES: Final = ("data-src", "data-lazy-src", "data-original", "data-lazy", "data-orig-src")
LATE_SETS: Final = ("data-srcset", "data-lazy-srcset", "data-original-set")
_SETS: Final = ("srcset", "imagesrcset")
_WAITING: Final = re.compile(r"(?<!\S)lazyload(?:ing)?(?!\S)")
# HTML standard, section 4.8.4.2.1: an address is what has no white space; the commas at its end
# part it from the next, and so does the first comma after a description outside of brackets.
_CANDIDATE: Final = re.compile(
    r"[\t\n\f\r ,]*+(?P<address>[^\t\n\f\r ]++)(?P<description>(?:[^,(]|\([^)]*+(?:\)|\Z))*+)"
)

Attributes = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Pictures:
    """Chooses for the pictures of one document."""

    place: Place
    holds: Callable[[str], bool]

    def shown(self, meant: Attributes) -> Attributes:
        """Return a picture's attributes with what it shows in place, and only what the archive has.

        Sets hold addresses inside the replay then; `src` is still the page's own.
        """
        changed = dict(meant)
        if (late := self._late_source(meant)) is not None:
            changed["src"] = late
        if (late_set := _first(meant, LATE_SETS)) and self._inside(late_set):
            changed["srcset"] = late_set
        for name in _SETS:
            if (offered := changed.pop(name, None)) and (held := self._inside(offered)):
                changed[name] = held
        is_late = any(name in meant for name in (*LATE_SOURCES, *LATE_SETS))
        if is_late and (classes := meant.get("class")):
            # Themes hide what has the one class, and fade in what has the other.
            changed["class"] = _WAITING.sub("lazyloaded", classes)
        return changed

    def shown_late(self, meant: Attributes) -> set[str]:
        """Return the addresses of a picture that waits for a script; empty when it does not."""
        late = {name: meant.get(name) for name in (*LATE_SOURCES, *LATE_SETS)}
        return self.named(late) if any(late.values()) else set()

    def named(self, meant: Attributes) -> set[str]:
        """Return every web address that a picture's attributes name."""
        singly = [meant.get(name) for name in ("src", *LATE_SOURCES)]
        in_sets = [
            address
            for name in (*_SETS, *LATE_SETS)
            for address, _ in candidates(meant.get(name) or "")
        ]
        outside = (self.place.outside(address) for address in (*singly, *in_sets) if address)
        return {address for address in outside if address}

    def _late_source(self, meant: Attributes) -> str | None:
        """Return what a script would put into `src`; None when what stands there is better."""
        late = _first(meant, LATE_SOURCES)
        address = self.place.outside(late) if late else None
        if address is None:
            return None
        present = self.place.outside(meant.get("src") or "data:")
        return late if present is None or self.holds(address) else None

    def _inside(self, offered: str) -> str:
        """Return those of a set that the archive has, inside the replay; empty when it has none."""
        return ", ".join(
            f"{self.place.inside(address)}{description}"
            for address, description in candidates(offered)
            if self._is_held(address)
        )

    def _is_held(self, address: str) -> bool:
        outside = self.place.outside(address)
        if outside is None:
            return address.startswith("data:image/")
        return self.holds(outside)


def candidates(offered: str) -> Iterator[tuple[str, str]]:
    """Yield the addresses of a `srcset`, each with its description as written.

    >>> list(candidates("a,b.png 2x, c.png"))
    [('a,b.png', ' 2x'), ('c.png', '')]
    """
    position = 0
    while found := _CANDIDATE.match(offered, position):
        address = found["address"].rstrip(",")
        position = found.end()
        if address != found["address"]:
            position = found.end("address")
            yield address, ""
        elif address:
            yield address, found["description"].rstrip("\t\n\f\r ")


def _first(meant: Attributes, names: tuple[str, ...]) -> str | None:
    return next((value for name in names if (value := meant.get(name))), None)

"""What went wrong in a run, as data: one line of JSON an issue, each cause once."""

import hashlib
import json
import logging
from collections.abc import Iterator
from pathlib import Path

logger = logging.getLogger(__name__)


class Issues:
    """The run's `issues.jsonl`; the same cause has the same id in every run, so days compare."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._told = set(_told_before(path))

    def warn(
        self, kind: str, *, site: str, told: str | None = None, **details: str | float | None
    ) -> None:
        """Note an issue, and log it as a warning; a cause that was told is not told again.

        What is told of it, figures above all, may differ from day to day: the cause is the same.
        """
        cause = json.dumps({"kind": kind, "site": site, **details}, sort_keys=True)
        issue_id = hashlib.sha256(cause.encode()).hexdigest()[:12]
        if issue_id in self._told:
            return
        self._told.add(issue_id)
        if told is not None:
            details = {**details, "told": told}
        row = {"id": issue_id, "kind": kind, "site": site, **details}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        said = " ".join(f"{key}={value}" for key, value in details.items())
        logger.warning("issue found kind=%s site=%s %s", kind, site, said)


def _told_before(path: Path) -> Iterator[str]:
    """Yield the ids in the file of a run that is resumed, without a line that a kill cut off."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        told = file.read()
        whole = told[: told.rfind(b"\n") + 1]
        file.truncate(len(whole))
    for line in whole.splitlines():
        yield str(json.loads(line)["id"])

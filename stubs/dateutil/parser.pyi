from collections.abc import Callable
from datetime import datetime, tzinfo

def parse(
    timestr: str,
    *,
    default: datetime | None = ...,
    tzinfos: Callable[[str | None, int | None], tzinfo | None] | None = ...,
    dayfirst: bool = ...,
) -> datetime: ...

from collections.abc import Mapping
from datetime import datetime

def parse(
    timestr: str,
    *,
    default: datetime | None = ...,
    tzinfos: Mapping[str, int] | None = ...,
    dayfirst: bool = ...,
) -> datetime: ...

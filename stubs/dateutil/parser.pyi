from collections.abc import Mapping
from datetime import datetime, tzinfo

def parse(
    timestr: str,
    *,
    default: datetime | None = ...,
    tzinfos: Mapping[str, int | tzinfo] | None = ...,
    dayfirst: bool = ...,
) -> datetime: ...

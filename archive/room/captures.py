"""The newest captured pages, whatever they turned out to be: each opens in the replay."""

from collections.abc import Mapping
from typing import Any, Final

from archive.replay.place import replay_path
from archive.replay.timeline import Timeline
from archive.room.asked import Asked
from archive.room.room import Room
from archive.room.wording import question

_MOST: Final = 200


def captures(room: Room, asked: Asked, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the newest captures of pages, newest first."""
    del asked, names
    with room.journal() as journal:
        found = Timeline(journal).recent(_MOST)
    return {
        "title": "Captures",
        "captures": [
            {
                "url": each.url,
                "captured_at": each.captured_at,
                "status": each.status,
                "replay": room.replay_origin + replay_path(each.digits, each.url),
            }
            for each in found
        ],
        "sql": question(
            "url, fetch_time, fetch_status",
            "captures",
            where=("content_mime_type = 'text/html'",),
            order="fetch_time desc",
            limit=_MOST,
        ),
    }

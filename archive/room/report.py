"""The report: what the room's first pages say, as one file that can be mailed and kept."""

from markupsafe import Markup

from archive.room.app import environment, stylesheet
from archive.room.asked import Asked
from archive.room.overview import overview
from archive.room.room import Room
from archive.room.runs import runs
from archive.room.sites import fields


def make_report(room: Room) -> str:
    """Return a page that needs nothing beside itself: no script, no picture, no other file."""
    nothing = Asked({})
    return (
        environment()
        .get_template("report.html")
        .render(
            fields(room, nothing, {})
            | runs(room, nothing, {})
            | overview(room, nothing, {})
            | {
                "is_report": True,
                "css": Markup(stylesheet()),  # noqa: S704 - a file of our own
                "store": str(room.layout.root),
                "now": room.clock(),
            }
        )
    )

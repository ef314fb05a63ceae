"""Lines of the site that are no lines of the story."""

import pytest

from crawler.extract.furniture import is_furniture_line

FURNITURE = (
    "Advertisement",
    "- Advertisement -",
    "Show More",
    "Featured Video",
    "Related:",
    "Related: Ten Films With Real Storms in Them",
    "READ MORE | The Organ in the Lighthouse",
    "Trending Stories",
    "Most read in Music",
    "Recommended by Our Editors",
    "Sign up for our newsletter and never miss a bridge.",
    "View this post on Instagram",
    "A post shared by Ida Marsh (@ida)",
    "Thanks for signing up!",
    "3 of 12",
    "2:34",
    "Share or comment on this article: The Bridge That Sings",
    "By clicking “Sign Up”, you accept our terms.",
    "GET THE COURIER ON THE GO BY CLICKING HERE",
    "For news of every bridge, sign up for our newsletters.",
    "The post The Bridge That Sings appeared first on The Courier.",
    "This story, with its pictures, originally appeared in The Courier.",
    "This story is available exclusively to Courier subscribers.",
    "Subscribe to continue reading",
    "$38",
    "from £1,250.50 at Lampblack",
    "Launch Gallery",
    "1/12",
    "___",
    "* * *",
    "Pages: 1 2 3",
    "Lesen Sie auch: Zehn Brücken im Sturm",
    "À lire aussi",
    "Te puede interesar: El faro que lloraba",
    "LEIA TAMBÉM: O farol que chorava",
    "Leggi anche:",
    "関連記事",
    "© Riproduzione riservata",
    "A version of this article appears in print on June 14, 2031, Section A, Page 8.",
    "More on this story",
)
STORY = (
    "Related to nobody in the town, she arrived in June.",
    "The next morning the bridge was silent.",
    "More than forty apprentices have trained here.",
    "“Watch the rail,” he said.",
    "Share prices fell after the bridge was closed to traffic for the whole of the winter.",
    "RIP",
    "$38 was all that the bridge had cost.",
    "She asked them to sign up for the choir and for the boat.",
    "The post was moved by the flood to the other side of the bridge.",
    "Advertisements for hats hung in every window.",
    "Anzeige gegen die Brücke erstattete nur der Müller.",
    "A version of this story is told in every village along the river.",
    "Page 3 was missing.",
)


@pytest.mark.parametrize("line", FURNITURE)
def test_furniture(line: str) -> None:
    assert is_furniture_line(line)


@pytest.mark.parametrize("line", STORY)
def test_story(line: str) -> None:
    assert not is_furniture_line(line)

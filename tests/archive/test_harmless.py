"""What a terminal may be given of what strangers wrote."""

import pytest

from archive.harmless import harmless

TEXTS = {
    "words": ("Brook\treturns\n", "Brook\treturns\n"),
    "ends_of_lines_in_csv": ("headline\r\nBrook\r\n", "headline\r\nBrook\r\n"),
    "a_line_written_over": ("Brook\rVale", r"Brook\rVale"),
    "a_command": ("\x1b[2Jgone", r"\x1b[2Jgone"),
    "a_turned_direction": ("a\u202eb", r"a\u202eb"),
}


@pytest.mark.parametrize(("text", "shown"), TEXTS.values(), ids=TEXTS.keys())
def test_nothing_in_a_text_moves_a_cursor(text: str, shown: str) -> None:
    assert harmless(text) == shown

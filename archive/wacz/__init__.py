"""A part of a store as one file that replays: WARCs, index and pages in a ZIP (WACZ 1.1.1)."""

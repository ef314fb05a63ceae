"""Mending a store: torn tails, and all that can be told from the WARCs once more."""

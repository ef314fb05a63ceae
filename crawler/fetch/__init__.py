"""Fetching: what a request passes on its way to the wire and back."""

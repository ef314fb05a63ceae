"""Pages as a browser shows them, for sites whose articles are put in by scripts."""

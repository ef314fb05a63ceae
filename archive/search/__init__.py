"""What is searched and counted without reading a part: `index/search.db`."""

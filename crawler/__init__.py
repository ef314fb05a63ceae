"""What meets the web: discovery, fetching, capture, extraction and the command line."""

"""What workers on several machines ship to an object store: sites, each with its whole state."""

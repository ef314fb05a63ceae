"""A process of its own that holds a store's lock, says so, and waits to be killed."""

import sys
from pathlib import Path

from archive.durable import held

if __name__ == "__main__":
    with held(Path(sys.argv[1])):
        sys.stdout.write("held\n")
        sys.stdout.flush()
        sys.stdin.read()

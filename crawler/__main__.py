"""`python -m crawler`: the same as `newsreel`."""

from crawler.stopping import main

if __name__ == "__main__":
    main()

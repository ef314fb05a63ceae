"""A store told again from its WARCs: the crawl's own steps, over captures instead of answers."""

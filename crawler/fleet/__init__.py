"""Crawling from several machines: who crawls which site, one turn of a site, and the workers."""

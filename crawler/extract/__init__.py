"""Reading pages: bytes in, article out; pure, without network and without Scrapy.

Nothing else in the project knows trafilatura.
"""

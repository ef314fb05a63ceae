"""What an extra brings, and how it is had: the one hint for every command that needs one."""

from archive.errors import ConfigError


def extra_missing(what: str, extra: str) -> ConfigError:
    """Return the error of a part of Newsreel that is not installed.

    >>> str(extra_missing("a report needs jinja2", "room"))
    "a report needs jinja2: in Newsreel's folder, `.venv/bin/pip install -e '.[room]'` brings it"
    """
    return ConfigError(
        f"{what}: in Newsreel's folder, `.venv/bin/pip install -e '.[{extra}]'` brings it"
    )

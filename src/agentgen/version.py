"""The version, in a place that every module may look at.

It is the git tag's. A build writes it into a file, which is read faster than an installed package's
metadata; a checkout that was never built or installed has none.
"""

UNKNOWN = "0+unknown"


def _read() -> str:
    try:
        with open(f"{__file__.removesuffix('.py')}.txt", encoding="ascii") as file:  # noqa: PTH123 - starts faster
            return file.read().strip() or UNKNOWN
    except OSError:
        return UNKNOWN


__version__ = _read()

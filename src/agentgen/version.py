"""The version, in a place that every module may look at."""

__version__ = "0.1.0"

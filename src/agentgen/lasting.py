"""What was written outlasts a power cut: the disk is asked to have it, and waited for."""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread

MANY = 16
"""Files that are waited for together, not one by one."""

AT_ONCE = 16
"""A file system that keeps a journal writes it once for all who wait."""


def make_files_last(paths: Sequence[str]) -> None:
    """Wait until the disk has these files; raise `OSError` where it has not."""
    refusals: list[OSError] = []

    def wait_for(share: Sequence[str]) -> None:
        try:
            for path in share:
                _make_last(path)
        except OSError as error:
            refusals.append(error)

    shares = [paths[at::AT_ONCE] for at in range(min(AT_ONCE, len(paths)))]
    threads = [Thread(target=wait_for, args=(share,)) for share in shares[1:]]
    for thread in threads:
        thread.start()
    wait_for(shares[0] if shares else ())
    for thread in threads:
        thread.join()
    if refusals:
        raise refusals[0]


def make_names_last(folders: Iterable[Path]) -> None:
    """Make new names in folders last, where the system lets a folder be opened."""
    for folder in folders:
        with suppress(OSError):
            _make_last(folder)


def _make_last(path: "Path | str") -> None:
    # Windows flushes only what could be written to.
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

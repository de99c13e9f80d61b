"""Runs commands in turn, round by round, and keeps what the system counted for each run.

In turn, because a machine's speed drifts: what is compared was measured in the same minute. A run
counts only when it ends well and leaves the files that it should.
"""

import os
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from resource import struct_rusage
from statistics import median


@dataclass(frozen=True)
class Command:
    """A command, what makes the disk ready for it, and how many `*.md` files it must leave where.

    `cache` is the folder that it takes for the user's cache.
    """

    name: str
    arguments: tuple[str, ...]
    folder: Path
    prepare: Callable[[], None] = lambda: None
    output: Path | None = None
    files: int = 0
    cache: Path | None = None


@dataclass
class Times:
    """The seconds of each round, those that processors worked, and the peak of memory.

    The peak is that of the largest single process in any round; it cannot be told below the memory
    of the process that measures.
    """

    command: Command
    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    peak_mib: float = 0.0

    def ratio(self, other: "Times") -> float:
        """Return the median of the rounds' ratios to another command's, by the clock."""
        return median(a / b for a, b in zip(self.seconds, other.seconds, strict=True))

    def work(self, other: "Times") -> float:
        """Return the same of the processors' seconds, which a busy machine changes less."""
        return median(a / b for a, b in zip(self.processor, other.processor, strict=True))


def measure(commands: Iterable[Command], rounds: int) -> dict[str, Times]:
    """Run each command once to warm up, then all in turn for so many rounds."""
    times = {each.name: Times(each) for each in commands}
    for number in range(rounds + 1):
        for each in times.values():
            seconds, usage = _run(each.command)
            if number:
                each.seconds.append(seconds)
                each.processor.append(usage.ru_utime + usage.ru_stime)
                each.peak_mib = max(each.peak_mib, usage.ru_maxrss / 1024)
    return times


def _environment(command: Command) -> dict[str, str]:
    """Return the environment of a person who has run the command before, and not that of CI."""
    left_out = {"CI", "GITHUB_STEP_SUMMARY", "PYTHONDONTWRITEBYTECODE"}
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return kept | ({"XDG_CACHE_HOME": str(command.cache)} if command.cache else {})


def _run(command: Command) -> tuple[float, struct_rusage]:
    command.prepare()
    start = time.perf_counter()
    process = subprocess.Popen(
        command.arguments,
        cwd=command.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=_environment(command),
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = code = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if code != 0:
        raise SystemExit(f"{command.name} ended with {code}: {said[-2000:]}")
    if command.output is not None:
        found = len([*command.output.rglob("*.md")]) + command.output.is_file()
        if found != command.files:
            raise SystemExit(f"{command.name} left {found} files, not {command.files}\n{said}")
    return seconds, usage

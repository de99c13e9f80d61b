"""One process that renders: its streams, what it has to do, and how it ends."""

import contextlib
import os
import sys
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from agentgen import ahead
from agentgen.outcome import Job, Limits, Problem, Setup
from agentgen.wire import Inbox

if TYPE_CHECKING:
    import subprocess

LIMITS_MEMORY = sys.platform == "linux"
"""Whether the system itself holds a process to its memory limit."""

MORE_TIME = "look for a loop without end; `--limit time=SECONDS` allows more"
MORE_MEMORY = "look for what is multiplied, or grows in a loop; `--limit memory=MIB` allows more"


class WorkerProcess:
    """A worker, and what it has been sent: `setup`, and the jobs in its `queue`.

    It is at the first of them, which has to be done by its `deadline`; `doom` is the number of the
    job that it was ended for, with what to say of it.
    """

    def __init__(self, process: "subprocess.Popen[bytes] | ahead.Started") -> None:
        self.process = process
        self.setup: Setup | None = None
        self.queue: deque[tuple[int, Job]] = deque()
        self.deadline = 0.0
        self.doom: tuple[int, Problem] | None = None
        self.sought = 0
        self.inbox = Inbox()
        self.outbox = bytearray()

    @property
    def requests(self) -> BinaryIO:
        """Where it reads."""
        return cast("BinaryIO", self.process.stdin)

    @property
    def answers(self) -> BinaryIO:
        """Where it writes."""
        return cast("BinaryIO", self.process.stdout)

    def write(self) -> None:
        """Send as much as the worker takes at the moment."""
        try:
            sent = os.write(self.requests.fileno(), self.outbox[: 256 * 1024])
        except BlockingIOError:
            return
        except OSError:  # it is gone, and will be found not to answer
            sent = len(self.outbox)
        del self.outbox[:sent]

    def kill(self) -> int:
        """End the process; return its exit code."""
        self.process.kill()
        code = self.process.wait()
        for stream in (self.requests, self.answers):
            with contextlib.suppress(OSError):
                stream.close()
        return code


def death(code: int, limits: Limits) -> Problem:
    """Return what to say of a job whose worker has ended with a code."""
    import signal  # few workers die

    if code == -getattr(signal, "SIGPROF", 0):
        message = f"rendering takes more than {limits.time:g} seconds of processor time"
        return Problem("time-limit", message, help=MORE_TIME)
    how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
    help = f"most likely it ran out of memory; {MORE_MEMORY}"
    return Problem("memory-limit", f"the process that rendered this {how}", help=help)


def resident_bytes(pid: int) -> int:
    """Return how much memory a process holds; 0 where that cannot be told."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_bytes().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        pass
    import subprocess

    try:
        shown = subprocess.run(  # noqa: S603 - a fixed command
            ["/bin/ps", "-o", "rss=", "-p", str(pid)], capture_output=True, check=False, timeout=1
        )
        return int(shown.stdout) * 1024
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


def start() -> WorkerProcess:
    """Start a worker; the first one that is asked for may run already."""
    worker = WorkerProcess(ahead.take() or _open())
    for stream in (worker.requests, worker.answers):
        os.set_blocking(stream.fileno(), False)
    return worker


def _open() -> "subprocess.Popen[bytes]":
    import subprocess  # the first worker is started without it

    return subprocess.Popen(  # noqa: S603 - our own interpreter
        ahead.command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=ahead.environment(),
        bufsize=0,
    )

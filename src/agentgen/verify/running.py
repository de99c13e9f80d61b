"""Running a client: no network, a deadline, a limit to what it says, an end to all that it starts.

A client starts servers, watchers and updaters of its own. Each command therefore leads a process
group, which is killed when the command ends or its time is up. On Linux it also gets namespaces of
its own, by util-linux' unshare(1): one without a network, and one in which nothing outlives it.
"""

import contextlib
import functools
import os
import selectors
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from agentgen.frozen import Frozen, field

MOST_SAID = 16 * 1024 * 1024
"""Bytes on stdout, and as many on stderr; a client that says more is ended."""

LINGER_SECONDS = 1.0
"""How long streams are read after the command has ended."""

PROBE_SECONDS = 30.0

UNSHARE = (
    "unshare",
    "--user",
    "--map-root-user",
    "--net",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
)


class Ran(Frozen):
    """What a command left: its exit code, and what it said; `is_late` if its time was up."""

    code: int
    stdout: str = field(repr=False)
    stderr: str = field(repr=False)
    is_late: bool = False


class Stopped(Exception):
    """The run as a whole was ended; nothing is started any more."""


@functools.cache
def isolation() -> tuple[str, ...]:
    """Return the words before a command that cut it off; none where this system has none."""
    if shutil.which(UNSHARE[0]) is None:
        return ()
    try:
        tried = subprocess.run(  # noqa: S603 - fixed words
            [*UNSHARE, "true"], capture_output=True, check=False, timeout=PROBE_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return UNSHARE if tried.returncode == 0 else ()


class Runner:
    """Runs commands, from several threads; leaving it ends those that still run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._is_stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._is_stopped = True
            for process in self._running:
                kill_group(process)

    def run(
        self,
        command: Sequence[str | Path],
        *,
        cwd: Path,
        env: Mapping[str, str],
        seconds: float,
        stdin: str = "",
    ) -> Ran:
        """Run a command to its end, or to the end of its time; return what it left.

        Raises `OSError` where it cannot be started, and `Stopped` when the run is over.
        """
        with self._lock:
            if self._is_stopped:
                raise Stopped
            process = subprocess.Popen(  # noqa: S603 - what a client module wants
                [*isolation(), *command],
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
            self._running.add(process)
        try:
            said = _Said(process, stdin.encode())
            is_late = said.listen(time.monotonic() + seconds)
        finally:
            kill_group(process)
            code = process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
            with self._lock:
                self._running.discard(process)
        return Ran(code, said.text("stdout"), said.text("stderr"), is_late)


class _Said:
    """What a process says, read as it comes."""

    def __init__(self, process: subprocess.Popen[bytes], stdin: bytes) -> None:
        self._process = process
        self._bytes = {"stdout": bytearray(), "stderr": bytearray()}
        self._stdin = stdin

    def text(self, name: str) -> str:
        return self._bytes[name].decode(errors="replace")

    def listen(self, deadline: float) -> bool:
        """Read until the process and its streams have ended; say whether its time was up first."""
        process = self._process
        with selectors.DefaultSelector() as selector:
            for name in self._bytes:
                selector.register(getattr(process, name), selectors.EVENT_READ, name)
            selector.register(process.stdin, selectors.EVENT_WRITE, "stdin")  # type: ignore[arg-type]
            lingers_until = deadline
            while selector.get_map():
                ended = process.poll() is not None
                if ended:
                    lingers_until = min(lingers_until, time.monotonic() + LINGER_SECONDS)
                left = lingers_until - time.monotonic()
                if left <= 0 or self._is_too_much():
                    return not ended
                for key, _ in selector.select(min(left, 0.2)):
                    self._serve(key, selector)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(deadline - time.monotonic(), 0))
        return process.poll() is None

    def _serve(self, key: selectors.SelectorKey, selector: selectors.BaseSelector) -> None:
        if key.data == "stdin":
            try:
                self._stdin = self._stdin[os.write(key.fd, self._stdin[:4096]) :]
            except OSError:  # it does not want to hear the rest
                self._stdin = b""
            if not self._stdin:
                selector.unregister(key.fileobj)
                self._process.stdin.close()  # type: ignore[union-attr]
            return
        chunk = os.read(key.fd, 65536)
        self._bytes[key.data] += chunk
        if not chunk:
            selector.unregister(key.fileobj)

    def _is_too_much(self) -> bool:
        return any(len(each) > MOST_SAID for each in self._bytes.values())


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started in its group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)

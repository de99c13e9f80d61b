"""Run the command line while calls to the file system fail: the k-th one, or all from there on.

Run as a script this is a server. It wraps the calls, imports agentgen once, and for each task (a
line of JSON) forks a process that is the command line from then on. Only calls that touch the
task's project, by path or by a descriptor opened from there, are counted and written to the log.
"""

import builtins
import errno
import fcntl
import gc
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Self

PROJECT, LOG, STDERR = "project", "calls", "stderr"
"""The names of the project and of two files for what happened, in the folder of a task."""

FOREVER = sys.maxsize
HANGS_AFTER = 60
"""Seconds; a run that takes longer is ended by a signal."""
OUTLIVES_AFTER = 5.0
"""Seconds that a worker may need to notice that the process that started it is gone."""

BY_FIRST_ARGUMENT = {
    "replace": (os, ("replace", "rename")),
    "mkdir": (os, ("mkdir",)),
    "chmod": (os, ("chmod", "fchmod")),
    "unlink": (os, ("unlink", "remove", "rmdir")),
    "stat": (os, ("stat", "lstat", "fstat")),
    "readlink": (os, ("readlink",)),
    "list": (os, ("listdir",)),
    "link": (os, ("link", "symlink")),
    "truncate": (os, ("truncate", "ftruncate")),
    "fsync": (os, ("fsync",)),
    "flock": (fcntl, ("flock",)),
}


@dataclass(frozen=True)
class Task:
    """One run, and what becomes of the calls `first` to `last` (from 1) of the kinds `kinds`.

    `effect` is the name of an errno, or one of the methods of `Faults` that are called after it.
    """

    folder: str
    arguments: tuple[str, ...] = ("render",)
    effect: str = "EIO"
    first: int = 0
    last: int = 0
    kinds: tuple[str, ...] = ()
    lock_seconds: float = 30.0
    notes: str = ""
    """What the names of the two files end in, for runs at once in one folder."""
    forks: bool = True
    """Whether the workers are forked, which is five times as fast as starting them."""


@dataclass(frozen=True)
class Result:
    """How a run ended: `calls` are those counted, `outlived` says that a process was left."""

    code: int
    stderr: str
    calls: tuple[str, ...]
    outlived: bool


@dataclass(frozen=True)
class Call:
    """A call that was counted: `half` does a part of it, where there is such a thing."""

    kind: str
    paths: tuple[str, ...]
    whole: Callable[[], Any]
    half: Callable[[], Any]


class Faults:
    """Counts the calls of one task, and lets some of them go wrong."""

    def __init__(self) -> None:
        self.task = Task("")
        self.root = ""
        self.log = -1
        self.count = 0
        self.descriptors: dict[int, str] = {}
        self.write = os.write

    def arm(self, task: Task) -> None:
        """Begin to count."""
        self.root = str(Path(task.folder, PROJECT))
        self.log = os.open(
            Path(task.folder, LOG + task.notes), os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        )
        self.task = task

    def path(self, target: Any) -> str | None:
        """Return the path below the project that a path or descriptor means; None for others."""
        if not self.root:
            return None
        if isinstance(target, int):
            return self.descriptors.get(target)
        path = os.path.normpath(os.path.join(self.root, os.fsdecode(target)))  # noqa: PTH118
        return path if path == self.root or path.startswith(self.root + os.sep) else None

    def run(
        self,
        kind: str,
        target: Any,
        whole: Callable[[], Any],
        half: Callable[[], Any] | None = None,
    ) -> Any:
        """Make a call, or what the task wants in its place."""
        path = self.path(target)
        if path is None or (self.task.kinds and kind not in self.task.kinds):
            return whole()
        self.count += 1
        self.write(self.log, f"{kind} {os.path.relpath(path, self.root)}\n".encode())
        if not self.task.first <= self.count <= self.task.last:
            return whole()
        blamed = () if isinstance(target, int) else (path,)
        return getattr(self, self.task.effect, self.fail)(Call(kind, blamed, whole, half or whole))

    def fail(self, call: Call) -> Any:
        """Raise the error; a descriptor is closed all the same, as on Linux."""
        if call.kind == "close":
            call.whole()
        number = getattr(errno, self.task.effect)
        raise OSError(number, os.strerror(number), *call.paths)

    def kill(self, call: Call) -> Any:
        """End the process at once; of a write, half is done."""
        if call.kind == "write":
            call.half()
        os.kill(os.getpid(), signal.SIGKILL)

    def linger(self, call: Call) -> Any:
        """Stay where it is for a while, then end."""
        time.sleep(1)
        self.kill(call)

    def interrupt(self, call: Call) -> Any:
        """Press Ctrl-C before the call."""
        os.killpg(0, signal.SIGINT)
        return call.whole()

    def interrupt_after(self, call: Call) -> Any:
        """Press Ctrl-C when the call is done and nobody has seen its result."""
        try:
            return call.whole()
        finally:
            os.killpg(0, signal.SIGINT)

    def slow(self, call: Call) -> Any:
        """Give other processes the time to come in between."""
        time.sleep(0.01)
        return call.whole()

    def short(self, call: Call) -> Any:
        """Write less than was asked for."""
        return call.half()


def install(faults: Faults) -> None:
    """Wrap the calls."""
    for kind, (module, names) in BY_FIRST_ARGUMENT.items():
        for name in names:
            setattr(module, name, _by_first_argument(faults, kind, getattr(module, name)))
    _install_descriptors(faults)
    _install_scandir(faults)
    _install_open(faults)


def _by_first_argument(faults: Faults, kind: str, real: Callable[..., Any]) -> Callable[..., Any]:
    def call(target: Any = ".", *rest: Any, **named: Any) -> Any:
        return faults.run(kind, target, lambda: real(target, *rest, **named))

    return call


def _install_descriptors(faults: Faults) -> None:
    real_open, real_close, real_write = os.open, os.close, os.write

    def open_(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        kind = "create" if writes else "open"
        descriptor: int = faults.run(kind, path, lambda: real_open(path, flags, mode))
        if (below := faults.path(path)) is not None:
            faults.descriptors[descriptor] = below
        return descriptor

    def close(fd: int) -> None:
        try:
            faults.run("close", fd, lambda: real_close(fd))
        finally:
            faults.descriptors.pop(fd, None)

    def write(descriptor: int, data: Any) -> int:
        half = memoryview(data)[: (len(data) + 1) // 2]
        count: int = faults.run(
            "write",
            descriptor,
            lambda: real_write(descriptor, data),
            lambda: real_write(descriptor, half),
        )
        return count

    os.open, os.close, os.write = open_, close, write


def _install_scandir(faults: Faults) -> None:
    real = os.scandir

    class Listing:
        def __init__(self, path: Any) -> None:
            self.path = path
            self.entries = real(path)

        def __iter__(self) -> Iterator[Any]:
            return self

        def __next__(self) -> Any:
            return faults.run("list", self.path, lambda: next(self.entries))

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            self.close()

        def close(self) -> None:
            self.entries.close()

    def scandir(path: Any = ".") -> Any:
        return faults.run("list", path, lambda: Listing(path))

    os.scandir = scandir


def _file(faults: Faults) -> type[io.FileIO]:
    """Return the class of files whose reading, writing and closing is counted."""

    class File(io.FileIO):
        def readall(self) -> bytes:
            data: bytes = faults.run("read", self.fileno(), super().readall)
            return data

        def readinto(self, buffer: Any) -> int:
            whole = super().readinto
            count: int = faults.run("read", self.fileno(), lambda: whole(buffer))
            return count

        def write(self, data: Any) -> int:
            whole, half = super().write, memoryview(data)[: (len(data) + 1) // 2]
            run = faults.run
            return int(run("write", self.fileno(), lambda: whole(data), lambda: whole(half)))

        def close(self) -> None:
            if self.closed:
                return
            descriptor = self.fileno()
            try:
                faults.run("close", descriptor, super().close)
            finally:
                faults.descriptors.pop(descriptor, None)

    return File


def _install_open(faults: Faults) -> None:
    """Wrap the opening of files."""
    real, File = io.open, _file(faults)  # noqa: N806 - it is a class

    def open_(file: Any, mode: str = "r", buffering: int = -1, *rest: Any, **named: Any) -> Any:
        below = faults.path(file)
        if below is None:
            return real(file, mode, buffering, *rest, **named)
        access = mode.replace("b", "").replace("t", "")
        kind = "open" if access == "r" else "create"
        raw = File(file, access) if isinstance(file, int) else None
        raw = raw or faults.run(kind, file, lambda: File(file, access))
        faults.descriptors[raw.fileno()] = below
        if buffering == 0:
            return raw
        buffered = io.BufferedReader(raw) if access == "r" else io.BufferedWriter(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, *rest, **named)

    for module in (io, builtins):
        module.open = open_  # type: ignore[attr-defined]


def _forks(faults: Faults) -> type:
    """Return what takes the place of `subprocess.Popen` where workers are forked."""
    import agentgen.environment.worker

    class Forked:
        def __init__(self, *_: Any, **__: Any) -> None:
            requests, answers = os.pipe(), os.pipe()
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            self.pid = os.fork()
            if self.pid == 0:
                self.work(requests[0], answers[1])
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
            os.close(requests[0])
            os.close(answers[1])
            self.stdin: IO[bytes] = os.fdopen(requests[1], "wb")
            self.stdout: IO[bytes] = os.fdopen(answers[0], "rb")

        def work(self, requests: int, answers: int) -> None:
            faults.root = ""
            try:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                nothing = os.open(os.devnull, os.O_RDWR)
                for number, descriptor in enumerate((requests, answers, nothing)):
                    os.dup2(descriptor, number)
                os.closerange(3, max(requests, answers, nothing, 64) + 1)
                agentgen.environment.worker.main()
            finally:
                os._exit(0)

        def kill(self) -> None:
            os.kill(self.pid, signal.SIGKILL)

        def wait(self) -> int:
            return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    return Forked


def _serve() -> None:
    """Answer each task on stdin with its result; return in a forked process that is one."""
    faults = Faults()
    install(faults)
    import jsonschema_rs  # noqa: F401

    import agentgen.__main__
    import agentgen.api
    import agentgen.cli.render
    import agentgen.environment.worker
    import agentgen.rendering
    import agentgen.writer

    agentgen.environment.worker._load_what_is_loaded_late()
    gc.collect()
    gc.freeze()  # memory that is not touched is not copied by each fork
    started, forked = subprocess.Popen, _forks(faults)
    while line := sys.stdin.readline():
        task = Task(**json.loads(line))
        process = os.fork()
        if process == 0:
            subprocess.Popen = forked if task.forks else started  # type: ignore[assignment, misc]
            _become(task, faults)
            return
        _, status = os.waitpid(process, 0)
        folder = Path(task.folder)
        result = Result(
            os.waitstatus_to_exitcode(status),
            (folder / (STDERR + task.notes)).read_text(),
            tuple((folder / (LOG + task.notes)).read_text().splitlines()),
            outlived(process),
        )
        os.write(1, json.dumps(asdict(result)).encode() + b"\n")


def _become(task: Task, faults: Faults) -> None:
    import agentgen.writer

    os.setsid()
    signal.alarm(HANGS_AFTER)
    folder = Path(task.folder)
    os.chdir(folder / PROJECT)
    for number, name in (
        (0, os.devnull),
        (1, os.devnull),
        (2, str(folder / (STDERR + task.notes))),
    ):
        descriptor = os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o666)
        os.dup2(descriptor, number)
        os.close(descriptor)
    agentgen.writer.LOCK_SECONDS = task.lock_seconds
    sys.argv = ["agentgen", *task.arguments]
    faults.arm(task)


def outlived(session: int) -> bool:
    """Say whether a process of the session is still there after a while, and end it."""
    deadline = time.monotonic() + OUTLIVES_AFTER
    while left := processes(session):
        if time.monotonic() > deadline:
            for process in left:
                os.kill(process, signal.SIGKILL)
            return True
        time.sleep(0.005)
    return False


def processes(session: int) -> list[int]:
    """Return the processes of a session that live; none where the system has no /proc."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, belongs = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue  # it has just ended
        if state != "Z" and int(belongs) == session:
            found.append(int(entry.name))
    return found


class Server:
    """A server in a process of its own."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, task: Task) -> Result:
        """Let a task be done, and return its result."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(asdict(task)) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return Result(**{**answer, "calls": tuple(answer["calls"])})

    def close(self) -> None:
        """End the server."""
        self.process.communicate()


if __name__ == "__main__":
    _serve()
    if sys.argv[0] == "agentgen":
        from agentgen.__main__ import main

        main()

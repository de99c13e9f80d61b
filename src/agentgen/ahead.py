"""The first worker, started before anything else is imported: it loads the engine meanwhile.

Nothing but `os` and `sys` is imported here, because a start costs what it imports.
"""

import os
import sys

_started: "list[Started]" = []


class Started:
    """A worker that runs, and this side's ends of its two streams; as `subprocess.Popen` has it."""

    def __init__(self, pid: int, requests: int, answers: int) -> None:
        self.pid = pid
        self.stdin = os.fdopen(requests, "wb", buffering=0)
        self.stdout = os.fdopen(answers, "rb", buffering=0)

    def kill(self) -> None:
        """End it at once."""
        os.kill(self.pid, 9)  # SIGKILL; `signal` costs more to import than this call

    def wait(self) -> int:
        """Return its exit code, less than 0 for a signal, when it has ended."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def start() -> None:
    """Start a worker that `take` will give, where the system can do so without a library.

    Where one has been started and not taken, that is the one.
    """
    if not _started and hasattr(os, "posix_spawn"):
        try:
            _started.append(_spawn())
        except OSError:
            return  # whoever needs a worker will be told why there is none


def take() -> Started | None:
    """Return the worker that was started ahead, to the first who asks."""
    return _started.pop() if _started else None


def command() -> list[str]:
    """Return the command of a worker: it finds this package and its libraries, no more.

    Not even `site`, which would run what `.pth` files hold.
    """
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    kept = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    code = (
        f"import sys; sys.path.insert(0, {package!r}); sys.path += {kept!r}; "
        "from agentgen.later import begin_worker\n"
        "with begin_worker(): from agentgen.environment.worker import main\n"
        "main()"
    )
    return [sys.executable, "-I", "-S", "-X", "utf8", "-c", code]


def environment() -> dict[str, str]:
    """Return the environment variables of a worker."""
    # Windows starts no process without this one.
    kept = ("SYSTEMROOT",)
    return {name: os.environ[name] for name in kept if name in os.environ}


def _spawn() -> Started:
    to_read, requests = os.pipe()
    answers, to_write = os.pipe()
    words = command()
    actions = [
        (os.POSIX_SPAWN_DUP2, to_read, 0),
        (os.POSIX_SPAWN_DUP2, to_write, 1),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    try:
        pid = os.posix_spawn(words[0], words, environment(), file_actions=actions)
    except OSError:
        os.close(requests)
        os.close(answers)
        raise
    finally:
        os.close(to_read)
        os.close(to_write)
    return Started(pid, requests, answers)

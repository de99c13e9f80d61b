"""A thread that does one thing after the other, and ends with the process.

A worker process ends with the thread that started it, so each pool of workers has one thread.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Lane:
    """Does what it is given, in order. What is still to be done at the end is never done."""

    def __init__(self) -> None:
        self._work: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = queue.SimpleQueue()
        threading.Thread(target=self._run, daemon=True).start()

    def do(self, function: Callable[[], T]) -> "Future[T]":
        """Have a function called; return the future of its result."""
        future: Future[T] = Future()
        self._work.put((future, function))
        return future

    def _run(self) -> None:
        while True:
            future, function = self._work.get()
            if not future.set_running_or_notify_cancel():
                continue  # whoever asked does not want to know any more
            try:
                future.set_result(function())
            except BaseException as error:  # noqa: BLE001 - it is raised where the result is wanted
                future.set_exception(error)

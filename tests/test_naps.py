"""When this process leaves its workers to work, and when it has to be there for them."""

import selectors

from agentgen.modes import Undefined, Whitespace
from agentgen.outcome import Job, Limits, Outcome, Setup
from agentgen.queueing import AHEAD, EAGER_ROUNDS, LARGE, LONGEST_NAP, Queue
from agentgen.worker_process import WorkerProcess
from agentgen.workers import Workers

SETUP = Setup(Undefined.GUARDED, Whitespace.TIDY, ("\ufdd0", "\ufdd1"), {}, Limits())


def begun(count: int = 100, body: str = "text") -> Queue:
    """Return a run of which one job has been done, in a second."""
    run = Queue([Job(f"agents/{at}.md", "x", "markdown") for at in range(count)], count, SETUP, _no)
    with Workers(most=1) as workers:
        worker: WorkerProcess = workers._idle[0]
        worker.queue.append(run.next())
        run.take(worker, Outcome(body=body))
    run.since -= 1.0
    return run


def _no(_name: str, _parent: str) -> None:
    return None


def test_while_all_have_much_to_do_they_are_left_to_it() -> None:
    assert begun().nap(2) == LONGEST_NAP


def test_where_little_is_left_nobody_waits() -> None:
    assert begun(2 * AHEAD).nap(2) == 0.0
    assert Queue([], 100, SETUP, _no).nap(2) == 0.0


def test_after_an_outcome_that_fills_a_pipe_nobody_waits_for_some_rounds() -> None:
    run = begun(body="x" * (LARGE + 1))
    assert [run.nap(2) for _ in range(EAGER_ROUNDS)] == [0.0] * EAGER_ROUNDS
    assert run.nap(2) == LONGEST_NAP


def test_a_worker_that_has_asked_for_an_include_does_not_wait_for_the_next_one() -> None:
    run = begun()
    with Workers(most=1) as workers:
        worker = workers._idle[0]
        worker.queue.append(run.next())
        with selectors.DefaultSelector() as selector:
            workers._listen(worker, {"find": ["p.md", "agents/1.md"]}, run, selector)
    assert [run.nap(2) for _ in range(EAGER_ROUNDS)] == [0.0] * EAGER_ROUNDS

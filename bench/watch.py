"""From a saved file to its new text: on the page, and on disk with `render --watch`.

`python -m bench.watch` saves one agent of a corpus again and again, in turn for each way of seeing
it, and prints medians and their ratio to a whole `agentgen render` of the same project. The page is
open in a headless browser; the time ends when the new text has been painted there.
"""

import argparse
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

from bench.corpora import Corpus, build

SIZES = (1, 500)
COMMAND = [sys.executable, "-m", "agentgen"]
MARK = "saved at"
SEEN = """mark => new Promise(done => {
    const look = () => document.querySelector('.prose')?.textContent.includes(mark)
        ? requestAnimationFrame(() => done(true)) : requestAnimationFrame(look);
    look();
})"""

Save = Callable[[str], None]
"""Takes a mark that no text has yet, saves an agent that holds it, and returns when it is seen."""


def main() -> None:
    """Measure each size, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.watch", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="saves of each kind [15]")
    rounds = parser.parse_args().rounds
    print(f"medians of {rounds} saves, {os.cpu_count()} cores")
    print("\n| agents | | ms | × `agentgen render` |\n|---:|---|---:|---:|")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as place:
            os.environ["XDG_CACHE_HOME"] = place
            times = _measure(Corpus(size), Path(place), rounds)
        whole = median(times["agentgen render"])
        for name, taken in times.items():
            print(f"| {size} | {name} | {median(taken):.0f} | {median(taken) / whole:.2f} |")


def _measure(corpus: Corpus, place: Path, rounds: int) -> dict[str, list[float]]:
    with ExitStack() as stack:
        ways: dict[str, Save] = {
            "agentgen render": _whole(_copy(corpus, place / "whole")),
            "render --watch": stack.enter_context(_watching(_copy(corpus, place / "watched"))),
            "on the page": stack.enter_context(_page(_copy(corpus, place / "page"))),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(-2, rounds):
            for name, save in ways.items():
                start = time.perf_counter()
                save(f"{MARK} {number + 2:04}")
                if number >= 0:
                    times[name].append((time.perf_counter() - start) * 1000)
                time.sleep(0.4)  # nobody saves faster, and counting is done by then
        return times


def _copy(corpus: Corpus, folder: Path) -> Path:
    with tempfile.TemporaryDirectory() as built:
        shutil.copytree(build(corpus, Path(built)), folder)
    return folder


def _agent(project: Path) -> Callable[[str], None]:
    path = min(project.glob("agents/*.md"))
    text = path.read_text()
    head, _, body = text.partition("\n---\n")

    def write(mark: str) -> None:
        new = path.with_suffix(".new")
        new.write_text(f"{head}\n---\n{mark}\n\n{body}")
        new.replace(path)

    return write


def _whole(project: Path) -> Save:
    write = _agent(project)

    def save(mark: str) -> None:
        write(mark)
        subprocess.run([*COMMAND, "render", "-q"], cwd=project, check=True)

    return save


@contextmanager
def _watching(project: Path) -> Iterator[Save]:
    command = [*COMMAND, "render", "--watch"]
    with subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE, text=True) as process:
        lines: queue.SimpleQueue[str] = queue.SimpleQueue()

        def read() -> None:
            for line in process.stderr or ():
                lines.put(line)

        threading.Thread(target=read, daemon=True).start()
        lines.get(timeout=120)
        write = _agent(project)

        def save(mark: str) -> None:
            write(mark)
            lines.get(timeout=60)

        try:
            yield save
        finally:
            process.kill()


@contextmanager
def _page(project: Path) -> Iterator[Save]:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    from browser import find_browser

    path = find_browser()
    command = [*COMMAND, "preview", "--web", "-q"]
    with (
        subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, text=True) as process,
        sync_playwright() as playwright,
    ):
        try:
            link = process.stdout.readline() if process.stdout else ""
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            page = browser.new_page()
            page.goto(link)
            page.wait_for_selector(".prose")
            write = _agent(project)

            def save(mark: str) -> None:
                write(mark)
                page.evaluate(SEEN, mark)

            yield save
        finally:
            process.kill()


if __name__ == "__main__":
    main()

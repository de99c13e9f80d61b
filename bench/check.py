"""The short form that CI runs: ratios of this run against the ones that are recorded.

Ratios of the processors' time and not of the clock's: a CI machine has other things to do.
"""

import json
import sys
from pathlib import Path

from bench import commands
from bench.corpora import Corpus
from bench.measuring import Command, measure

RECORDED = Path(__file__).with_name("recorded.json")
MARGIN = 1.3
"""So many times the recorded ratio is taken for noise: what a busy machine makes of it is less."""

ROUNDS = 7


TRIES = 3
"""A ratio that seems worse is measured anew: a change that costs time costs it each time."""


def check(folder: Path, *, record: bool) -> int:
    """Compare ratios with the recorded ones, or record them; return 1 where one is worse."""
    found = _ratios(folder)
    if record:
        RECORDED.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    for _ in range(TRIES - 1):
        if not _worse(found, recorded):
            break
        found = {name: min(ratio, found[name]) for name, ratio in _ratios(folder).items()}
    worse = _worse(found, recorded)
    for name, ratio in found.items():
        verdict = "worse" if name in worse else "fine"
        most = recorded[name] * MARGIN
        print(f"{verdict}: {ratio:.2f} (recorded {recorded[name]:.2f}, at most {most:.2f}): {name}")
    return 1 if worse else 0


def _worse(found: dict[str, float], recorded: dict[str, float]) -> list[str]:
    return [name for name, ratio in found.items() if ratio > recorded[name] * MARGIN]


def _ratios(folder: Path) -> dict[str, float]:
    ratios = {}
    for corpus in (Corpus(1), Corpus(50)):
        place = (corpus, folder, sys.executable)
        rows: list[Command] = [*commands.yardsticks(*place), commands.cold(*place)]
        rows += [commands.again(*place), commands.lint(*place)]
        times = measure(rows, ROUNDS)
        for name, other in (
            (commands.COLD, commands.NAIVE),
            (commands.AGAIN, commands.NOTHING),
            (commands.LINT, commands.COLD),
        ):
            ratio = times[name].work(times[other])
            ratios[f"{corpus.name}: {name} / {other}"] = round(ratio, 2)
    return ratios

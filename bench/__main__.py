"""`python -m bench`: build the corpora, run every command in turn, print the tables."""

import argparse
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench import commands, installed, peers
from bench.check import check
from bench.corpora import Corpus
from bench.measuring import Times, measure

SIZES = (1, 20, 200, 2_000)
GROWTH = (
    Corpus(1_000),
    Corpus(10_000),
    *(Corpus(1, schema_kib=size) for size in (100, 1024, 10 * 1024)),
    *(Corpus(1, template_kib=size) for size in (64, 1000)),
    *(Corpus(1, includes=count) for count in (10, 100, 1_000)),
)


def main() -> int:
    """Measure what was asked for; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each table [7]")
    parser.add_argument("--check", action="store_true", help="compare with the recorded ratios")
    parser.add_argument("--record", action="store_true", help="record the ratios of this run")
    parser.add_argument("--only", type=int, action="append", help="tables of so many agents")
    parser.add_argument("--no-peers", action="store_true", help="agentgen and the naive script")
    asked = parser.parse_args()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "agentgen-bench"
    corpora = cache / "corpora"
    corpora.mkdir(parents=True, exist_ok=True)
    if asked.check or asked.record:
        return check(corpora, record=asked.record)
    if not asked.no_peers:
        peers.install(cache)
    python = installed.install(cache)
    found = () if asked.no_peers else peers.installed(cache)
    print(f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, ", end="")
    print(f"{os.cpu_count()} cores, {platform.system()}; medians of {asked.rounds} rounds")
    for size in asked.only or SIZES:
        corpus = Corpus(size)
        place = (corpus, corpora, python)
        rows = [*commands.yardsticks(*place), commands.cold(*place)]
        rows += [commands.again(*place), commands.edited(*place), commands.lint(*place)]
        rows += commands.others(corpus, corpora, cache, found)
        _print(corpus, measure(rows, asked.rounds))
    for corpus in () if asked.only else GROWTH:  # how cost grows with each kind of size
        place = (corpus, corpora, python)
        rows = [*commands.yardsticks(*place), commands.cold(*place), commands.lint(*place)]
        _print(corpus, measure(rows, max(asked.rounds // 2, 3)))
    return 0


def _print(corpus: Corpus, times: dict[str, Times]) -> None:
    print(f"\n### {corpus.name}\n")
    print("| | ms | × naive | × `cp -r` | × nothing | CPU ms | × naive | peak MiB |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    against = [times[name] for name in (commands.NAIVE, commands.COPY, commands.NOTHING)]
    for name, each in times.items():
        ratios = " | ".join(f"{each.ratio(other):,.2f}" for other in against)
        work = f"{median(each.processor) * 1000:,.0f} | {each.work(against[0]):,.2f}"
        figures = f"{work} | {each.peak_mib:,.0f}"
        print(f"| {name} | {median(each.seconds) * 1000:,.1f} | {ratios} | {figures} |")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())

"""Modules that load when they are used: not before, and then as if they had been loaded."""

import os
import subprocess
import sys

from agentgen.later import LATER


def run(code: str) -> str:
    env = {"PATH": os.environ["PATH"]}  # without what measures coverage, which loads them
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=env, capture_output=True, check=True, timeout=60)
    return done.stdout.decode()


def test_they_are_not_loaded_by_what_imports_them() -> None:
    code = (
        "from agentgen.later import load_later; load_later(); import agentgen.cli, sys; "
        "print([name for name in ('ast', 'dis', 'tokenize') if name in sys.modules])"
    )
    assert run(code) == "[]\n"


def test_they_are_whole_at_their_first_use() -> None:
    for name in LATER:
        code = (
            f"from agentgen.later import load_later; load_later(); import {name} as late; "
            "assert all(each.startswith('__') for each in vars(late)); "
            "getattr(late, 'no_such_thing', None)"
        )
        now = f"import {name} as late"
        names = "; print(type(late).__name__, sorted(set(dir(late)) - {'__cached__'}))"
        assert run(code + names) == run(now + names)


def test_what_is_loaded_already_stays() -> None:
    code = (
        "import inspect, sys; before = sys.modules['inspect']; "
        "from agentgen.later import load_later; load_later(); "
        "print(sys.modules['inspect'] is before)"
    )
    assert run(code) == "True\n"

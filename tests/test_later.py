"""Modules that load when they are used: not before, and then as if they had been loaded."""

import os
import subprocess
import sys

import pytest

from agentgen.later import HELD_IN_WORKERS, HOLDS, IN_COMMANDS


def run(code: str) -> str:
    env = {"PATH": os.environ["PATH"]}  # without what measures coverage, which loads them
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=env, capture_output=True, check=True, timeout=60)
    return done.stdout.decode()


def test_they_are_not_loaded_by_what_imports_them() -> None:
    code = (
        "from agentgen.later import begin_command; begin_command(); import agentgen.cli, sys; "
        "print([name for name in ('ast', 'dis', 'tokenize') if name in sys.modules])"
    )
    assert run(code) == "[]\n"


@pytest.mark.skipif(not HOLDS, reason="this Python's modules load others")
def test_a_worker_starts_without_them() -> None:
    code = (
        "from agentgen.later import begin_worker\n"
        "with begin_worker(): import agentgen.environment.worker\n"
        "import sys; "
        "print([each for each in ('shutil', '_hashlib', '_random') if each in sys.modules], "
        "[each for each in ('ast', 'inspect') if type(sys.modules[each]).__name__ != '_Later'])"
    )
    assert run(code) == "[] []\n"


@pytest.mark.parametrize("name", sorted({*IN_COMMANDS, *(HELD_IN_WORKERS if HOLDS else ())}))
@pytest.mark.parametrize("hold", [False, True])
def test_they_are_whole_at_their_first_use(name: str, hold: bool) -> None:
    code = (
        f"from agentgen.later import _STAND_INS, load_later; load_later({[name]}, hold={hold}); "
        f"import {name} as late; "
        "stand_ins = [each for names in _STAND_INS.values() for each in names]; "
        "assert all(each.startswith('__') or each in stand_ins for each in vars(late)); "
        "getattr(late, 'no_such_thing', None)"
    )
    now = f"import {name} as late"
    names = "; print(type(late).__name__, sorted(set(dir(late)) - {'__cached__'}))"
    assert run(code + names) == run(now + names)


def test_what_is_loaded_already_stays() -> None:
    code = (
        "import inspect, sys; before = sys.modules['inspect']; "
        "from agentgen.later import load_later; load_later(['inspect']); "
        "print(sys.modules['inspect'] is before)"
    )
    assert run(code) == "True\n"


def test_a_function_that_is_imported_by_its_name_loads_its_module_when_it_is_called() -> None:
    code = (
        "from agentgen.later import load_later; load_later(['inspect']); "
        "from inspect import getattr_static as stand_in; import inspect; "
        "print(type(inspect).__name__); "
        "print(stand_in(str, 'upper') is inspect.getattr_static(str, 'upper'), "
        "stand_in(str, 'no', 1), type(inspect).__name__, stand_in is inspect.getattr_static)"
    )
    assert run(code) == "_Later\nTrue 1 module False\n"


YAML = (
    "import yaml, datetime; text = '''a: 1\\nb: 1.5e3\\n"
    "c: [yes, ~, 2001-12-14t21:59:43.10-05:00]\\n"
    "d: 12:30:45\\ne: \"\\\\x41\"\\nf: 0x1F\\n<<: {g: 1}\\nh: !!binary aGk=\\n'''; "
    "print([yaml.load(text, Loader=each) for each in (yaml.SafeLoader, yaml.CSafeLoader)]); "
    "print(yaml.safe_dump({'yes': '1', 'a': ['~', '2001-01-01', datetime.date(2001, 1, 1)]})); "
    "\ntry: yaml.load('a: \\x01', Loader=yaml.SafeLoader)\nexcept yaml.YAMLError as e: print(e)"
)


def test_yaml_is_the_same_with_patterns_that_are_compiled_late() -> None:
    late = (
        "import re; before = re.compile; from agentgen.later import begin_command; "
        "begin_command(); import agentgen.source; assert re.compile is before; import yaml; "
        "assert type(yaml.reader.Reader.NON_PRINTABLE) is not re.Pattern; "
    )
    assert run(late + YAML) == run(YAML)


def test_a_process_that_is_not_ours_alone_compiles_at_once() -> None:
    code = (
        "import re, agentgen.source, yaml; "
        "print(type(yaml.reader.Reader.NON_PRINTABLE) is re.Pattern)"
    )
    assert run(code) == "True\n"


@pytest.mark.parametrize("begins", ["", "later.HOLDS = later.HOLDS", "later.HOLDS = False"])
def test_what_is_held_needs_no_file(begins: str) -> None:
    """As in a worker, which gives up opening any; its jobs use what is named here."""
    begin = (
        f"from agentgen import later; {begins}\n"
        "with later.begin_worker(): from agentgen.environment import worker\n"
        "worker._load_what_is_loaded_late(); "
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0)); "
    )
    use = (
        "import difflib, html, inspect, textwrap, traceback; "
        "print(difflib.get_close_matches('ab', ['abc']), html.unescape('&eacute;&#62;'), "
        "textwrap.wrap('a b c', 2), 'ab'.encode('idna'), "
        "traceback.format_exception_only(ValueError('x')), not inspect.isclass(print))"
    )
    said = run((begin if begins else "") + use)
    assert said == "['abc'] é> ['a', 'b', 'c'] b'ab' ['ValueError: x\\n'] True\n"

"""Patterns do what compiled ones do, and are compiled when they are used."""

import re

import pytest

from agentgen.patterns import pattern


def test_a_pattern_is_a_compiled_one_for_whoever_uses_it() -> None:
    words, compiled = pattern(r"[a-z]+", re.IGNORECASE), re.compile(r"[a-z]+", re.IGNORECASE)
    for _ in range(2):
        assert words.findall("One 2 three") == compiled.findall("One 2 three") == ["One", "three"]
        assert words.sub("-", "One 2") == "- 2"
        assert not words.fullmatch("One 2")
    assert (words.pattern, words.flags) == (compiled.pattern, compiled.flags)


def test_only_use_compiles() -> None:
    broken = pattern(b"(")
    with pytest.raises(re.error, match="missing"):
        broken.match(b"(")

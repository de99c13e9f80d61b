"""Values are what frozen dataclasses are, told by asking both the same."""

import dataclasses
from collections.abc import Callable
from typing import Any, cast

import pytest

from agentgen import frozen


class Value(frozen.Frozen):
    """A value."""

    number: int
    text: str = ""
    data: dict[str, int] = frozen.field(default_factory=dict)
    long: str = frozen.field(default="long", repr=False)

    @property
    def twice(self) -> int:
        """Twice the number."""
        return self.number * 2


@dataclasses.dataclass(frozen=True, slots=True)
class Model:
    """The same as a dataclass."""

    number: int
    text: str = ""
    data: dict[str, int] = dataclasses.field(default_factory=dict)
    long: str = dataclasses.field(default="long", repr=False)

    @property
    def twice(self) -> int:
        """Twice the number."""
        return self.number * 2


Make = Callable[..., Any]

GIVEN: dict[str, Callable[[Make], Any]] = {
    "the required": lambda make: make(1),
    "by position": lambda make: make(1, "a", {"b": 2}, "c"),
    "by name": lambda make: make(long="c", number=1),
    "both": lambda make: make(1, data={"b": 2}),
    "nothing": lambda make: make(),
    "too many": lambda make: make(1, "a", {}, "c", 5),
    "twice": lambda make: make(1, number=1),
    "of another name": lambda make: make(1, nmber=1),
    "a required one left out": lambda make: make(text="a"),
}


def seen(make: Make, given: Callable[[Make], Any]) -> object:
    """Return all that can be told of what was made, or that it could not be."""
    try:
        made = given(make)
    except TypeError:
        return TypeError
    return repr(made).partition("(")[2], made.twice, [getattr(made, each) for each in FIELDS]


FIELDS = Value.__match_args__


@pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN)
def test_values_are_made_as_dataclasses_are(given: Callable[[Make], Any]) -> None:
    assert seen(Value, given) == seen(Model, given)
    assert cast("Any", Model).__match_args__ == FIELDS


def test_values_compare_by_what_they_hold() -> None:
    assert Value(1, "a") == Value(1, text="a")
    assert Value(1, "a") != Value(1, "b")
    assert Value(1) != Value(1, long="other")
    assert Value(1) != Model(1)
    assert Value.__eq__(Value(1), Model(1)) is NotImplemented


def test_equal_values_have_one_hash() -> None:
    class Pair(frozen.Frozen):
        left: int
        right: tuple[int, ...] = ()

    class One(frozen.Frozen):
        only: str

    class Empty(frozen.Frozen):
        pass

    assert len({Pair(1, (2,)), Pair(left=1, right=(2,)), Pair(2, (2,))}) == 2
    assert len({One("a"), One("a"), Empty(), Empty()}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(Value(1))


def test_a_default_that_can_change_is_made_anew() -> None:
    assert Value(1).data is not Value(1).data


@pytest.mark.parametrize("name", ["number", "twice", "other"])
def test_nothing_can_be_set_or_deleted(name: str) -> None:
    value = Value(1)
    with pytest.raises(AttributeError):
        setattr(value, name, 2)
    with pytest.raises(AttributeError):
        delattr(value, name)
    assert value == Value(1)
    assert not hasattr(value, "__dict__")


def test_replace_and_asdict_are_those_of_dataclasses() -> None:
    value, model = Value(1, "a", {"b": 2}), Model(1, "a", {"b": 2})
    assert frozen.asdict(value) == dataclasses.asdict(model)
    changed = frozen.replace(value, text="c", long="d")
    assert frozen.asdict(changed) == dataclasses.asdict(
        dataclasses.replace(model, text="c", long="d")
    )
    assert value == Value(1, "a", {"b": 2})
    with pytest.raises(TypeError):
        frozen.replace(value, nmber=2)  # type: ignore[call-arg]


def test_values_in_values_are_dictionaries_in_dictionaries() -> None:
    class Tree(frozen.Frozen):
        name: str
        trees: "tuple[Tree, ...]" = ()

    tree = Tree("a", (Tree("b"), Tree("c", (Tree("d"),))))
    assert frozen.asdict(tree)["trees"][1]["trees"] == ({"name": "d", "trees": ()},)
    assert repr(tree.trees[0]).endswith("Tree(name='b', trees=())")


def test_a_pattern_takes_a_value_apart() -> None:
    match Value(1, "a"):
        case Value(number, text):
            assert (number, text) == (1, "a")

"""Frozen values, cheap to define."""

from __future__ import annotations

import pickle
from typing import ClassVar

import pytest

from pemcheck.targets import get
from pemcheck.value import Value, without_hidden


class Point(Value):
    """A value with one field that must be given and one that need not."""

    x: int
    y: int = 0


class Named(Point):
    """A value that adds a field and changes an inherited default."""

    y: int = 7
    name: str = "?"


class Secret(Value):
    """A value with a field that must not show."""

    _hidden = ("number",)

    kind: str
    number: int = 0


class Other(Value):
    """A value with the fields of Point."""

    x: int
    y: int = 0


def test_fields_are_taken_by_position_and_by_name() -> None:
    """Both ways of writing a value give the same one."""
    assert (1, 2) == (Point(1, 2).x, Point(1, y=2).y)
    assert Point(1, 2) == Point(y=2, x=1)


def test_a_field_left_out_has_its_default() -> None:
    """A class attribute is the default of the field."""
    assert 0 == Point(1).y


def test_a_subclass_adds_fields_behind_the_inherited_ones() -> None:
    """Positions stay what they were."""
    assert "Named(x=1, y=2, name='a')" == repr(Named(1, 2, "a"))


def test_a_subclass_can_change_a_default() -> None:
    """The later default counts, for the subclass only."""
    assert (7, 0) == (Named(1).y, Point(1).y)


def test_private_names_and_plain_attributes_are_no_fields() -> None:
    """Only public annotations are fields."""

    class Marked(Value):
        _note: ClassVar[str] = ""
        constant = 3
        x: int

    assert "Marked(x=1)" == repr(Marked(1))


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [((), {}), ((1, 2, 3), {}), ((1,), {"z": 3}), ((1, 2), {"z": 3}), ((1,), {"x": 2}), ((), {"y": 2})],
    ids=["missing", "too many", "unknown", "unknown beside all", "given twice", "only the optional one"],
)
def test_wrong_fields_raise_type_error_and_name_the_right_ones(args: tuple[int, ...], kwargs: dict[str, int]) -> None:
    """A caller's mistake is said at once."""
    with pytest.raises(TypeError, match=r"^Point takes the fields x, y$"):
        Point(*args, **kwargs)


def test_a_value_cannot_be_changed() -> None:
    """Neither a field nor a new attribute can be set or deleted."""
    point = Point(1)

    with pytest.raises(AttributeError, match=r"^Point is frozen$"):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError, match=r"^Point is frozen$"):
        del point.x
    assert Point(1) == point


def test_equal_values_are_interchangeable() -> None:
    """Equality and hash go by the fields."""
    assert {Point(1, 2), Point(2, 1)} == {Point(1, 2), Point(1, 2), Point(2, 1)}


def test_values_of_different_types_are_different() -> None:
    """The same fields in another type, in a subclass or outside any are not equal."""
    assert Point(1) != Other(1)
    assert Point(1) != Named(1, 0)
    assert Point(1) != (1, 0)


def test_hidden_fields_do_not_show() -> None:
    """A value that holds key material can be printed."""
    assert "Secret(kind='rsa')" == repr(Secret("rsa", 12345))


def test_hidden_fields_do_not_count() -> None:
    """Neither equality nor hash tells anything about key material."""
    assert Secret("rsa", 2) == Secret("rsa", 1)
    assert hash(Secret("rsa", 2)) == hash(Secret("rsa", 1))


def test_replace_returns_a_changed_copy() -> None:
    """The other fields, hidden ones too, come along, and the original stays."""
    secret = Secret("rsa", 1)

    assert 1 == secret.replace(kind="ec").number
    assert "rsa" == secret.kind


def test_replace_knows_only_fields() -> None:
    """A misspelt field is an error, not a new attribute."""
    with pytest.raises(TypeError, match=r"^Point takes the fields x, y$"):
        Point(1).replace(z=1)


def test_what_is_hidden_can_be_left_out_altogether() -> None:
    """However deep it stands, what is hidden has its default; everything else is as it was, and equal."""

    class Holder(Value):
        content: tuple[Secret, ...]
        one: Secret
        note: str

    whole = Holder((Secret("a", 1), Secret("b", 2)), Secret("c", 3), "n")
    bare = without_hidden(whole)

    assert whole == bare
    assert ([0, 0], 0, "n") == ([each.number for each in bare.content], bare.one.number, bare.note)
    assert [1, 2] == [each.number for each in whole.content]


def test_what_is_hidden_and_has_no_default_is_left_out_as_none() -> None:
    """A hidden field that must be given has no other stand-in."""

    class Given(Value):
        _hidden = ("data",)

        data: bytes

    assert None is without_hidden(Given(b"secret")).data


def test_what_was_worked_out_does_not_go_to_another_process() -> None:
    """It may be large, and can be worked out there: a pickle has the fields alone."""
    target = get("acm")
    size = len(pickle.dumps(target))
    assert target.by_rule
    assert (target, size) == (pickle.loads(pickle.dumps(target)), len(pickle.dumps(target)))

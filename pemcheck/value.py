"""
Frozen values, cheap to define.

``dataclasses`` would do the same and cost start-up time: it compiles methods for every class, about one
millisecond each, and this package defines some thirty.  Type checkers see dataclasses (PEP 681).
``typing.NamedTuple`` compiles the annotation of every field: it is for what is made by the thousand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from typing_extensions import Self, dataclass_transform
else:

    def dataclass_transform(**_: Any) -> Any:
        """Mean nothing at run time."""
        return lambda cls: cls



@dataclass_transform(frozen_default=True)
class Value:
    """
    Base of every frozen type: annotations are the fields, class attributes their defaults.

    Fields named in ``_hidden`` are left out of ``repr()``, ``==`` and ``hash()``: key material must not
    show up in a log because somebody printed a value.
    """

    _fields: ClassVar[tuple[str, ...]] = ()
    _names: ClassVar[frozenset[str]] = frozenset()
    _defaults: ClassVar[dict[str, Any]] = {}
    _hidden: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        own = [name for name in getattr(cls, "__annotations__", {}) if name[0] != "_"]
        cls._fields = (*cls._fields, *(name for name in own if name not in cls._fields))
        cls._names = frozenset(cls._fields)
        cls._defaults = {**cls._defaults, **{name: cls.__dict__[name] for name in own if name in cls.__dict__}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        values = dict(zip(self._fields, args))
        values.update(kwargs)
        twice_or_too_many = len(values) != len(args) + len(kwargs)
        if len(values) < len(self._fields):
            values = {**self._defaults, **values}
        # what is as long and has no other name has them all
        if twice_or_too_many or len(values) != len(self._fields) or not kwargs.keys() <= self._names:
            raise self._misfit()
        self.__dict__.update(values)

    def _misfit(self) -> TypeError:
        return TypeError(f"{type(self).__name__} takes the fields {', '.join(self._fields)}")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def _shown(self) -> tuple[tuple[str, Any], ...]:
        return tuple((name, self.__dict__[name]) for name in self._fields if name not in self._hidden)

    def __getstate__(self) -> dict[str, Any]:
        """Return what goes to another process: the fields, and nothing that was only worked out from them."""
        return {name: self.__dict__[name] for name in self._fields}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._shown())})"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._shown() == other._shown()

    def __hash__(self) -> int:
        return hash(self._shown())

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed; raise TypeError for a name that is no field."""
        values = {**self.__dict__, **changes}
        if len(values) != len(self._fields):  # a cached property, or a name that is no field
            if not changes.keys() <= self._names:
                raise self._misfit()
            values = {name: values[name] for name in self._fields}
        changed = object.__new__(type(self))
        changed.__dict__.update(values)
        return changed


def without_hidden(it: Any) -> Any:
    """Return a value, and all values in it, with what hidden fields have by default: nothing secret is left."""
    if type(it) is tuple:
        return tuple(map(without_hidden, it))
    if not isinstance(it, Value):
        return it
    shown = {name: without_hidden(value) for name, value in it._shown()}
    return type(it)(**shown, **{name: it._defaults.get(name) for name in it._hidden})

"""
A project's own settings: ``pemcheck.toml``, or ``[tool.pemcheck]`` in ``pyproject.toml``.

The nearest counts, from the current directory up to the root of the repository (where ``.git`` is); outside of a
repository only the current directory is looked at, since what stands above it may be anybody's.  What is given on the
command line comes first.
"""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from ..patterns import rare
from ..source import printable
from ..value import Value
from . import Failure, complain

NAME, SHARED = "pemcheck.toml", "pyproject.toml"
_TEXTS = ("baseline", "expires-within", "fail-on", "trust-store")
_LISTS = ("target", "select", "ignore")
_SWITCHES = ("trusted", "private-ca")
KEYS = (*_LISTS, *_TEXTS, *_SWITCHES, "severity")
"""What a file of settings may say; each is named like its option.  A table, which ``severity`` is, stands last."""
FAIL_ON = ("error", "warning", "never")
_MILDER = ("trust-store", "expires-within", *_SWITCHES)
"""What can turn a verdict for the better, besides what a policy says of itself."""
_AGAINST = {"trusted": ("trust-store", "private-ca"), "trust-store": ("trusted",), "private-ca": ("trusted",)}
"""What does not hold where the command line has one of these: they answer the same question otherwise."""
_NAMES = ("system", "mozilla", "-")
"""Trust stores that are called by their names, not by a path."""
_MAX_PARENTS = 64
_MAX_WORDS = 500
_MOST_SHARED = 1 << 20
_SPEAKS = rare(r"""(?m)^[ \t]*(?:\[[ \t]*)?(?:["']?tool["']?[ \t]*\.[ \t]*)?["']?pemcheck["']?[ \t]*[].=]""")


class Settings(Value):
    """What a file says: ``values`` by name of option, paths as seen from the current directory."""

    path: str = ""
    values: Mapping[str, Any] = MappingProxyType({})
    held: frozenset[str] = frozenset()
    """The keys that hold: the command line says nothing of them."""

    @property
    def name(self) -> str:
        """What to call the file."""
        return printable(self.path)

    def by(self, key: str) -> str:
        """Return who says what holds of an option: the file, or the option itself."""
        return self.name if key in self.held else f"--{key}"

    def where(self, key: str) -> str:
        """Return where an option's value stands: in the file under this key, or behind the option."""
        return f"{self.name}: {key}" if key in self.held else f"--{key}"

    @contextmanager
    def blamed(self, key: str) -> Iterator[None]:
        """Raise what is wrong with the value of an option as a Failure, which names the file where that says it."""
        from ..source import SourceError

        try:
            yield
        except (SourceError, ValueError) as error:  # TargetError is a ValueError
            text = str(error)
            blamed = f"{self.where(key)}: {text.removeprefix(f'--{key}: ')}" if key in self.held else text
            raise Failure(blamed) from None

    @property
    def granted(self) -> tuple[tuple[str, str], ...]:
        """What makes the check milder and was typed by nobody, and the file; no report is silent about it."""
        keys = [key for key in (*_MILDER, "fail-on") if key in self.held and self.values[key] not in FAIL_ON[:2]]
        shown = (key if self.values[key] is True else f"{key} {printable(self.values[key])}" for key in keys)
        return tuple((each, self.name) for each in shown)


def nearest(start: str = ".") -> Settings:
    """Return the settings that hold for the directory *start*, none where no file is there; raise Failure."""
    try:
        folders = _upwards(os.path.abspath(start))
    except OSError:  # the current directory is gone
        return Settings()
    for folder in folders[: (_root(folders) or 0) + 1]:
        shown = os.path.relpath(folder, start)
        here = "" if shown == os.curdir else shown
        if os.path.isfile(os.path.join(folder, NAME)):
            return load(os.path.join(here, NAME))
        if _may_speak(os.path.join(folder, SHARED)):
            found = load(os.path.join(here, SHARED), optional=True)
            if found.path:
                return found
    return Settings()


def repository() -> str:
    """Return the root of the repository that the current directory is in, empty where there is none."""
    try:
        folders = _upwards(os.getcwd())
    except OSError:  # the current directory is gone
        return ""
    root = _root(folders)
    return "" if root is None else folders[root]


def _root(folders: Sequence[str]) -> int | None:
    return next((index for index, each in enumerate(folders) if os.path.exists(os.path.join(each, ".git"))), None)


def _upwards(folder: str) -> list[str]:
    folders = [folder]
    while len(folders) < _MAX_PARENTS and os.path.dirname(folders[-1]) != folders[-1]:
        folders.append(os.path.dirname(folders[-1]))
    return folders


def _may_speak(path: str) -> bool:
    """Whether a ``pyproject.toml`` may have a table for us: most have none, and TOML takes time to read."""
    if not os.path.isfile(path):
        return False
    try:
        with open(path, "rb") as file:
            return _SPEAKS.search(file.read(_MOST_SHARED).decode("latin-1")) is not None
    except OSError:
        return True  # what is in it could matter; reading it once more tells what is wrong


def load(path: str, optional: bool = False) -> Settings:
    """
    Return what the file at *path* says; raise Failure, in one sentence, for what it cannot mean.

    A ``pyproject.toml`` without a table for us is an error, too, unless that is *optional*.
    """
    from ..source import SourceError, read
    from ..targets import TargetError
    from ..targets.toml import Table, decode, parse

    try:
        shown, data = read(path)
        file, where = printable(shown), ""
        values = parse(decode(data, shown), shown)
        if os.path.basename(path) == SHARED:
            where = "tool.pemcheck: "
            tool = Table(file, "", values).get("tool", dict, {})
            if "pemcheck" not in tool and optional:
                return Settings()
            if "pemcheck" not in tool:
                raise Failure(f"{file}: there is no [tool.pemcheck] in it")
            values = Table(file, "tool.", tool).get("pemcheck", dict)
        table = Table(file, where, values, KEYS)
        found = {key: _value(table, key, os.path.dirname(path)) for key in values}
    except (SourceError, TargetError) as error:
        raise Failure(str(error)) from None
    for other in _AGAINST["trusted"]:
        if found.get("trusted") and found.get(other):
            raise Failure(f"{file}: {where}trusted and {where}{other} answer the same question; leave one out")
    return Settings(path, found)


def _value(table: Any, key: str, folder: str) -> Any:
    if key in _SWITCHES:
        return table.get(key, bool)
    if key == "severity":
        weights = table.get(key, dict)
        below = type(table)(table.file, f"{table.where}severity.", weights)
        return [f"{rule}={below.text(rule)}" for rule in weights]
    if key == "fail-on":
        return table.one_of(key, FAIL_ON, "value")
    if key in _TEXTS:
        text = table.text(key)
        return text if key == "expires-within" else _path(text, folder)
    words = [table.values[key]] if key == "target" and isinstance(table.values[key], str) else table.get(key, list)
    if len(words) > _MAX_WORDS or not all(isinstance(word, str) for word in words):
        table.fail(key, f"this must be an array of at most {_MAX_WORDS} texts")
    return [_path(word, folder) if key == "target" and word.endswith(".toml") else word for word in words]


def _path(text: str, folder: str) -> str:
    """Return a path in a file of *folder* as it is seen from the current directory."""
    scheme, separator, rest = text.rpartition("://")
    if text in _NAMES or text.startswith("env:") or rest.startswith("~"):
        return text
    return f"{scheme}{separator}{os.path.join(folder, rest)}"


def settings_of(options: Namespace, says_where: bool) -> Settings:
    """
    Return the settings that hold, which *options* has taken over where the command line says nothing.

    Without ``--target`` it may say where to all the same: an operation of AWS's does.
    """
    if options.config == "none":
        return Settings()
    settings = nearest() if options.config is None else load(options.config)
    return settings.replace(held=frozenset(_taken_over(options, settings, ("target",) if says_where else ())))


def _taken_over(options: Namespace, settings: Settings, said: tuple[str, ...]) -> Iterator[str]:
    """Put what *settings* say where the command line says nothing; yield the keys of it."""
    given = vars(options)
    typed = {key for key in KEYS if given.get(key.replace("-", "_")) or key.replace("-", "_") in given.get("given", ())}
    for key, value in settings.values.items():
        name = key.replace("-", "_")
        nothing = value is False or (value == [] and key != "select")
        if name not in given or key in typed or key in said or nothing:
            continue
        against = next((each for each in _AGAINST.get(key, ()) if each in typed), "")
        if against:
            complain(f"--{against} was typed: {key} in {settings.name} does not count")
            continue
        setattr(options, name, value)
        yield key


def show(settings: Settings, options: Namespace) -> str:
    """Return what holds, and where it is from, as TOML that reads back from the current directory."""
    from ..render.as_toml import toml_value

    lines = [f"# {settings.name}" if settings.path else f"# there is no {NAME}, and no [tool.pemcheck]"]
    for key in KEYS:
        value = getattr(options, key.replace("-", "_"))
        if value not in (None, [], False):
            typed = [] if key in settings.held or not settings.path else [f"# from --{key}"]
            lines += [*typed, *(_table(value) if key == "severity" else [f"{key} = {toml_value(_frozen(value))}"])]
    return "\n".join(lines) + "\n"


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _table(weights: list[str]) -> Iterator[str]:
    from ..render.as_toml import toml_value

    yield "[severity]"
    for each in words(weights):
        rule, _, level = each.partition("=")
        yield f"{toml_value(rule)} = {toml_value(level)}"


def words(given: list[str]) -> list[str]:
    """
    Return the rules that were given, several of them in one word, as ruff takes them, included.

    Raises Failure where there are more than anybody means.
    """
    if sum(each.count(",") + 1 for each in given) > _MAX_WORDS:
        raise Failure(f"an option that names rules may name {_MAX_WORDS} at most")
    return [word.strip() for each in given for word in each.split(",") if word.strip()]

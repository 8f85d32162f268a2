"""
A project's own settings: ``pemcheck.toml``, or ``[tool.pemcheck]`` in ``pyproject.toml``.

The nearest counts, from the current directory up to the root of the repository (where ``.git`` is); outside of a
repository only the current directory is looked at, since what stands above it may be anybody's.  What is given on the
command line comes first.
"""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from ..source import printable
from . import Failure

FILES = ("pemcheck.toml", "pyproject.toml")
_TEXTS = ("baseline", "expires-within", "fail-on", "trust-store")
_LISTS = ("target", "select", "ignore")
_SWITCHES = ("trusted", "private-ca")
KEYS = (*_LISTS, "severity", *_TEXTS, *_SWITCHES)
"""What a file of settings may say; each is named like its option."""
_PATHS = ("baseline", "trust-store")
_MAX_PARENTS = 64
_MAX_WORDS = 500


class Settings(NamedTuple):
    """What a file says: ``values`` by name of option, paths as seen from the current directory."""

    path: str = ""
    values: Mapping[str, Any] = MappingProxyType({})

    @property
    def name(self) -> str:
        """What to call the file."""
        return printable(self.path)


def find(start: str = ".") -> str:
    """Return the path of the file of settings that holds for the directory *start*; empty if there is none."""
    folders = list(_upwards(os.path.abspath(start)))
    root = next((index for index, each in enumerate(folders) if os.path.exists(os.path.join(each, ".git"))), 0)
    for folder in folders[: root + 1]:
        for name in FILES:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and (name == FILES[0] or _is_meant(path)):
                return os.path.relpath(path, start)
    return ""


def _upwards(folder: str) -> list[str]:
    folders = [folder]
    while len(folders) < _MAX_PARENTS and os.path.dirname(folders[-1]) != folders[-1]:
        folders.append(os.path.dirname(folders[-1]))
    return folders


def _is_meant(path: str) -> bool:
    """Whether a ``pyproject.toml`` speaks of pemcheck at all: most do not, and TOML takes time to read."""
    try:
        with open(path, "rb") as file:
            return b"tool.pemcheck" in file.read(1 << 20)
    except OSError:
        return False


def load(path: str) -> Settings:
    """Return what the file at *path* says; raise Failure, in one sentence, for what it cannot mean."""
    from ..source import SourceError, read
    from ..targets import TargetError
    from ..targets.toml import Table, decode, parse

    try:
        shown, data = read(path)
        values = parse(decode(data, shown), shown)
        where = ""
        if os.path.basename(path) == FILES[1]:
            where = "tool.pemcheck: "
            values = Table(shown, "tool: ", Table(shown, "", values).get("tool", dict, {})).get("pemcheck", dict, {})
        table = Table(printable(shown), where, values, KEYS)
        return Settings(path, {key: _value(table, key, os.path.dirname(path)) for key in values})
    except (SourceError, TargetError) as error:
        raise Failure(str(error)) from None


def _value(table: Any, key: str, folder: str) -> Any:
    if key in _SWITCHES:
        return table.get(key, bool)
    if key in _TEXTS:
        text = table.text(key)
        return os.path.join(folder, text) if key in _PATHS and not _is_name(text) else text
    if key == "severity":
        weights = table.get(key, dict)
        below = type(table)(table.file, f"{table.where}severity.", weights)
        return [f"{rule}={below.text(rule)}" for rule in weights]
    words = [table.values[key]] if key == "target" and isinstance(table.values[key], str) else table.get(key, list)
    if len(words) > _MAX_WORDS or not all(isinstance(word, str) for word in words):
        table.fail(key, f"this must be an array of at most {_MAX_WORDS} texts")
    if key == "target":
        return [os.path.join(folder, word) if word.endswith(".toml") else word for word in words]
    return words


def _is_name(text: str) -> bool:
    """Whether a trust store is called by its name, not by a path."""
    return text in ("system", "mozilla")


def settings_of(options: Namespace) -> Settings:
    """Return the settings that hold, which *options* has taken over where it says nothing itself."""
    path = find() if options.config is None else "" if options.config == "none" else options.config
    settings = load(path) if path else Settings()
    take_over(options, settings)
    return settings


def take_over(options: Namespace, settings: Settings) -> None:
    """Put what *settings* say where the command line says nothing."""
    given = vars(options).get("given", set())
    for key, value in settings.values.items():
        name = key.replace("-", "_")
        if hasattr(options, name) and name not in given and not getattr(options, name):
            setattr(options, name, value)


def show(settings: Settings, options: Namespace) -> str:
    """Return what holds, and where it is from, as TOML."""
    from ..render.as_toml import toml_value

    lines = [f"# from {settings.name}" if settings.path else "# there is no pemcheck.toml, and no [tool.pemcheck]"]
    for key in KEYS:
        value = getattr(options, key.replace("-", "_"))
        if value not in (None, [], False, ""):
            lines.append(f"{key} = {toml_value(tuple(value) if isinstance(value, list) else value)}")
    return "\n".join(lines) + "\n"

"""A target as the TOML that ``--target FILE.toml`` reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from ..patterns import rare
from ..targets import Demand, Target
from .page import WIDTH

# what TOML forbids in a basic string, and what a terminal should not get to see
_ESCAPED = rare('["\\\\\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]')
_ALWAYS = ("rule", "severity", "evidence", "source")


def target_toml(target: Target) -> str:
    """Return the whole of *target*, of which ``targets.custom.load`` makes an equal one."""
    lines = [f"{name} = {toml_value(getattr(target, name))}" for name in target._fields if name != "demands"]
    for demand in target.demands:
        lines += ["", "[[demand]]", *_demand(demand)]
    return "\n".join(lines) + "\n"


def _demand(demand: Demand) -> Iterator[str]:
    for name in demand._fields:
        value = getattr(demand, name)
        if name in _ALWAYS or value != demand._defaults[name]:
            yield f"{name} = {toml_value(value)}"


def toml_value(value: bool | int | Enum | str | tuple[str, ...]) -> str:
    """Return *value* as TOML has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value:_}"
    if isinstance(value, tuple):
        line = f"[{', '.join(map(toml_value, value))}]"
        return line if len(line) < WIDTH - 24 else "[\n" + "".join(f"    {toml_value(each)},\n" for each in value) + "]"
    return _text(str(value.value) if isinstance(value, Enum) else value)


def _text(text: str) -> str:
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return "\\" + character if character in '"\\' else f"\\u{ord(character):04x}"

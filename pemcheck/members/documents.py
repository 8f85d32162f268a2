"""
JSON documents, and YAML's once read: Kubernetes secrets, and what APIs and tools answer.

A tree is made of ``Pairs`` (mappings, with every duplicate), lists, strings, and whatever else counts for
nothing here.  It is walked without recursion, within bounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Union

from ..armor import decode, is_base64
from ..budget import Budget
from .found import MAX_MEMBERS, MAX_TOTAL, Member, Members, carries, distinct, is_plain, shown, unpacked

MAX_JSON = 1024 * 1024
"""Bytes of a JSON document that is read at all."""
MAX_DEPTH = 32
MAX_VALUES = 1_000
"""Strings looked at, those left aside that are too short to hold anything."""
_MAX_NODES = 20_000
_SHORTEST = 24
_USUAL = frozenset(("tls.crt", "tls.key", "ca.crt"))
"""The keys of a secret of type kubernetes.io/tls: what is there is meant, whatever it looks like."""

Keys = tuple[Union[str, int], ...]


class Pairs(list[tuple[str, Any]]):
    """The members of a mapping in their order, duplicates included."""

    __slots__ = ()

    def get(self, name: str) -> Any:
        """Return the last value of this name, or None."""
        return next((value for key, value in reversed(self) if key == name), None)


def looks_like_json(data: bytes) -> bool:
    """Whether *data* starts as a JSON object or array does, and is not too large for one."""
    return len(data) <= MAX_JSON and data.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] in (b"{", b"[")


def parse_json(data: bytes) -> Any:
    """Return the tree of a JSON object or array; None if *data* is none, or nested too deeply to be read."""
    import json

    try:
        # numbers are of no use here, and a long one costs quadratic time
        return json.loads(
            data, object_pairs_hook=Pairs, parse_int=bool, parse_float=bool, parse_constant=bool, strict=False
        )
    except (ValueError, RecursionError):
        return None


class _Value:
    """One string that may matter: where it stands, and in which secret, in which way, if in any."""

    def __init__(self, keys: Keys, text: str, secret: str = "", encoded: bool = False, cut: bool = False) -> None:
        self.keys, self.text, self.secret, self.encoded = keys, text, secret, encoded
        self.cut = cut  # nothing behind it was looked at


def take_out(roots: Sequence[Any], sort: str, language: str, budget: Budget) -> Members | None:
    """Return the members of a document in *language*, made of one tree or several; None if it carries nothing."""
    secrets: list[str] = []
    members: list[Member] = []
    left_out: list[str] = []
    left, cut = MAX_TOTAL, ""
    whole: Any = roots[0] if len(roots) == 1 else list(roots)
    first = "it[0]" if sort == "yaml" and whole is roots[0] else "it"
    for number, value in enumerate(_values(whole, secrets)):
        if value.cut or number >= MAX_VALUES or len(members) >= MAX_MEMBERS or left <= 0:
            cut = f"only the first {number:,} of its values were looked at"
            break
        data, reason = _content(value, budget)
        left -= len(data)
        if reason:
            left_out.append(f"{'the end of ' if data else ''}{_name(value, True)} ({reason})")
        if data:
            members.append(_member(value, data, first))
    if not members and not secrets:
        return None
    if len(secrets) == 1:
        members = [each.replace(name=each.name.rpartition("/")[2]) for each in members]
    title = f"a {language} document"
    if secrets:
        title = f"a Kubernetes secret in {language}"
    if len(secrets) > 1:
        title = f"a list of {len(secrets)} Kubernetes secrets in {language}"
    return Members(sort, title, distinct(members), tuple(left_out), cut)


def _values(root: Any, secrets: list[str]) -> Iterator[_Value]:
    """Yield the strings below *root* in their order, those of secrets with their names, which go into *secrets*."""
    stack: list[tuple[Keys, Any]] = [((), root)]
    nodes, deep = 0, False
    while stack and nodes < _MAX_NODES:
        keys, value = stack.pop()
        nodes += 1
        if isinstance(value, str):
            if len(value) >= _SHORTEST:
                yield _Value(keys, value)
        elif len(keys) >= MAX_DEPTH:
            deep = True
        elif isinstance(value, Pairs):
            if value.get("kind") == "Secret":
                yield from _secret(keys, value, secrets)
            else:
                stack += [((*keys, key), below) for key, below in reversed(value) if _may_hold(below)]
        else:
            indexes = range(len(value) - 1, -1, -1)
            stack += [((*keys, index), value[index]) for index in indexes if _may_hold(value[index])]
    if stack or deep:
        yield _Value((), "", cut=True)


def _may_hold(value: Any) -> bool:
    return isinstance(value, (str, list)) and bool(value)


def _secret(keys: Keys, secret: Pairs, secrets: list[str]) -> Iterator[_Value]:
    """Yield the values of one secret; what its annotations repeat of it is not looked at."""
    metadata = secret.get("metadata")
    names = [metadata.get(each) for each in ("namespace", "name")] if isinstance(metadata, Pairs) else []
    name = "/".join(shown(each) for each in names if isinstance(each, str) and each) or f"secret {len(secrets) + 1}"
    secrets.append(name)
    for field in ("data", "stringData"):
        found = secret.get(field)
        for key, text in found if isinstance(found, Pairs) else ():
            if isinstance(text, str) and (len(text) >= _SHORTEST or key in _USUAL):
                yield _Value((*keys, field, key), text, name, field == "data")


def _content(value: _Value, budget: Budget) -> tuple[bytes, str]:
    """Return the bytes that a value stands for, if they matter, and why some are missing where they should not."""
    text = value.text
    if not value.secret:
        raw = text.encode("utf-8", "replace")
        inner = unpacked(text)
        if inner and carries(inner, budget):
            return inner, ""
        return (raw, "") if not inner and carries(raw, budget) else (b"", "")
    usual = value.keys[-1] in _USUAL
    data = text.encode("utf-8", "replace")
    if value.encoded:
        packed = "".join(text.split())
        if is_base64(packed):
            data = decode(packed[: len(packed) // 4 * 4]) if len(packed) % 4 == 1 else decode(packed)
            if len(packed) % 4 and (usual or carries(data, budget)):  # whoever writes a secret pads it
                return data, "its base64 is cut off"
        elif not carries(data, budget):
            return b"", "not base64" if usual and packed else "empty" if usual else ""
    if not data.strip():
        return b"", "empty" if usual else ""
    return (data, "") if usual or carries(data, budget) else (b"", "")


def _name(value: _Value, alone: bool = False) -> str:
    if value.secret:
        key = shown(str(value.keys[-1]))
        return key if alone else f"{value.secret}/{key}"
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{shown(key)}" for key in value.keys)
    return text.lstrip(".")


def _member(value: _Value, data: bytes, start: str) -> Member:
    name = _name(value)
    file = name.rpartition("/")[2] if value.secret else f"{name.replace('/', '-')}.pem"
    plain = all(isinstance(key, int) or is_plain(key) for key in value.keys)
    place = start + "".join(f"[{key!r}]" for key in value.keys)
    raw = data == value.text.encode("utf-8", "replace")
    way = f"{place}.encode()" if raw else f"base64.b64decode({place})"
    return Member(name, data, file, way if plain else "")

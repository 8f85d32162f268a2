"""What a command is given to look at: files, folders, and members of archives; each read once, and opened."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..source import named, path_of
from ..value import Value
from . import Failure
from .passphrase import opened_at_terminal

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from ..budget import Budget
    from ..encryption import Passphrase
    from ..gathering import Given
    from ..submission import Input

FILES = ("--certificate", "--private-key", "--certificate-chain")
"""The options that name the three inputs, in the order in which everything takes them."""
_MAX_NAMES = 8
"""Members and folders that a sentence names."""
_SAYS_NOTHING = ("pem-nothing-found", "input-empty")
"""The rules about what holds nothing, and not even what is damaged."""


class Material(Value):
    """What was given, read; ``found`` are the names of what was found in a folder, ``folders`` those."""

    given: list[Given]
    found: frozenset[str]
    folders: tuple[str, ...]

    def inputs(
        self, passphrase: Passphrase, options: Namespace, sources: Sequence[str | None], budget: Budget
    ) -> list[Input]:
        """
        Return what is in it, paid from *budget*; at a terminal, ask for the passphrases that it needs.

        Raises Failure for folders in which there is nothing, Undetermined for more than a person could mean.
        """
        from ..gathering import read_all

        read = read_all(self.given, passphrase, budget)
        if self.folders and not any(map(_says_something, read)):
            raise Failure(barren(self.folders[0], "there is no certificate or private key in its files"))
        return opened_at_terminal(
            read,
            lambda numbers, typed: read_all([self.given[n] for n in numbers], typed, budget.again()),
            options,
            sources,
        )

    @property
    def paths(self) -> list[str]:
        """The paths of the files that were read."""
        names = (each.name.removesuffix(f"!{each.member}") if each.member else each.name for each in self.given)
        return [name for name in names if not name.startswith(("env:", "<stdin>"))]


def _says_something(it: Input) -> bool:
    return bool(it.objects) or any(each.rule not in _SAYS_NOTHING or each.sort for each in it.problems)


def add_roles(found: ArgumentParser) -> None:
    """Add the options that name the three inputs."""
    found.add_argument("--certificate", "--certificate-body", metavar="SRC", help="the end-entity certificate")
    found.add_argument("--private-key", metavar="SRC", help="its private key")
    found.add_argument("--certificate-chain", metavar="SRC", help="its issuer's certificate, and so on upwards")


def roles_of(options: Namespace) -> tuple[str | None, ...]:
    """Return the three sources that ``add_roles`` asks for."""
    return options.certificate, options.private_key, options.certificate_chain


def require_one_reader(sources: Sequence[str | None]) -> None:
    """Raise Failure where standard input would be read twice."""
    if [*sources].count("-") > 1:
        raise Failure("standard input (-) can be read once only")


def read_material(roles: Sequence[Given | str | None], files: Sequence[str]) -> Material:
    """
    Read the three inputs with their *roles*, in the usual order, and *files*, which may be folders.

    What is no text was read already.  Raises SourceError where something cannot be read, Failure for a folder
    without a file, ValueError for more than a person could mean.
    """
    from ..inputs import ROLES
    from ..source import MAX_ALL_BYTES, MAX_FILES, listed

    wrappers: Wrappers = {}
    given = []
    for role, source in zip(ROLES, roles):
        if source is not None:
            one = read_one(source, wrappers) if isinstance(source, str) else source
            given.append(one.replace(role=role))
    count = size = 0
    found: list[str] = []
    folders = tuple(source for source in files if os.path.isdir(path_of(source)))
    for source in files:
        inside = listed(path_of(source)) if source in folders else []
        if source in folders and not inside:
            raise Failure(barren(path_of(source), "there is no file in this directory"))
        found += inside
        for path in inside or [source]:
            given.append(read_one(path, wrappers))
            count, size = count + 1, size + len(given[-1].data)
            if count > MAX_FILES or size > MAX_ALL_BYTES:
                raise ValueError(
                    f"more than {MAX_FILES} files, or {MAX_ALL_BYTES:,} bytes; name only those that are meant"
                )
    return Material(given, frozenset(found), tuple(map(path_of, folders)))


Wrappers = dict[str, tuple[str, bytes]]
"""What was read of a wrapper before: its members may be named one by one, and it is opened once."""


def read_one(source: str, wrappers: Wrappers | None = None) -> Given:
    """
    Return what *source* names: a file, or as ``CONTAINER!MEMBER`` a member of an archive or a document.

    A file of exactly that name comes first.  Raises SourceError, in one sentence.
    """
    from ..gathering import Given
    from ..source import SourceError, read, read_file

    try:
        found = read_file(source)
        return Given(found.name, found.data, mode=found.mode)
    except SourceError:
        container = _container(source)
        if not container:
            raise
    wrappers = {} if wrappers is None else wrappers
    if container not in wrappers:
        wrappers[container] = read(container)
    name, data = wrappers[container]
    wanted = source[len(container) + 1 :]
    from ..members import members

    wrapped = members(data)
    if wrapped is None or not wrapped.members:
        raise SourceError(f"{named(container)}: it is no archive or document with a certificate or a key in it")
    if not any(each.name == wanted for each in wrapped.members):
        names = _listed([each.name for each in wrapped.members])
        raise SourceError(f"{named(container)}: there is no member of this name in it; there is {names}")
    return Given(f"{name}!{wanted}", data, wanted)


def _container(source: str) -> str:
    """Return the CONTAINER of ``CONTAINER!MEMBER``, empty where *source* is no such thing."""
    if os.path.lexists(path_of(source)):
        return ""
    ends = (end for end, character in enumerate(source) if character == "!")
    return next((source[:end] for end in ends if _is_there(source[:end])), "")


def _is_there(source: str) -> bool:
    return source[4:] in os.environ if source.startswith("env:") else os.path.isfile(path_of(source))


def barren(folder: str, reason: str) -> str:
    """Return the sentence about a *folder* in which there is nothing to look at: what to pass instead, if anything."""
    inside = list(_folders_in(folder))
    if not inside:
        return f"{named(folder)}: {reason}"
    return f"{named(folder)}: {reason}; name one of the folders in it: {_listed(inside)}"


def _folders_in(folder: str) -> Iterator[str]:
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name[0] != "." and os.path.isdir(path):
            yield path


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MAX_NAMES:,} more" if len(names) > _MAX_NAMES else ""
    return f"{', '.join(map(named, names[:_MAX_NAMES]))}{more}"

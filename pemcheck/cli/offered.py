"""``--intermediates``: certificates that a chain may be completed from."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from . import Failure, complain

if TYPE_CHECKING:
    from ..budget import Budget
    from ..facts import Certificate

MAX_FILES = 1_000
"""Files of one folder that are read, in the order of their names."""
MAX_CERTIFICATES = 1_000
"""Certificates that are looked at in all."""


def read_offered(sources: Sequence[str], budget: Budget) -> tuple[list[Certificate], list[str]]:
    """
    Return the certificates in files, and in the files of folders (not of folders in them), and their paths.

    Raises Failure where one that was named cannot be read; a file of a folder that cannot be is passed over, and
    that is said, as it is where *budget* is used up.
    """
    from ..gathering import look
    from ..source import EXHAUSTED, SourceError, printable, read

    found: dict[bytes, Certificate] = {}
    seen: set[bytes] = set()
    paths = []
    for path, was_named in _files(sources):
        if len(found) >= MAX_CERTIFICATES:
            complain(f"--intermediates: only the first {len(found):,} certificates are looked at")
            break
        try:
            name, data = read(path)
        except SourceError as error:
            if was_named:
                raise Failure(str(error)) from None
            complain(str(error))
            continue
        paths.append(path)
        digest = hashlib.sha256(data).digest()
        if digest in seen:  # folders of roots hold each of them under several names
            continue
        seen.add(digest)
        looked = look(data, name, budget=budget)
        certificates = looked.certificates
        if any(each.sort == EXHAUSTED for each in looked.problems):
            complain(f"--intermediates: {printable(name)} is looked at in part, and nothing behind it: it is too much")
            found.update({each.der: each for each in certificates if each.der not in found})
            break
        if was_named and not certificates:
            complain(f"--intermediates: there is no certificate in {printable(name)}")
        found.update({each.der: each for each in certificates if each.der not in found})
    return list(found.values()), paths


def _files(sources: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield every file that is meant, and whether it was named itself."""
    from ..source import named

    for source in sources:
        if not os.path.isdir(source):
            yield source, True
            continue
        try:
            names = sorted(os.listdir(source))
        except OSError as error:
            raise Failure(f"{named(source)}: {str(error.strerror).lower()}") from None
        files = [path for path in (os.path.join(source, name) for name in names) if os.path.isfile(path)]
        if len(files) > MAX_FILES:
            complain(f"--intermediates: only the first {MAX_FILES:,} files of {named(source)} are looked at")
        yield from ((path, False) for path in files[:MAX_FILES])

"""Where a report goes when it does not go to standard output."""

from __future__ import annotations

import os

from ..source import named
from . import Failure


def write_file(path: str, text: str, option: str) -> None:
    """
    Write *text* to the file at *path*, whole or not at all; what stood there before is replaced.

    What is no regular file (a pipe, ``/dev/stderr``) is written to as it is.  Raises Failure, which names *option*.
    """
    data = text.encode("utf-8", "backslashreplace")
    if os.path.exists(path) and not os.path.isfile(path):
        try:
            with open(path, "wb") as file:
                file.write(data)
        except OSError as error:
            raise Failure(f"{option}: {named(path)}: {str(error.strerror).lower()}") from None
        return
    from ..writing import PUBLIC, WritingError, write

    folder, name = os.path.split(path)
    if not name or not os.path.isdir(folder or "."):
        raise Failure(f"{option}: {named(path)}: there is no such directory")
    try:
        write(folder or ".", {name: (data, PUBLIC)}, force=True)
    except WritingError as error:
        raise Failure(f"{option}: {error}") from None

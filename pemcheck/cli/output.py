"""Where a report goes when it does not go to standard output."""

from __future__ import annotations

import os
from collections.abc import Sequence

from ..source import named
from . import Failure

_OPEN_ALREADY = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/")
"""Where names of what is no file of anybody's stand: a redirected ``/dev/stdout`` looks like one."""


def write_file(path: str, text: str, option: str, inputs: Sequence[str] = ()) -> None:
    """
    Write *text* to the file at *path*, whole or not at all; what stood there before is replaced.

    What is no regular file (a pipe, ``/dev/stdout``) is written to as it is.  Raises Failure, which names *option*;
    one of *inputs* (paths) is never replaced.
    """
    from ..writing import PUBLIC, WritingError, write

    data = text.encode("utf-8", "backslashreplace")
    folder, name = os.path.split(path)
    try:
        if os.path.abspath(path).startswith(_OPEN_ALREADY) or (os.path.exists(path) and not os.path.isfile(path)):
            with open(path, "ab") as file:
                file.write(data)
        elif not name or not os.path.isdir(folder or os.curdir):
            raise Failure(f"{option}: {named(path) if path else 'the path is empty'}: there is no such directory")
        else:
            write(folder or os.curdir, {name: (data, PUBLIC)}, force=True, inputs=inputs)
    except OSError as error:
        raise Failure(f"{option}: {named(path)}: {str(error.strerror).lower()}") from None
    except WritingError as error:
        raise Failure(f"{option}: {error}") from None

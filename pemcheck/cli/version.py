"""``--version``."""

from __future__ import annotations

import platform

from . import program_version


def text(verbose: bool) -> str:
    """Return pemcheck's and Python's versions; with *verbose* also the libraries' and libcrypto's."""
    lines = [f"{program_version()} (Python {platform.python_version()})"]
    if verbose:
        from ..crypto import backend

        found = backend()
        lines.append(f"asn1crypto {found['asn1crypto']}")
        lines.append(f"oscrypto {found['oscrypto'] or 'is not installed'}")
        if found["unavailable"]:
            lines.append(f"no libcrypto in use: {found['unavailable']}; arithmetic alone proves")
        else:
            lines.append(f"{found['libcrypto']}")
    return "\n".join(lines) + "\n"

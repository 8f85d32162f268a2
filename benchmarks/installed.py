"""Whether pemcheck is installed here as users have it: a source folder, or no ``.pyc`` file, costs time of its own."""

from __future__ import annotations

import importlib.util
import sys
import sysconfig
from pathlib import Path

PACKAGES = ("pemcheck", "asn1crypto", "oscrypto")


def require() -> Path:
    """Return the folder that pemcheck is installed in; SystemExit, with what to do, if it cannot be measured."""
    places = {Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")}
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            raise SystemExit(f"{package} is not installed for {sys.executable}: {_how(package)}")
        folder = Path(spec.origin).resolve().parent
        if folder.parent not in places:
            raise SystemExit(
                f"{package} is imported from {folder}, where it is not installed but edited or copied to, which takes "
                f"another time to start: {_how(package)}, and unset PYTHONPATH"
            )
        modules = folder.rglob("*.py")
        missing = [each for each in modules if not Path(importlib.util.cache_from_source(str(each))).exists()]
        if missing:
            raise SystemExit(
                f"{len(missing)} modules in {folder} are not compiled, {missing[0].name} for one, and would be at each "
                f"start: {sys.executable} -m compileall -q {folder}"
            )
    return folder.parent


def _how(package: str) -> str:
    return f"{sys.executable} -m pip install --force-reinstall {'.' if package == 'pemcheck' else package}"

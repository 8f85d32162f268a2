"""What shells complete, written by shell/generate.py: a file for each of them, read when it is asked for."""

from __future__ import annotations

from pkgutil import get_data


def text_for(shell: str) -> str:
    """Return the completion for *shell*: ``bash``, ``zsh`` or ``fish``; FileNotFoundError for another."""
    return (get_data(__name__, shell) or b"").decode("utf-8")

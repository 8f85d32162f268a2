"""
What a report says to a caller of Python: options are arguments, and what was given is no file.

Findings speak the words of the command line.  In commands, which stand in backquotes, an input that is no file becomes
FILE, as one from standard input does.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from .findings import Check, Finding, Report
from .source import Location

OF_CHECK = {"certificate_chain": "chain"}
"""The arguments of ``pemcheck.check`` that are not called as the options are."""
_SWITCHES = {"trusted", "private_ca", "without_key", "allow_expensive", "mutual_tls"}
_PLURAL = {"hostname": "hostnames"}
_OPTION = re.compile(r"(?<![\w-])--([a-z]+(?:-[a-z]+)*)( [a-z]{2,}(?:-[a-z]+)+-\d+)?(?![\w-])")
"""An option, with the region that may stand behind it."""
_PHRASES = (
    ("--trust-store FILE|system|mozilla", "trust_store (what is in a file, 'system' or 'mozilla')"),
    ("name the passphrase with --passphrase-file FILE or --passphrase-env NAME", "give it passphrase"),
    ("; with --keep-root the command fix keeps one that was given", ""),
)
_CONTENT = "pass what is in the file: pathlib.Path(NAME).read_bytes()"
_WHY_CONTENT = "Text is taken for the content itself, and the service would get the name."


class Words:
    """
    The words of one caller.

    *inputs* are the names of what was given that is no file, *arguments* what options are called, where that is not
    the name with underscores.
    """

    def __init__(self, inputs: Collection[str], arguments: Mapping[str, str]) -> None:
        self._inputs = re.compile(rf"(?<![\w./-])(?:{'|'.join(map(re.escape, inputs)) or '(?!)'})(?![\w./-])")
        self._arguments = arguments

    def report(self, it: Report) -> Report:
        """Return *it* in these words."""
        findings = tuple(map(self._finding, it.findings))
        checks = tuple(map(self._check, it.checks))
        return it.replace(findings=findings, checks=checks, repair=self.text(it.repair))

    def _finding(self, it: Finding) -> Finding:
        named = it.rule == "input-is-path"
        return it.replace(
            message=self.text(it.message),
            why=_WHY_CONTENT if named else it.why,
            fix=_CONTENT if named else self.text(it.fix),
            at=self._place(it.at),
        )

    def _check(self, it: Check) -> Check:
        return it.replace(reason=self.text(it.reason))

    def _place(self, at: Location) -> Location:
        return at.replace(file=self._named(at.file[2:])) if at.file.startswith("--") else at

    def text(self, text: str) -> str:
        """Return *text*: arguments for options, and in commands FILE for what is none."""
        parts = text.split("`")
        return "`".join(self._inputs.sub("FILE", part) if i % 2 else self._prose(part) for i, part in enumerate(parts))

    def _prose(self, text: str) -> str:
        for said, words in _PHRASES:
            text = text.replace(said, words)
        return _OPTION.sub(self._option, text)

    def _option(self, match: re.Match[str]) -> str:
        name = self._named(match[1])
        if name in _SWITCHES:
            name += "=True"
        return f"{name}={match[2].strip()!r}" if match[2] else name

    def _named(self, option: str) -> str:
        name = option.replace("-", "_")
        return self._arguments.get(name) or _PLURAL.get(name) or name

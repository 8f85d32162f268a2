"""
Mutants of valid submissions: no damage is accepted silently.

    python tests/mutants.py [COUNT [SEED]]    prints how many ended how; exit 1 if one is unexplained; default 100,000

One to three bits are flipped, in the text of a file or in the DER of one of its blocks, which is then encoded again.
A mutant may be refused or undecided; or accepted with a new warning that names the file; or accepted silently, if one
of ``EXPLAINED`` says why nothing that matters was changed.  The explanation is found without the package's readers.
"""

from __future__ import annotations

import base64
import binascii
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).resolve().parent.parent)]

from fixtures.build import AT, ROOT, leaf, load_key
from fixtures.generate import CASES
from pemcheck import Report, Severity, Verdict, checking, gathering, targets, trust

FILES = ("certificate.pem", "private-key.pem", "certificate-chain.pem")
BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]*)-----([^-]*)-----END \1-----")
PLAIN = ("clean-rsa-2048", "clean-p256", "clean-p384", "clean-2-intermediates", "clean-self-signed", "clean-pkcs1-key")


class Given(NamedTuple):
    """A valid submission: its files, the target that accepts it, and whether a trust store holds its root."""

    name: str
    files: tuple[bytes | None, ...]
    target: targets.Target
    anchored: bool = False


@cache
def submissions() -> tuple[Given, ...]:
    """Return those that mutants are made of."""
    acm, cloudfront = targets.get("acm"), targets.get("cloudfront")
    found = [Given(name, _files(name), acm) for name in PLAIN]
    found += [Given(f"{name} with a trust store", _files(name), cloudfront, True) for name in PLAIN[:1] + PLAIN[3:4]]
    edwards = leaf(key="ed25519-a")
    parts = (edwards.pem, load_key(edwards.key).pem, "".join(each.pem for each in edwards.chain))
    takes = acm.replace(key_algorithms=(*acm.key_algorithms, "Ed25519"))
    return (*found, Given("Ed25519", tuple(part.encode() for part in parts), takes))


def _files(case: str) -> tuple[bytes | None, ...]:
    contents = CASES[case].contents()
    return tuple(contents.get(name) for name in FILES)


@cache
def _store() -> trust.Store:
    return trust.load("roots", ROOT.pem.encode())


def judge(given: Given, files: Sequence[bytes | None]) -> Report:
    """Return the report on *files*, judged as *given* is."""
    submission = gathering.gather(files, FILES, store=_store() if given.anchored else None)
    return checking.judge_all(submission, (checking.wanted(given.target, AT),))[0]


def warnings(report: Report, file: str) -> set[str]:
    """Return the rules that a report warns of, at a place in *file*."""
    worse = (finding for finding in report.findings if finding.severity is not Severity.NOTE)
    return {each.rule for each in worse if file in {at.file for at in (each.at, *each.also)}}


@cache
def before(name: str, file: str) -> frozenset[str]:
    """Return what is said of a file as long as nothing is damaged."""
    given = next(each for each in submissions() if each.name == name)
    report = judge(given, given.files)
    if report.verdict is not Verdict.ACCEPTED:
        raise ValueError(f"{name} is not accepted as it is")
    return frozenset(warnings(report, file))


# ----------------------------------------------------------------------------------------------------- the damage


class Mutant(NamedTuple):
    """A submission with damage in one file; *flipped* are positions in its text, or in the DER of block *block*."""

    given: Given
    file: int
    block: int | None
    flipped: tuple[tuple[int, int], ...]

    @property
    def original(self) -> bytes:
        """The file as it was."""
        return self.given.files[self.file] or b""

    @property
    def damaged(self) -> bytes:
        """The file as it is."""
        if self.block is None:
            return _flip(self.original, self.flipped)
        block = list(BLOCK.finditer(self.original))[self.block]
        label = block.group(1).decode()
        inner = base64.encodebytes(_flip(base64.b64decode(block.group(2)), self.flipped)).decode().replace("\n", "")
        lines = "\n".join(inner[start : start + 64] for start in range(0, len(inner), 64))
        armored = f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----"
        return self.original[: block.start()] + armored.encode() + self.original[block.end() :]

    @property
    def files(self) -> list[bytes | None]:
        """All three."""
        return [self.damaged if number == self.file else data for number, data in enumerate(self.given.files)]

    def __str__(self) -> str:
        where = "text" if self.block is None else f"block {self.block}"
        return f"{self.given.name}: {FILES[self.file]}, {where}, bits {self.flipped}"


def _flip(data: bytes, flipped: Sequence[tuple[int, int]]) -> bytes:
    changed = bytearray(data)
    for position, bit in flipped:
        changed[position] ^= 1 << bit
    return bytes(changed)


def mutants(count: int, seed: int = 0) -> Iterator[Mutant]:
    """Yield *count* mutants, the same for the same seed."""
    source = random.Random(seed)
    for _ in range(count):
        given = source.choice(submissions())
        index = source.choice([index for index, data in enumerate(given.files) if data])
        data, block = given.files[index] or b"", None
        if source.random() < 0.6:
            blocks = list(BLOCK.finditer(data))
            block = source.randrange(len(blocks))
            data = base64.b64decode(blocks[block].group(2))
        places = {source.randrange(len(data)) for _ in range(source.choice((1, 1, 1, 1, 2, 3)))}
        yield Mutant(given, index, block, tuple((place, source.randrange(8)) for place in sorted(places)))


# --------------------------------------------------------------------------------------------- why it may be accepted


def contents(text: bytes) -> list[bytes] | None:
    """Return the DER of each block as the most lenient reader has it; None where not even that one reads it."""
    bodies = re.findall(rb"-----BEGIN[^\n]*?-----([^-]*)-----END", text)
    try:
        return [base64.b64decode(re.sub(rb"[^A-Za-z0-9+/=]", b"", body)) for body in bodies]
    except binascii.Error:
        return None


def path(der: bytes, position: int) -> tuple[int, ...]:
    """Return the way to an octet: the number of the element at each depth."""
    found: list[int] = []
    start, end = 0, len(der)
    while start < end:
        number = 0
        while True:
            tag, length, header = der[start], der[start + 1], 2
            if length >= 0x80:
                header += length & 0x7F
                length = int.from_bytes(der[start + 2 : start + header], "big")
            if position < start + header + length or start + header + length >= end:
                break
            start, number = start + header + length, number + 1
        found.append(number)
        if position < start + header or not tag & 0x20:
            break
        start, end = start + header, start + header + length
    return tuple(found)


FIELDS = (
    "version",
    "serial number",
    "signature algorithm",
    "issuer",
    "validity",
    "subject",
    "key",
    "extensions",
)


def field(der: bytes, position: int) -> str:
    """Return which field of a certificate an octet belongs to."""
    way = path(der, position)
    if len(way) < 2 or way[1] > 2:
        return "frame"
    if way[1] > 0:
        return ("", "outer signature algorithm", "signature")[way[1]]
    return FIELDS[way[2]] if len(way) > 2 else "frame"


UNVERIFIED = "in the topmost certificate, whose issuer is neither given nor in a trust store"
AROUND = "what is no base64 stands between or around the characters of a block"
UNUSED_BITS = "the bits that base64 does not use"
OTHER_VERSION = "the version of PKCS#8 is the other one that there is"
EXPLAINED = {
    AROUND,
    UNUSED_BITS,
    OTHER_VERSION,
    *(f"{UNVERIFIED}: its {each}" for each in (*FIELDS, "signature", "outer signature algorithm")),
}
"""Every reason for which a mutant may be accepted silently."""


def explanations(mutant: Mutant) -> list[str]:
    """Return why a mutant may be accepted, as far as that can be told from its bytes: one reason for each change."""
    old, new = contents(mutant.original), contents(mutant.damaged)
    if old == new:
        return [AROUND if _letters(mutant.original) == _letters(mutant.damaged) else UNUSED_BITS]
    if old is None or new is None or [*map(len, old)] != [*map(len, new)]:
        return ["other blocks than before"]
    pairs = enumerate(zip(old, new))
    changes = [(number, *pair, place) for number, pair in pairs for place in _differences(*pair)]
    return sorted({_explanation(mutant, len(old), *change) for change in changes})


def _explanation(mutant: Mutant, blocks: int, number: int, old: bytes, new: bytes, place: int) -> str:
    if mutant.file == 1:
        way = path(old, place)
        return OTHER_VERSION if (way, new[place]) == ((0, 0), 1) else f"in the private key, at {way}"
    topmost = mutant.file == 2 and number == blocks - 1 and not mutant.given.anchored
    return f"{UNVERIFIED if topmost else f'in block {number} of {FILES[mutant.file]}'}: its {field(old, place)}"


def _letters(text: bytes) -> list[bytes]:
    bodies = re.findall(rb"-----BEGIN[^\n]*?-----([^-]*)-----END", text)
    return [re.sub(rb"[^A-Za-z0-9+/]", b"", body) for body in bodies]


def _differences(old: bytes, new: bytes) -> list[int]:
    return [place for place, pair in enumerate(zip(old, new)) if pair[0] != pair[1]]


class Outcome(NamedTuple):
    """How often each thing became of a mutant, and those that nothing explains."""

    counts: Counter[str]
    unexplained: list[str]


def run(count: int, seed: int = 0) -> Outcome:
    """Judge *count* mutants."""
    counts: Counter[str] = Counter()
    unexplained = []
    for mutant in mutants(count, seed):
        report = judge(mutant.given, mutant.files)
        name = FILES[mutant.file]
        if report.verdict is not Verdict.ACCEPTED:
            became = report.verdict.value
        elif warned := warnings(report, name) - before(mutant.given.name, name):
            became = f"accepted with a warning: {min(warned)}"
        else:
            reasons = explanations(mutant)
            became = f"accepted, {reasons[0] if len(reasons) == 1 else 'for several of these reasons'}"
            if not reasons or not EXPLAINED.issuperset(reasons):
                unexplained.append(f"{mutant}: {'; '.join(reasons)}")
        counts[became] += 1
    return Outcome(counts, unexplained)


def main() -> int:
    """Print the outcome."""
    numbers = [int(word) for word in sys.argv[1:3]]
    outcome = run(*(numbers or [100_000]))
    for became, number in outcome.counts.most_common():
        print(f"{number:8,}  {became}")
    print(*outcome.unexplained, sep="\n")
    print(f"{sum(outcome.counts.values()):,} mutants, {len(outcome.unexplained):,} unexplained")
    return bool(outcome.unexplained)


if __name__ == "__main__":
    sys.exit(main())

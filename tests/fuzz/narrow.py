"""
Narrow ways in, fuzzed: one reader each, which is asked a hundred times as often as a whole judgement can be.

What a stranger can reach is what is here: each function takes the bytes that its reader gets, and asks of the answer
what ``targets`` asks of a report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pemcheck import armor, asn1, checking, crypto, der, naming, pem, sniff, source
from pemcheck.asn1 import extensions, names
from pemcheck.asn1.private import OPENSSH_MAGIC
from pemcheck.budget import Budget, Exhausted
from pemcheck.encryption import NOTHING
from pemcheck.facts import MAX_NAME_SHOWN, NO_NAME, AltNames, Certificate, Extension, NameConstraints, PrivateKey
from pemcheck.members import members
from pemcheck.opening import Opener
from pemcheck.pem import Block
from pemcheck.reading import Fields
from pemcheck.rules.options import is_certificate_arn
from pemcheck.source import Location, Problem
from tests.fuzz.oracle import tricks, wrong_types

BETWEEN = b"\n=====\n"
"""Stands between the inputs of a target that takes several."""
LABELS = (
    *("", "CERTIFICATE", "TRUSTED CERTIFICATE", "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY"),
    *("ENCRYPTED PRIVATE KEY", "PUBLIC KEY", "CERTIFICATE REQUEST", "X509 CRL", "PKCS7", "EC PARAMETERS", "ANYTHING"),
)
OIDS = (*(dotted for _, dotted, _ in extensions._READERS), *extensions._SHAPES)
"""The extensions whose values are read."""
AT = Location("input")


def expect(problems: Iterable[str]) -> None:
    """Raise AssertionError if there is any of *problems*."""
    found = list(problems)
    if found:
        raise AssertionError("; ".join(found[:5]))


def require(what: str, holds: bool) -> None:
    """Raise AssertionError unless it *holds*."""
    if not holds:
        raise AssertionError(f"not so: {what}")


def _plain(text: str) -> None:
    expect(f"the text holds {each!a}" for each in tricks(text))


def _told(problems: Iterable[Problem]) -> None:
    for problem in problems:
        expect(wrong_types(problem))
        _plain(f"{problem.at} {problem.detail}")


def walk(data: bytes) -> None:
    """Walk over DER, and split what passed into its elements, which must then split as well."""
    try:
        walked = der.walk(data, Budget())
    except (der.NotDER, Exhausted) as error:
        _plain(str(error))
        return
    require("an element ends within its bytes", 0 < walked.end <= len(data))
    left = [der.parse(data)]
    require("the walk and the parser agree where it ends", left[0].end == walked.end)
    while left:
        node = left.pop()
        left += node.children() if node.constructed else ()
    if not walked.fault and data[0] & 0x1F != 0x1F:
        node = der.parse(data)
        require("what is DER is encoded again alike", der.encode(node.tag, node.content) == node.der)


def block(data: bytes) -> None:
    """Read one object under any label, and calculate with it if it is a key; the first byte tells the label."""
    if not data:
        return
    budget = Budget()
    fact, problems = asn1.read(Block(LABELS[data[0] % len(LABELS)], data[1:], AT), budget)
    if isinstance(fact, PrivateKey):
        fact = crypto.examine(fact, budget)
    expect(wrong_types(fact))
    _plain(str(fact.to_dict()))
    _told(problems)


def opened(data: bytes) -> None:
    """Take PKCS#7, PKCS#12 and encrypted keys apart, without a passphrase."""
    closed = Block("", data, AT)
    fact, _ = asn1.read(closed, Budget())
    if isinstance(fact, Certificate):
        return
    found, problems = Opener(NOTHING, Budget()).open(closed, fact)
    for each in found:
        expect(wrong_types(each))
        _plain(str(each.to_dict()))
    _told(problems)


def openssh(data: bytes) -> None:
    """Read a key in OpenSSH's own format; what stands before every one of them is put there."""
    fact, problems = asn1.read(Block("OPENSSH PRIVATE KEY", OPENSSH_MAGIC + data, AT), Budget())
    require("it is a private key", isinstance(fact, PrivateKey))
    expect(wrong_types(fact))
    _told(problems)


def extension(data: bytes) -> None:
    """Read the value of one extension; the first byte tells which."""
    if not data:
        return
    fields = Fields(AT, Budget())
    one = Extension(OIDS[data[0] % len(OIDS)], "it", False, data[1:])
    certificate = Certificate(AT, b"", **extensions.facts(fields, (one,)))
    expect(wrong_types(certificate))
    _plain(str(certificate.to_dict()))
    _told(fields.problems)


def name(data: bytes) -> None:
    """Read two names and compare them: whether they are the same does not depend on which is asked."""
    fields = Fields(AT, Budget())
    first, second = (
        fields.read("subject", "", lambda part=part: names.name(part), NO_NAME)  # type: ignore[misc]
        for part in (data.split(BETWEEN, 1) * 2)[:2]
    )
    for each in (first, second):
        expect(wrong_types(each))
        _plain("".join((each.text, *each.common_names, *each.organizations)))
        require("what is shown is short", len(each.text) <= MAX_NAME_SHOWN)
        require("a name is itself", each.same_as(each))
    require("two names are the same both ways", first.same_as(second) == second.same_as(first))
    _told(fields.problems)


def constraint(data: bytes) -> None:
    """Compare the alternative names of a certificate with the name constraints of another."""
    fields = Fields(AT, Budget())
    first, second = [*data.split(BETWEEN, 1), b""][:2]

    def node(part: bytes) -> der.Node:
        der.walk(part, fields.budget)
        return der.parse(part)

    alt = fields.read("subject_alt_names", "", lambda: names.alt_names(node(first)), AltNames())
    limits = fields.read("name_constraints", "", lambda: names.name_constraints(node(second)), NameConstraints())
    expect([*wrong_types(alt), *wrong_types(limits)])
    _plain(naming.alt_name_fault(alt))
    try:
        _plain(naming.constraint_violation(limits, Certificate(AT, b"", subject_alt_names=alt)))
    except ValueError as error:
        _plain(str(error))
    _told(fields.problems)


def text(data: bytes) -> None:
    """Read PEM alone, without what is in its blocks."""
    budget = Budget()
    found = pem.read("input", data, budget)
    expect(wrong_types(found))
    _told(found.problems)
    require("no more blocks than are read", len(found.blocks) <= pem.MAX_BLOCKS)
    require("blocks stand in the order of their lines", [*found.blocks] == sorted(found.blocks, key=_line))
    _plain(sniff.describe(data))


def _line(found: Block) -> int:
    return found.at.line or 0


def base64(data: bytes) -> None:
    """Decode what stands between two markers, whatever became of it."""
    packed = "".join(data.decode("latin-1").split())
    opened_up, fault = armor.open_up(packed, armor.foreign(packed), Budget())
    _plain(fault)
    require("what was repaired is whole", not (fault and opened_up) or armor.is_whole(opened_up))
    _, layers = armor.peel(packed)
    require("it is peeled a few times", 0 <= layers <= armor._LAYERS)
    armor.once_more("CERTIFICATE", data, Budget())
    armor.start(packed)


def words(data: bytes) -> None:
    """Take what a caller says: hostnames, times and ARNs; what cannot be told is said in a sentence."""
    first, second = [*data.decode("utf-8", "surrogateescape").split("\n", 1), ""][:2]
    _plain(source.named(first) + source.quoted(second) + source.shorten(first))
    if naming.is_hostname(first):
        ascii_name = naming.ascii_hostname(first)
        require("a hostname has an ASCII form", ascii_name.isascii())
        covered = naming.covers(ascii_name.rstrip("."), ascii_name)
        require("a name covers itself", covered or "*" in first or naming.is_ip(first))
        naming.covers_hostname(AltNames((source.printable(second),)), first)
    if naming.is_fqdn(first):
        require("what AWS takes is a hostname", naming.is_hostname(first))
    is_certificate_arn(first)
    try:
        require("a moment is aware", checking.moment(first).utcoffset() is not None)
    except ValueError as error:
        _plain(str(error))


def wrapped(data: bytes) -> None:
    """Look into archives, secrets and other documents; no two members have the same name."""
    found = members(data, Budget())
    if found is None:
        return
    expect(wrong_types(found))
    _plain("".join((found.title, found.cut, found.omissions, *(each.name for each in found.members))))
    shown: list[Any] = [each.name for each in found.members]
    require("no two members have the same name", len(shown) == len(set(shown)))


TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each
    for each in (walk, block, opened, openssh, extension, name, constraint, text, base64, words, wrapped)
}

"""Whatever the bytes are, there is a report, and it is not too kind."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pemcheck
from fixtures import der
from fixtures.build import AT, INTERMEDIATE, INTERMEDIATE_2, ROOT, Case, leaf, load_key, pem
from fixtures.generate import CASES
from pemcheck import Outcome, Report, Severity, Verdict
from pemcheck.render import FORMATS, render
from pemcheck.render.objects import render as render_objects

pytestmark = pytest.mark.thorough

FILES = ("certificate.pem", "private-key.pem", "certificate-chain.pem")
CLEAN = ["clean-rsa-2048", "clean-p256", "clean-p384", "clean-2-intermediates", "clean-self-signed", "clean-pkcs1-key"]
SHARDS = 20
PER_SHARD = 100
LABELS = ["CERTIFICATE", "PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "PKCS7", "X509 CRL", ""]

bounded = settings(
    max_examples=100, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def check(parts: list[bytes | None], target: str = "acm") -> Report:
    """Return the report on the three inputs."""
    return pemcheck.check(parts[0], parts[1], parts[2], target, AT)


def parts_of(case: Case) -> list[bytes | None]:
    """Return the three inputs of a fixture."""
    contents = case.contents()
    return [contents.get(name) for name in FILES]


def problems_of(report: Report) -> Iterator[str]:
    """Yield what a report must never be."""
    errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    if bool(errors) != (report.verdict is Verdict.REFUSED):
        yield f"{report.verdict} with {len(errors)} errors"
    if not errors and report.verdict is Verdict.ACCEPTED:
        skipped = [each for each in report.checks if (each.outcome, each.severity) == (Outcome.SKIP, Severity.ERROR)]
        yield from (f"accepted although {each.rule} was not asked" for each in skipped)
    for finding in report.findings:
        if not all((finding.rule, finding.message, finding.why, finding.fix, finding.source)):
            yield f"{finding.rule} lacks words"
        if not (finding.message + finding.fix).isprintable():
            yield f"{finding.rule} could trick a terminal"
        if finding.at.line == 0:
            yield f"{finding.rule} stands nowhere"
    for form in FORMATS:
        if not render((report,), form).endswith("\n"):
            yield f"{form} does not end in a line end"


def facts_of(data: bytes) -> str:
    """Inspect bytes; return what was wrong with the answer."""
    found = pemcheck.inspect(data)
    render_objects([each.to_dict() for each in found])
    return ", ".join({type(each).__name__ for each in found} - {"Certificate", "PrivateKey", "Other"})


# ------------------------------------------------------------------------------------------------- any bytes


@bounded
@given(st.binary(max_size=600), st.binary(max_size=600), st.binary(max_size=600))
def test_no_bytes_make_it_raise(certificate: bytes, key: bytes, chain: bytes) -> None:
    """Three inputs of noise are refused."""
    report = check([certificate, key, chain])

    assert (Verdict.REFUSED, []) == (report.verdict, list(problems_of(report)))


@bounded
@given(st.text(max_size=400))
def test_no_text_makes_it_raise(text: str) -> None:
    """Nor do characters of any script."""
    assert Verdict.REFUSED is pemcheck.check(text, text, text, at=AT).verdict


@bounded
@given(st.binary(max_size=2000))
def test_inspect_never_raises(data: bytes) -> None:
    """Noise is nothing, or unknown."""
    assert "" == facts_of(data)


LINES = [
    "-----BEGIN CERTIFICATE-----",
    "-----END CERTIFICATE-----",
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    "-----BEGIN EC PARAMETERS-----",
    "-----END EC PARAMETERS-----",
    "----BEGIN CERTIFICATE----",
    "-----BEGIN X-----",
    "----------",
    "Proc-Type: 4,ENCRYPTED",
    "DEK-Info: ",
    "",
    " ",
    "\t",
    "MIIB",
    "MA==",
    "MAA=MAA=",
    "=",
    "AAAA" * 16,
    "\\n",
    "Gr\u00fc\u00dfe",
    "\u2013\u2013\u2013",
    *leaf().pem.splitlines()[:3],
]


@bounded
@given(st.lists(st.sampled_from(LINES), max_size=30), st.sampled_from(["\n", "\r\n", "\r", " ", "\\n", ""]))
def test_no_lines_make_it_raise(lines: list[str], end: str) -> None:
    """PEM's own words in any order, with any line end."""
    data = end.join(lines).encode()
    report = check([data, data, data])

    assert (Verdict.REFUSED, []) == (report.verdict, list(problems_of(report)))


TAGS = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C, 0x13, 0x17, 0x18, 0x30, 0x31, 0x80, 0x82, 0xA0, 0xA1, 0xA3]


def encode(tag: int, content: bytes) -> bytes:
    """Return one element of DER."""
    size = len(content)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + content


nodes = st.recursive(
    st.builds(encode, st.sampled_from(TAGS), st.binary(max_size=12)),
    lambda inner: st.builds(encode, st.sampled_from(TAGS), st.lists(inner, max_size=7).map(b"".join)),
    max_leaves=25,
)


@bounded
@given(nodes, st.sampled_from(LABELS))
def test_no_structure_makes_it_raise(data: bytes, label: str) -> None:
    """Any tree of DER, under any label; it is not accepted."""
    text = pem(label, data).encode() if label else data
    report = check([text, text, text])

    assert ([], "") == (list(problems_of(report)), facts_of(text))
    assert Verdict.ACCEPTED is not report.verdict


@bounded
@given(st.sampled_from(sorted(CASES)), st.sampled_from(sorted(CASES)), st.sampled_from(sorted(CASES)))
def test_inputs_of_different_cases_can_be_mixed(first: str, second: str, third: str) -> None:
    """A certificate, a key and a chain that never met."""
    parts = [parts_of(CASES[name])[index] for index, name in enumerate((first, second, third))]

    assert [] == list(problems_of(check(parts)))


@bounded
@given(st.sampled_from(sorted(CASES)), st.permutations([0, 1, 2]))
def test_inputs_can_stand_in_any_role(name: str, order: list[int]) -> None:
    """Certificate, key and chain in every order."""
    parts = parts_of(CASES[name])

    assert [] == list(problems_of(check([parts[index] for index in order])))


# ------------------------------------------------------------------------------------------------- mutations


def flip(data: bytes, source: random.Random) -> bytes:
    """Return *data* with one to three bits changed."""
    changed = bytearray(data)
    for _ in range(source.choice((1, 1, 1, 2, 3))):
        changed[source.randrange(len(changed))] ^= 1 << source.randrange(8)
    return bytes(changed)


def cut(data: bytes, source: random.Random) -> bytes:
    """Return the beginning of *data*."""
    return data[: source.randrange(len(data))]


def lose(data: bytes, source: random.Random) -> bytes:
    """Return *data* without a few bytes somewhere."""
    start = source.randrange(len(data))
    return data[:start] + data[start + source.randrange(1, 9) :]


def repeat(data: bytes, source: random.Random) -> bytes:
    """Return *data* with a piece of it twice."""
    start, end = sorted(source.randrange(len(data)) for _ in range(2))
    return data[:end] + data[start:]


def insert(data: bytes, source: random.Random) -> bytes:
    """Return *data* with a few foreign bytes."""
    start = source.randrange(len(data))
    return data[:start] + source.randbytes(source.randrange(1, 5)) + data[start:]


def in_der(data: bytes, source: random.Random) -> bytes:
    """Return *data* with one of its blocks changed inside, and encoded again."""
    lines = data.decode().splitlines()
    begins = [number for number, line in enumerate(lines) if line.startswith("-----BEGIN")]
    start = source.choice(begins)
    end = next(number for number in range(start, len(lines)) if lines[number].startswith("-----END"))
    inner = flip(base64.b64decode("".join(lines[start + 1 : end])), source)
    block = pem(lines[start][11:-5], inner).splitlines()
    return "\n".join([*lines[:start], *block, *lines[end + 1 :], ""]).encode()


Mutation = Callable[[bytes, random.Random], bytes]
ON_TEXT: tuple[Mutation, ...] = (flip, cut, lose, repeat, insert)
MUTATIONS = (*ON_TEXT, in_der, in_der, in_der)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_mutant_of_a_submission_makes_it_raise(shard: int) -> None:
    """Two thousand submissions, changed in their text, their DER or their keys: always a consistent report."""
    source = random.Random(shard)
    wrong: list[Any] = []
    for number in range(PER_SHARD):
        parts = parts_of(CASES[source.choice(CLEAN)])
        index = source.choice([index for index, part in enumerate(parts) if part])
        mutation = source.choice(MUTATIONS)
        mutant = parts[index] = mutation(parts[index] or b"", source)
        report = check(parts)
        wrong += [(number, mutation.__name__, problem) for problem in problems_of(report)]
        wrong += [(number, mutation.__name__, problem) for problem in [facts_of(mutant)] if problem]

    assert [] == wrong


@pytest.mark.parametrize("shard", range(4))
def test_no_mutant_of_a_faulty_submission_makes_it_raise(shard: int) -> None:
    """Faults on top of faults."""
    source = random.Random(1000 + shard)
    wrong: list[Any] = []
    for number in range(PER_SHARD):
        name = source.choice(sorted(CASES))
        parts = parts_of(CASES[name])
        index = source.choice([index for index, part in enumerate(parts) if part])
        parts[index] = source.choice(ON_TEXT)(parts[index] or b"", source)
        wrong += [(number, name, problem) for problem in problems_of(check(parts, CASES[name].target))]

    assert [] == wrong


# ------------------------------------------------------------------------------- what is signed stays as it is

LEAF = leaf(issuer=INTERMEDIATE_2)
SIGNED = {"the certificate": LEAF, "its issuer": INTERMEDIATE_2, "the issuer's issuer": INTERMEDIATE, "the root": ROOT}
"""Every certificate of one submission, the root included: each one's signature can be verified."""


def mutate_tbs(whole: bytes, position: int, bit: int) -> bytes:
    """Return a certificate with one bit of its TBSCertificate's content changed."""
    tbs, *rest = der.children(whole)
    header = len(tbs) - len(der.content(tbs))
    changed = bytearray(tbs)
    changed[header + position] ^= 1 << bit
    return der.sequence(bytes(changed), *rest)


def submit(changed: dict[str, bytes]) -> Report:
    """Return the report on the submission with some certificates replaced."""
    first, *others = (pem("CERTIFICATE", changed.get(name, each.der)).encode() for name, each in SIGNED.items())
    return check([first, load_key(LEAF.key).pem.encode(), b"".join(others)])


def test_the_submission_is_accepted_as_it_is() -> None:
    """What follows is due to the mutation alone."""
    assert Verdict.ACCEPTED is submit({}).verdict


def accepted_mutants(name: str, positions: Iterable[int]) -> list[int]:
    """Return the octets of a TBSCertificate's content whose change is accepted."""
    source = random.Random(name)
    mutants = ((each, mutate_tbs(SIGNED[name].der, each, source.randrange(8))) for each in positions)
    return [position for position, mutant in mutants if submit({name: mutant}).verdict is Verdict.ACCEPTED]


def test_no_change_of_the_certificate_is_accepted() -> None:
    """One bit of any octet of its TBSCertificate: its signature fails, or nobody can tell."""
    content = der.content(der.children(LEAF.der)[0])

    assert [] == accepted_mutants("the certificate", range(len(content)))


@pytest.mark.parametrize("name", ["its issuer", "the issuer's issuer"])
def test_no_change_of_an_issuer_is_accepted(name: str) -> None:
    """Where the issuer's own issuer is there too, its signature is verified as well; every third octet."""
    content = der.content(der.children(SIGNED[name].der)[0])

    assert [] == accepted_mutants(name, range(0, len(content), 3))


def test_no_change_of_the_roots_key_is_accepted() -> None:
    """A root is trusted by its key, not by its own signature: of its octets only those of the key must hold."""
    spki = load_key(ROOT.key).spki
    start = der.content(der.children(ROOT.der)[0]).index(spki)

    assert [] == accepted_mutants("the root", range(start, start + len(spki), 3))


@pytest.mark.parametrize("content", [der.NULL, der.sequence(), der.sequence(der.integer(1))], ids=bytes.hex)
@pytest.mark.parametrize("index", [0, 1, 2], ids=FILES)
def test_a_block_that_is_not_what_its_label_says_is_not_accepted(content: bytes, index: int) -> None:
    """Good DER of something else is no certificate and no key."""
    parts = parts_of(CASES["clean-rsa-2048"])
    parts[index] = pem("PRIVATE KEY" if index == 1 else "CERTIFICATE", content).encode()

    assert Verdict.ACCEPTED is not check(parts).verdict


@pytest.mark.parametrize("bit", [0, 3, 7])
def test_no_change_of_a_signature_is_accepted(bit: int) -> None:
    """Nor does a bit of the signature itself go unseen."""
    signature = bytearray(LEAF.der)
    signature[-10] ^= 1 << bit

    assert Verdict.REFUSED is submit({"the certificate": bytes(signature)}).verdict


@pytest.mark.parametrize("algorithm", ["rsa-2048-f", "p256-a", "p384-a", "p521-a"])
def test_no_change_of_a_private_key_is_taken_for_the_key(algorithm: str) -> None:
    """A bit of the secret half: the key is another's, inconsistent, unreadable, or nobody can tell."""
    key = load_key(algorithm)
    certificate = leaf(key=algorithm)
    start = key.der.index(key.secret)
    source = random.Random(algorithm)
    public = key.octets[-32:]
    wrong = []
    for _ in range(60):
        position = source.randrange(start + 8, start + len(key.secret))
        changed = bytearray(key.der)
        changed[position] ^= 1 << source.randrange(8)
        parts = [certificate.pem.encode(), pem("PRIVATE KEY", bytes(changed)).encode(), INTERMEDIATE.pem.encode()]
        report = check(list(parts))
        if report.verdict is Verdict.ACCEPTED and not report.findings and public in bytes(changed):
            wrong.append(position - start)

    assert [] == wrong

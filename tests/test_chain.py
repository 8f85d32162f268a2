"""Who issued whom: every way in which a chain can be wrong, and work that stays bounded."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest

from fixtures import der
from fixtures.build import (
    INTERMEDIATE,
    INTERMEDIATE_2,
    INTERMEDIATE_3,
    INTERMEDIATE_4,
    ROOT,
    Certificate,
    authority,
    certificate,
    general_name,
    leaf,
    load_key,
    pem,
)
from fixtures.cases.chain import CROSS_SIGNED, FOREIGN
from pemcheck import chain, checking, crypto, facts, submission
from pemcheck.budget import MAX_WORK, PRICE_EFFORT, RESERVED, Budget
from pemcheck.chain import Signatures
from pemcheck.findings import Report, Severity, Verdict

NAMES = {
    "leaf": leaf(issuer=INTERMEDIATE_4),
    "I4": INTERMEDIATE_4,
    "I3": INTERMEDIATE_3,
    "I2": INTERMEDIATE_2,
    "I1": INTERMEDIATE,
    "root": ROOT,
    "foreign": FOREIGN,
    "cross": CROSS_SIGNED,
    "old-root": CROSS_SIGNED.issuer,
    "other-key": authority("CN=Test Intermediate I4,O=Example Trust", "rsa-2048-f", INTERMEDIATE_3, ski=False),
    "other-id": authority("CN=Test Intermediate I4,O=Example Trust", "rsa-2048-f", INTERMEDIATE_3),
    "same-key-cross": authority("CN=Test Intermediate I4,O=Example Trust", "rsa-2048-e", FOREIGN),
    "other-org": authority("CN=Another CA,O=Somebody Else", "rsa-2048-g", FOREIGN),
    "end-entity": certificate("CN=mail.example.com,O=Example Trust", "rsa-2048-g", INTERMEDIATE_3),
}
ORDER = ("I4", "I3", "I2", "I1")


@cache
def report_of(*given: str, of: str = "leaf") -> Report:
    """Return what ACM says to NAMES' leaf with a chain of these certificates."""
    it = NAMES[of]
    assert it is not None
    pem = "".join(each.pem for name in given if (each := NAMES[name]) is not None)
    return checking.check(it.pem, load_key(it.key).pem, pem or None, at="2026-06-01")


def rules(report: Report, *without: Severity) -> list[str]:
    """Return the rules that are broken."""
    return [finding.rule for finding in report.findings if finding.severity not in without]


def serious(*given: str) -> list[str]:
    """Return the rules broken by a chain, without notes."""
    return rules(report_of(*given), Severity.NOTE)


@cache
def fact(name: str) -> facts.Certificate:
    """Return the facts of one certificate, ``self_signed`` included."""
    it = NAMES[name]
    assert it is not None
    found = checking.inspect(it.pem, name)[0]
    assert isinstance(found, facts.Certificate)
    return found


def analyse(*given: facts.Certificate, of: facts.Certificate | None = None) -> submission.Chain:
    """Return what the chain looks like from the leaf."""
    return chain.analyse(of or fact("leaf"), given, Signatures())


def names(certificates: Sequence[facts.Certificate]) -> list[str]:
    """Return which certificates these are."""
    return [each.at.file for each in certificates]


# ------------------------------------------------------------------------------------------------------------ order


def test_a_chain_in_order_is_right() -> None:
    """Each certificate certifies the one before it; the root is not there."""
    assert [] == rules(report_of(*ORDER))


@pytest.mark.parametrize("order", list(itertools.permutations(ORDER))[1:], ids="-".join)
def test_every_other_order_is_one_finding(order: tuple[str, ...]) -> None:
    """Whatever the order, it is said once, and nothing else is."""
    assert ["chain-out-of-order"] == rules(report_of(*order))


@pytest.mark.parametrize("order", list(itertools.permutations(ORDER)), ids="-".join)
def test_the_right_order_is_found_from_any(order: tuple[str, ...]) -> None:
    """The fix can be followed."""
    assert list(ORDER) == names(analyse(*map(fact, order)).path)


def test_the_right_order_is_said() -> None:
    """From the certificate upwards."""
    says = report_of("I1", "I2", "I3", "I4").findings[0].message
    assert says.endswith(
        "must be Test Intermediate I4, Test Intermediate I3, Test Intermediate I2, Test Intermediate I1"
    )


@pytest.mark.parametrize("position", range(4))
def test_a_root_in_the_middle_is_out_of_order(position: int) -> None:
    """A root may stand last only."""
    given = list(ORDER)
    given.insert(position, "root")
    assert ["chain-out-of-order"] == serious(*given)


def test_where_the_order_breaks_is_the_place() -> None:
    """The first certificate that is not where it belongs."""
    assert 1 == report_of("I4", "I2", "I3", "I1").findings[0].at.block


# --------------------------------------------------------------------------------------------------- too little


@pytest.mark.parametrize("missing", ["I3", "I2"])
def test_a_gap_is_one_finding(missing: str) -> None:
    """No order mends it."""
    assert ["chain-link-missing"] == serious(*(name for name in ORDER if name != missing))


def test_a_gap_is_told_from_both_sides() -> None:
    """Who is missing, and who came instead."""
    says = report_of("I4", "I2", "I1").findings[0].message
    assert says == (
        "after Test Intermediate I4 the chain breaks off: it was issued by CN=Test Intermediate I3,O=Example Trust, "
        "which is not there, and Test Intermediate I2 comes next"
    )


def test_without_its_issuer_the_chain_starts_wrongly() -> None:
    """The rest may be as right as it likes."""
    assert ["chain-does-not-start-with-issuer"] == serious("I3", "I2", "I1")


def test_the_issuer_alone_is_enough() -> None:
    """A chain that could go on is not broken."""
    assert [] == serious("I4")


def test_no_chain_is_missing() -> None:
    """It imports, and clients do not trust it."""
    assert ["chain-missing"] == serious()


def test_the_root_alone_is_not_the_issuer() -> None:
    """The intermediate was forgotten."""
    assert ["chain-root-only"] == serious("root")


def test_a_root_that_issued_the_certificate_is_its_chain() -> None:
    """A private CA may have no intermediate."""
    it = leaf(issuer=ROOT)
    report = checking.check(it.pem, load_key(it.key).pem, ROOT.pem, at="2026-06-01")
    assert ["chain-contains-root"] == rules(report)


# ---------------------------------------------------------------------------------------------------- too much


@pytest.mark.parametrize("position", range(5))
def test_the_certificate_itself_is_found_wherever_it_stands(position: int) -> None:
    """One finding explains the order that it disturbs."""
    given = list(ORDER)
    given.insert(position, "leaf")
    assert ["chain-contains-leaf"] == serious(*given)


@pytest.mark.parametrize("position", range(5))
def test_a_foreign_certificate_is_found_wherever_it_stands(position: int) -> None:
    """It is named, and nothing else is blamed."""
    given = list(ORDER)
    given.insert(position, "foreign")
    assert ["chain-contains-unrelated"] == serious(*given)


@pytest.mark.parametrize("position", range(5))
@pytest.mark.parametrize("name", ORDER)
def test_a_certificate_given_twice_is_a_duplicate(name: str, position: int) -> None:
    """Also where the copy disturbs the order."""
    given = list(ORDER)
    given.insert(position, name)
    found = set(serious(*given))
    assert "chain-contains-duplicate" in found <= {"chain-contains-duplicate", "chain-out-of-order"}


def test_a_root_at_the_end_is_a_note() -> None:
    """A private CA's root may stay."""
    assert ["chain-contains-root"] == rules(report_of(*ORDER, "root"))


def test_a_self_signed_certificate_needs_no_chain() -> None:
    """Nothing in a chain certifies what certifies itself."""
    assert "chain-not-needed" in rules(report_of("I1", of="root"), Severity.WARNING, Severity.ERROR)


@pytest.mark.parametrize("given", [(*ORDER, "cross"), (*ORDER, "cross", "root"), (*ORDER, "root", "cross")])
def test_a_cross_signed_root_is_not_foreign(given: tuple[str, ...]) -> None:
    """It is on a path from the certificate, needed or not."""
    assert [] == names(analyse(*map(fact, given)).unrelated)


@pytest.mark.parametrize("given", [(*ORDER, "cross", "root"), (*ORDER, "root", "cross")])
def test_of_two_roots_the_one_that_is_not_needed_is_named(given: tuple[str, ...]) -> None:
    """A second path has its own sentence."""
    assert ["chain-contains-unrelated"] == serious(*given)


def test_the_path_goes_on_through_a_cross_signed_root() -> None:
    """As far as certificates were given."""
    assert [*ORDER, "cross", "old-root"] == names(analyse(*map(fact, (*ORDER, "old-root", "cross"))).path)


def test_a_second_path_is_said() -> None:
    """By whom, and that it is not needed."""
    report = report_of(*ORDER, "cross", "root")
    assert "is also signed by " in report.findings[0].message


def test_of_two_issuers_with_one_key_the_longer_path_counts() -> None:
    """A cross-signed intermediate is a second path, not a fault of the first."""
    found = analyse(*map(fact, ("same-key-cross", *ORDER)))
    assert (list(ORDER), ["same-key-cross"]) == (names(found.path), names(found.side_paths))


def test_what_issued_a_second_path_is_a_part_of_it() -> None:
    """A side path may have several certificates."""
    found = analyse(*map(fact, (*ORDER, "same-key-cross", "foreign")))
    assert ["same-key-cross", "foreign"] == names(found.side_paths)


# ------------------------------------------------------------------------------------------- same name, other key


@pytest.mark.parametrize("name", ["other-key", "other-id"])
def test_a_ca_of_the_same_name_with_another_key_is_not_the_issuer(name: str) -> None:
    """By its key identifier where there is one, by the signature otherwise."""
    assert ["chain-signature-does-not-verify"] == serious(name, "I3", "I2", "I1")


def test_beside_the_right_issuer_another_of_its_name_is_foreign() -> None:
    """It certifies nothing here."""
    assert ["chain-contains-unrelated"] == serious("I4", "other-key", "I3", "I2", "I1")


@pytest.mark.parametrize("name", ["other-org", "end-entity", "foreign"])
def test_what_cannot_be_the_missing_link_is_foreign(name: str) -> None:
    """Neither another organization's CA nor an end-entity certificate is what comes next."""
    assert ["chain-contains-unrelated"] == serious("I4", name)


def test_what_stands_before_a_gap_is_foreign() -> None:
    """Only what stands behind the last of the path can be its continuation."""
    assert ["chain-contains-unrelated"] == serious("I2", "I4")


def test_a_gap_begins_at_the_top_of_the_path() -> None:
    """Not at its beginning."""
    gap = analyse(fact("I4"), fact("I3"), fact("I1")).gap
    assert gap is not None
    assert ["I3", "I1"] == names((gap.child, gap.issuer))


def test_above_a_root_there_is_no_gap() -> None:
    """Whatever CA of the same organization stands behind it."""
    another = fact("other-id").replace(der=b"x", subject=fact("end-entity").subject, issuer=fact("foreign").issuer)
    found = analyse(*(fact(name) for name in (*ORDER, "root")), another)
    assert (None, 5, 1) == (found.gap, len(found.path), len(found.unrelated))


def test_the_search_goes_on_behind_a_root() -> None:
    """A longer path may lead through a cross-signed certificate of the same name and key."""
    found = analyse(*(fact(name) for name in (*ORDER, "root", "cross", "old-root")))
    assert [*ORDER, "cross", "old-root"] == names(found.path)


def test_the_top_of_a_longer_path_is_undecided_too() -> None:
    """Whether it signed itself cannot be told, whatever is known of those below."""
    top = fact("I3").replace(self_signed=None, unread=frozenset(("issuer",)))
    found = analyse(fact("I4"), top)
    assert (2, frozenset(("links",)), True) == (len(found.path), found.unread, "signed itself" in found.reason)


def test_names_are_compared_as_the_standard_has_it() -> None:
    """Case and white space do not count (RFC 5280 section 7.1)."""
    issuer = authority("CN=test  INTERMEDIATE i1,O=Example Trust", "rsa-2048-b", ROOT)
    assert ["I1"] == names(analyse(fact("I1"), of=_read(leaf(issuer=issuer))).path)


def _read(it: Certificate) -> facts.Certificate:
    found = checking.inspect(it.pem, "made-up")[0]
    assert isinstance(found, facts.Certificate)
    return found


# -------------------------------------------------------------------------------------------- what cannot be verified


@pytest.mark.parametrize(
    ("field", "of"),
    [
        *((field, "leaf") for field in ("signature", "signature_algorithm", "tbs_signature_algorithm")),
        ("key", "I4"),
    ],
)
def test_what_cannot_be_read_is_not_verified(field: str, of: str) -> None:
    """A link is neither right nor wrong where a field that it needs is unread."""
    changed = fact(of).replace(unread=frozenset((field,)))
    child, issuer = (changed, fact("I4")) if of == "leaf" else (fact("leaf"), changed)
    link = Signatures().link(child, issuer)
    assert (None, f"{field} cannot be read") == (link.signed, link.reason)


@pytest.mark.parametrize("field", ["authority_key_identifier", "subject_key_identifier"])
def test_the_signature_decides_where_a_key_identifier_cannot_be_read(field: str) -> None:
    """It only helps to find an issuer; one of OpenSSL's own test certificates has empty ones."""
    leaf, issuer, root = (fact(name).replace(unread=frozenset((field,))) for name in ("leaf", "I4", "root"))
    signatures = Signatures()

    assert (True, True) == (signatures.link(leaf, issuer).signed, signatures.self_signed(root))


def naming(issuer: str, serial: int) -> tuple[str, bool, bytes]:
    """Return an authority key identifier that names a certificate."""
    return "authority_key_identifier", False, der.sequence(
        der.context(1, general_name(f"dirName:{issuer}")),
        der.context(2, der.content(der.integer(serial)), constructed=False),
    )  # fmt: skip


_OF_I1 = ("CN=Test Root R1,O=Example Trust", fact("I1").serial_number)


@pytest.mark.parametrize(
    ("named", "matches"),
    [(_OF_I1, True), ((_OF_I1[0], 7), False), (("CN=Nobody", _OF_I1[1]), False)],
    ids=["right", "another-serial-number", "another-issuer"],
)
def test_an_authority_that_is_named_is_compared(named: tuple[str, int], matches: bool) -> None:
    """By issuer and serial number; OpenSSL takes no other certificate of that name and key."""
    it = leaf(issuer=INTERMEDIATE, aki=False, extra_extensions=[naming(*named)])
    report = checking.check(it.pem, load_key(it.key).pem, INTERMEDIATE.pem, at="2026-06-01")
    found = [each.message for each in report.findings if each.rule == "chain-signature-does-not-verify"]

    assert Verdict.ACCEPTED is report.verdict if matches else Verdict.REFUSED is report.verdict
    assert [] == found if matches else found[0].endswith("asks for one with another serial number or issuer")


@pytest.mark.parametrize("field", ["serial_number", "issuer"])
def test_the_signature_decides_where_the_named_authority_cannot_be_read(field: str) -> None:
    """What is not known contradicts nothing."""
    child = fact("leaf").replace(authority_serial_number=7, authority_issuer=(fact("leaf").subject,))
    issuer = fact("I4").replace(unread=frozenset((field,)))
    rest = {"serial_number": {"authority_issuer": None}, "issuer": {"authority_serial_number": None}}[field]

    assert True is Signatures().link(child.replace(**rest), issuer).ids_match


def forged(exponent: int) -> Report:
    """Return what ACM says to a signature that anybody can make: the padded hash itself, below a CA's exponent."""
    key = load_key("rsa-2048-c")
    _, modulus, usual, *_ = key.numbers
    numbers = der.sequence(der.integer(modulus), der.integer(exponent))
    ca = authority("CN=X", "rsa-2048-c", ROOT, spki=der.sequence(key.algorithm, der.bits(numbers)))

    def padded_hash(signature: bytes) -> bytes:
        return pow(int.from_bytes(signature, "big"), usual, modulus).to_bytes(256, "big")

    it = leaf(issuer=ca, tamper_signature=padded_hash)
    return checking.check(it.pem, load_key(it.key).pem, ca.pem, at="2026-06-01")


@pytest.mark.parametrize("exponent", [1, 2, 65536])
def test_a_signature_below_an_exponent_that_is_none_proves_nothing(exponent: int) -> None:
    """With one, every padded hash is its own signature, and OpenSSL says yes."""
    report = forged(exponent)

    assert Verdict.UNDECIDED is report.verdict
    assert ["chain-signature-does-not-verify"] == [each.rule for each in report.undecided]
    assert "chain-cert-weak-key" in rules(report)


def test_a_forged_signature_below_the_usual_exponent_does_not_verify() -> None:
    """So the test above forges what it says."""
    assert Verdict.REFUSED is forged(65537).verdict
    assert Verdict.REFUSED is forged(3).verdict


@pytest.mark.parametrize(("key", "found"), [("rsa-2047", True), ("rsa-2048-b", False), ("p256-b", False)])
def test_a_cas_key_of_less_than_2048_bits_is_weak(key: str, found: bool) -> None:
    """RSA keys only."""
    it = leaf(issuer=authority("CN=X", key, ROOT))
    report = checking.check(it.pem, load_key(it.key).pem, it.chain[0].pem, at="2026-06-01")

    assert found is ("chain-cert-weak-key" in rules(report))


def test_a_chain_with_an_unverified_signature_is_undecided() -> None:
    """Skip is never pass."""
    it = leaf(issuer=authority("CN=X", "rsa-2048-c", ROOT, spki=load_key("ml-dsa-44").spki))
    report = checking.check(it.pem, load_key(it.key).pem, "".join(each.pem for each in it.chain), at="2026-06-01")
    assert (Verdict.UNDECIDED, ["chain-signature-does-not-verify"]) == (
        report.verdict,
        [check.rule for check in report.undecided],
    )


ROOT_SIGNATURE = ROOT.der.rindex(b"\x03\x82\x01\x01\x00")  # its BIT STRING of 257 octets, the last field
OUTER_ALGORITHM = ROOT_SIGNATURE - 15


@pytest.mark.parametrize(
    ("position", "reason"),
    [
        (OUTER_ALGORITHM + 12, "its signature algorithm stands outside otherwise than in what is signed"),
        (OUTER_ALGORITHM + 13, "its signature algorithm stands outside otherwise than in what is signed"),
        (ROOT_SIGNATURE + 4, "signature cannot be read"),
    ],
    ids=["other-algorithm", "other-parameters", "unused-bits"],
)
def test_a_root_that_nothing_proves_is_undecided(position: int, reason: str) -> None:
    """Damage to a root's own signature is outside of what any other signature covers."""
    damaged = bytearray(ROOT.der)
    damaged[position] ^= 7
    it = leaf(issuer=INTERMEDIATE)
    given = INTERMEDIATE.pem + pem("CERTIFICATE", bytes(damaged))
    report = checking.check(it.pem, load_key(it.key).pem, given, at="2026-06-01")
    assert (Verdict.UNDECIDED, [f"whether Test Root R1 signed itself: {reason}"]) == (
        report.verdict,
        [check.reason for check in report.undecided],
    )


def test_a_root_whose_issuer_cannot_be_read_is_undecided() -> None:
    """It may be a root whose signature would have to verify."""
    root = fact("root").replace(unread=frozenset(("issuer",)), self_signed=None)
    found = analyse(*(fact(name) for name in ORDER), root)
    assert "whether Test Root R1 signed itself: issuer cannot be read" == found.reason


@pytest.mark.parametrize(("field", "expected"), [("subject", None), ("issuer", None), ("serial_number", True)])
def test_whether_an_unread_name_is_self_signed_cannot_be_told(field: str, expected: bool | None) -> None:
    """Two unread names are not the same name."""
    assert expected is Signatures().self_signed(fact("root").replace(unread=frozenset((field,))))


@pytest.mark.parametrize(("name", "expected"), [("root", True), ("leaf", False), ("cross", False)])
def test_self_signed_means_signed_with_its_own_key(name: str, expected: bool) -> None:
    """Not only the same name twice."""
    assert expected is Signatures().self_signed(fact(name))


def test_the_same_name_twice_is_not_self_signed() -> None:
    """The signature decides."""
    found = _read(certificate("CN=a.example.com", "rsa-2048-f", signed_by="rsa-2048-g"))
    assert (True, False) == (found.self_issued, Signatures().self_signed(found))


# -------------------------------------------------------------------------------------------------------- bounds


class Counted:
    """Counts the signatures that are verified, and says the same of each."""

    def __init__(self, value: bool) -> None:
        self.count = 0
        self.value = value

    def __call__(self, *_: Any) -> crypto.Answer:
        self.count += 1
        return crypto.Answer(self.value)


def of_one_name(count: int, self_signed: bool = False) -> tuple[facts.Certificate, ...]:
    """Return different certificates with one name, and no key identifiers."""
    it = fact("I4").replace(
        issuer=fact("I4").subject,
        authority_key_identifier=None,
        subject_key_identifier=None,
        self_signed=self_signed,
    )
    return tuple(it.replace(der=number.to_bytes(4, "big")) for number in range(count))


@pytest.mark.parametrize("value", [True, False], ids=["verifying", "not-verifying"])
@pytest.mark.parametrize("count", [1_700, 4_096])
def test_many_certificates_of_one_name_are_bounded(monkeypatch: pytest.MonkeyPatch, count: int, value: bool) -> None:
    """A chain of 2 MiB is answered after as many signatures as can be paid, and not a square of them."""
    verify = Counted(value)
    monkeypatch.setattr(crypto, "verify", verify)
    start = time.process_time()
    analyse(*of_one_name(count))
    most = RESERVED + MAX_WORK // PRICE_EFFORT
    assert (True, True) == (100 < verify.count <= most, time.process_time() - start < 5)


def test_beyond_the_bound_nothing_is_verified() -> None:
    """And it says so."""
    paid = Budget()
    paid.work, paid.reserve = 0, crypto.effort(fact("I4").key, fact("leaf").tbs)
    signatures = Signatures(paid)
    signatures.link(fact("leaf"), fact("I4"))
    link = signatures.link(fact("I4"), fact("I3"))
    reason = "there is too much work in the signatures to verify them all"
    assert (None, reason, True) == (link.signed, link.reason, signatures.exhausted)


def hostile(exponent: int, bits: int = 16_384) -> facts.PublicKey:
    """Return an RSA key that verifies nothing, slowly."""
    n = int.from_bytes(b"\xa5" * (bits // 8), "big")
    return fact("I4").key.replace(numbers=(n, exponent), bits=bits, der=str(exponent).encode())


def test_the_work_of_all_signatures_is_bounded() -> None:
    """300 issuers of one name with keys of 16,384 bits and exponents of 64 would take 12 seconds."""
    it = fact("I4").replace(signature=b"\1" + bytes(2047))
    issuers = [fact("I3").replace(der=bytes([1, number]), key=hostile((1 << 64) - 59)) for number in range(255)]
    start = time.process_time()
    found = analyse(*issuers, of=it)
    assert (False, frozenset(("links",)), True) == (
        any(found.links),
        found.unread,
        "there is too much work in the signatures to verify them all" in found.reason,
    )
    assert time.process_time() - start < 5


@pytest.mark.parametrize("exponent", [65_537, (1 << 64) - 59])
def test_one_chain_of_the_largest_keys_is_judged(exponent: int) -> None:
    """Three signatures of 16,384 bits are no attack."""
    signatures = Signatures()
    child = fact("I4").replace(signature=b"\1" + bytes(2047))
    issuers = [fact("I3").replace(der=bytes([number]), key=hostile(exponent)) for number in range(3)]
    assert [False] * 3 == [signatures.link(child, issuer).signed for issuer in issuers]


def test_beyond_the_work_nothing_is_verified() -> None:
    """Not even what is cheap: the answer must not depend on what was looked at first."""
    spent = Budget()
    spent.work = spent.reserve = 0
    signatures = Signatures(spent)
    assert [None, None] == [signatures.link(fact("leaf"), fact(name)).signed for name in ("I4", "other-id")]
    assert (True, "there is too much work in the signatures to verify them all") == (
        signatures.exhausted,
        signatures.bound,
    )


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        *(("rsa-2048-a", 4, 4), ("rsa-4096", 7, 7), ("p256-a", 8, 20), ("p384-a", 20, 40), ("p521-a", 60, 120)),
        *(("ed25519-a", 10, 20), ("ed448", 40, 60), ("dsa-2048", 20, 80), ("ml-dsa-44", 3, 3)),
    ],
)
def test_the_work_of_a_signature_is_known_before(name: str, low: int, high: int) -> None:
    """By the kind of key and its size, roughly; what cannot be verified costs nothing."""
    (it,) = checking.inspect(certificate("CN=x", "rsa-2048-a", spki=load_key(name).spki).pem)
    assert isinstance(it, facts.Certificate)
    assert low <= crypto.effort(it.key, b"") <= high


def test_much_to_hash_is_work_too() -> None:
    """A certificate of a megabyte under 300 issuers is 300 megabytes."""
    assert crypto.effort(fact("I4").key, b"") + 20 == crypto.effort(fact("I4").key, bytes(1_000_000))


def test_a_key_that_is_too_long_costs_nothing() -> None:
    """It is not calculated with."""
    assert 3 == crypto.effort(hostile(1 << 70), b"")


def test_a_signature_is_verified_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often the link is asked for."""
    verify = Counted(True)
    monkeypatch.setattr(crypto, "verify", verify)
    signatures = Signatures()
    for _ in range(3):
        signatures.link(fact("leaf"), fact("I4"))
    assert 1 == verify.count


def test_names_that_differ_cost_no_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    """A foreign certificate is told by its name."""
    verify = Counted(True)
    monkeypatch.setattr(crypto, "verify", verify)
    Signatures().link(fact("leaf"), fact("foreign"))
    assert 0 == verify.count


def test_the_search_for_the_order_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Certificates that all issued each other have more paths than anybody can try."""
    monkeypatch.setattr(crypto, "verify", Counted(True))
    start = time.process_time()
    analyse(*of_one_name(12)[::-1], fact("foreign"))
    assert time.process_time() - start < 5


# ------------------------------------------------------------------------------------------------------ constraints


def constrained(**changes: Any) -> list[str]:
    """Return the rules broken by a certificate below three CAs, the topmost of which has *changes*."""
    top = authority("CN=Top,O=T", "rsa-2048-b", ROOT, **changes)
    middle = authority("CN=Middle,O=T", "rsa-2048-c", top)
    bottom = authority("CN=Bottom,O=T", "rsa-2048-d", middle)
    it = leaf(issuer=bottom)
    report = checking.check(it.pem, load_key(it.key).pem, "".join(each.pem for each in it.chain), at="2026-06-01")
    return rules(report)


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (0, ["chain-path-length-exceeded"]),
        (1, ["chain-path-length-exceeded"]),
        (2, []),
        (None, []),
    ],
)
def test_path_lengths_are_counted(length: int | None, expected: list[str]) -> None:
    """CA certificates below, without the end-entity certificate (RFC 5280 section 4.2.1.9)."""
    assert expected == constrained(path_length=length)


@pytest.mark.parametrize(
    ("permitted", "excluded", "broken"),
    [
        (("DNS:example.com",), (), False),
        (("DNS:example.net",), (), True),
        ((), ("DNS:www.example.com",), True),
        ((), ("DNS:mail.example.com",), False),
        (("IP:10.0.0.0/8",), (), False),
        (("dirName:O=Example,C=DE", "dirName:O=T"), (), False),
        (("dirName:O=Example,C=DE",), (), True),  # the CA below is outside
        (("dirName:O=Somebody",), (), True),
    ],
)
def test_name_constraints_are_kept(permitted: tuple[str, ...], excluded: tuple[str, ...], broken: bool) -> None:
    """Of every CA on the path, for each kind of name (RFC 5280 section 4.2.1.10)."""
    found = constrained(name_constraints=(permitted, excluded))
    assert (["chain-name-constraints-violated"] if broken else []) == found


def test_an_unreadable_name_is_no_broken_link() -> None:
    """Where an issuer's subject cannot be read, nobody claims that the chain is wrong."""
    unreadable = der.sequence(der.set_of(der.sequence(der.oid("2.5.4.3"), der.tlv(0x0C, b"\xff\xfe"))))
    issuer = certificate(unreadable, "rsa-2048-b", ROOT, ca=True, san=None, key_usage=None, eku=None)
    end = leaf(issuer=issuer, issuer_name="CN=Test Intermediate I1")
    report = checking.check(end.pem, load_key(end.key).pem, issuer.pem, at="2026-06-01")

    assert ["asn1-unreadable"] == rules(report, Severity.NOTE)


def test_a_root_that_did_not_sign_itself_is_refused() -> None:
    """Its name says that it is self-signed, its signature says that it was changed."""
    root = authority("CN=Test Root R1,O=Example Trust", "rsa-2048-a", signed_by="rsa-2048-g")
    end = leaf(issuer=INTERMEDIATE)
    report = checking.check(end.pem, load_key(end.key).pem, INTERMEDIATE.pem + root.pem, at="2026-06-01")

    assert ["chain-signature-does-not-verify"] == rules(report, Severity.NOTE)


def test_a_rollover_certificate_may_end_the_chain() -> None:
    """A self-issued certificate that asks for another key identifier than its own was signed with the old key."""
    old = authority("CN=Test Root R1,O=Example Trust", "rsa-2048-g")
    new = authority("CN=Test Root R1,O=Example Trust", "rsa-2048-a", old)
    end = leaf(issuer=INTERMEDIATE)
    report = checking.check(end.pem, load_key(end.key).pem, INTERMEDIATE.pem + new.pem, at="2026-06-01")

    assert [] == rules(report, Severity.NOTE)

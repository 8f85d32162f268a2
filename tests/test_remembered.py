"""What was decoded before changes no answer, is little, and is nothing secret."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pemcheck import asn1, pem
from pemcheck.asn1 import remembered
from pemcheck.budget import ELEMENTS, PRICE_ELEMENT, Budget
from pemcheck.pem import Block

pytestmark = pytest.mark.once

FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    remembered.forget()
    yield
    remembered.forget()


def blocks(path: Path) -> tuple[Block, ...]:
    """Return the PEM blocks of a file."""
    return pem.read(path.name, path.read_bytes(), Budget()).blocks


def read(block: Block, elements: int | None = None) -> tuple[Any, ...]:
    """Return the facts of *block*, its problems, and how many elements of *elements* are left."""
    budget = Budget()
    budget.work = budget.work if elements is None else elements * PRICE_ELEMENT
    return *asn1.read(block, budget), budget.left(ELEMENTS)


def cold(block: Block, elements: int | None = None) -> tuple[Any, ...]:
    """Return what ``read`` does, with nothing remembered."""
    remembered.forget()
    return read(block, elements)


CERTIFICATES = {
    block.der: block
    for path in sorted(FIXTURES.rglob("*.pem"))
    for block in blocks(path)
    if block.label.endswith("CERTIFICATE")
}
ORDINARY = blocks(FIXTURES / "clean-rsa-2048" / "certificate.pem")[0]


def test_facts_are_the_same_whatever_was_read_before() -> None:
    """Facts, problems and what they cost: all certificates of the fixtures, first alone, then after all the others."""
    alone = [cold(block) for block in CERTIFICATES.values()]
    for block in CERTIFICATES.values():
        read(block)

    assert len(alone) > 150
    assert alone == [read(block) for block in CERTIFICATES.values()]


def test_what_is_damaged_is_read_as_it_was() -> None:
    """Each byte of a certificate wrong: the same facts, problems and places, though most of it is remembered."""
    damaged = [
        ORDINARY.replace(der=ORDINARY.der[:n] + bytes((ORDINARY.der[n] ^ 1,)) + ORDINARY.der[n + 1 :])
        for n in range(len(ORDINARY.der))
    ]
    expected = [cold(each) for each in damaged]
    read(ORDINARY)

    assert expected == [read(each) for each in damaged]


def test_what_is_remembered_is_paid_for() -> None:
    """Whoever has too little left gets the same answer, however much of it is known."""
    most = Budget().left(ELEMENTS)
    price = most - cold(ORDINARY)[2]
    expected = [cold(ORDINARY, elements) for elements in range(price + 2)]
    read(ORDINARY)

    assert expected == [read(ORDINARY, elements) for elements in range(price + 2)]


def test_no_private_key_is_remembered() -> None:
    """Nothing is kept of any key, whatever its form."""
    for path in sorted(FIXTURES.rglob("*.pem")):
        for block in blocks(path):
            if asn1.is_key_label(block.label):
                read(block)

    assert 0 == remembered.kept()


def test_something_is_remembered() -> None:
    """The tests above are not empty: a certificate leaves its issuer, its algorithm and its extensions."""
    read(ORDINARY)

    assert remembered.kept() > 5


def test_few_and_short_values_are_kept() -> None:
    """However many are read, the oldest go; long ones are never kept."""
    length = remembered.once_each(len)
    for number in range(remembered.MAX_VALUES + 100):
        length(number.to_bytes(4, "big"))
    full = remembered.kept()
    remembered.forget()

    assert remembered.MAX_VALUES == full
    assert remembered.MAX_BYTES + 1 == length(bytes(remembered.MAX_BYTES + 1))
    assert 0 == remembered.kept()


AUTHORITY = blocks(FIXTURES / "clean-rsa-2048" / "certificate-chain.pem")[0]


def test_a_ca_that_was_read_before_is_known_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not read again, stands where it stands now, and costs what it cost."""
    first = cold(AUTHORITY)
    monkeypatch.setattr(asn1, "certificate", lambda *_: pytest.fail("it was read again"))
    elsewhere = AUTHORITY.replace(at=AUTHORITY.at.replace(file="other.pem", line=7))
    assert (first[0].replace(at=elsewhere.at), *first[1:]) == read(elsewhere)


def test_a_ca_is_not_known_where_reading_it_could_not_be_paid_for() -> None:
    """What is left of a budget decides as though nothing had been remembered."""
    expected = [cold(AUTHORITY, elements) for elements in (0, 20, 80)]
    read(AUTHORITY)
    assert expected == [read(AUTHORITY, elements) for elements in (0, 20, 80)]


def test_only_few_cas_are_kept_whole_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that was read first goes first; end entities, and what is damaged, are not kept."""
    monkeypatch.setattr(remembered, "MAX_AUTHORITIES", 3)
    remembered.forget()
    for block in CERTIFICATES.values():
        read(block)
    kept = [found for _, found in remembered._AUTHORITIES.values()]
    assert 3 == len(kept)
    assert all(each.is_ca and not each.unread and not each.trailing for each in kept)
    last = [block.der for block in CERTIFICATES.values() if cold(block)[0] in kept and not cold(block)[1]]
    assert last[-3:] == [each.der for each in kept]


def test_a_trusted_certificate_says_nothing_of_one_that_is_none() -> None:
    """What OpenSSL puts behind it is no fault there, and is one elsewhere."""
    behind = AUTHORITY.replace(der=AUTHORITY.der + b"\x30\0")
    expected = cold(behind)
    remembered.forget()
    read(behind.replace(label="TRUSTED CERTIFICATE"))

    assert expected == read(behind)
    assert 2 == expected[0].trailing

"""The strict walk over untrusted DER, and splitting an element into its children."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import certifi
import pytest

from pemcheck import der, pem
from pemcheck.der import NotDER, Walked

GENEROUS = 5.0
"""Seconds that no input may take, on a slow and busy machine; everything here takes milliseconds."""


def octets(text: str) -> bytes:
    """Return bytes written in hexadecimal."""
    return bytes.fromhex(text)


def tree(data: bytes) -> list[tuple[int, int]]:
    """Return (tag, start) of every element, by ``parse`` and ``children``; raise NotDER if one does not split."""
    found = []
    waiting = [der.parse(data)]
    while waiting:
        node = waiting.pop()
        found.append((node.tag, node.start))
        if node.tag & 0x20:
            waiting += node.children()
    return found


@cache
def roots() -> tuple[bytes, ...]:
    """Return the DER of every root that certifi and, where there is one, the system trust."""
    system = Path("/etc/ssl/certs/ca-certificates.crt")
    files = [Path(certifi.where()), *([system] if system.exists() else [])]
    return tuple({block.der for path in files for block in pem.read(path.name, path.read_bytes()).blocks})


def faults_of(data: bytes) -> str:
    """Return the fault of the first element of *data*, or why there is none."""
    try:
        return der.walk(data).fault
    except NotDER as error:
        return f"NotDER: {error}"


# ---------------------------------------------------------------------------------------------- what is right


def test_every_real_root_passes() -> None:
    """No certificate that browsers trust is complained about."""
    assert len(roots()) > 100
    assert {""} == {der.walk(root).fault for root in roots()}


def test_every_real_root_is_walked_to_its_end() -> None:
    """Nothing is left over, and nothing is read twice."""
    assert [] == [root for root in roots() if der.walk(root).end != len(root)]


@pytest.mark.parametrize(
    "data",
    [
        "0500", "010100", "0101ff", "020100", "02017f", "02020080", "0201ff", "0202ff7f", "0a0101",
        "030100", "030200ff", "03020780", "0400", "040100", "06032a0304", "0603550406", "06028837", "0c00",
        "3000", "3100", "30020500", "a000", "8000", "800100", "30058003010203",
        "9f1f00", "bf1f00", "bf810000", "df870100",
        "04818000" + "00" * 127, "0482010000" + "00" * 255, "1700", "7f1f020500",
    ],
)  # fmt: skip
def test_what_is_der_has_no_fault(data: str) -> None:
    """Each type in its one right form."""
    assert Walked(len(octets(data)), "") == der.walk(octets(data))


def test_bytes_behind_the_first_element_are_left_to_the_caller() -> None:
    """The end of the element is told, whatever follows."""
    assert Walked(2, "") == der.walk(octets("0500ffff"))


# ------------------------------------------------------------------------------- what departs and still reads


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("30800000", "byte 0: indefinite length (BER, not DER)"),
        ("a08005000000", "byte 0: indefinite length (BER, not DER)"),
        ("3080308000000000", "byte 0: indefinite length (BER, not DER)"),
        ("3006308005000000", "byte 2: indefinite length (BER, not DER)"),
        ("24800401000000", "byte 0: indefinite length (BER, not DER)"),
        ("308100", "byte 0: length not in its shortest form"),
        ("30817f047d" + "00" * 125, "byte 0: length not in its shortest form"),
        ("04820080" + "00" * 128, "byte 0: length not in its shortest form"),
        ("0489000000000000000000", "byte 0: length not in its shortest form"),
        ("04fe" + "00" * 125 + "0001" + "aa", "byte 0: length not in its shortest form"),
        ("9f1e00", "byte 0: tag number not in its shortest form"),
        ("9f801f00", "byte 0: tag number not in its shortest form"),
        ("bf0000", "byte 0: tag number not in its shortest form"),
        ("2403040100", "byte 0: constructed encoding of a primitive type"),
        ("2203020101", "byte 0: constructed encoding of a primitive type"),
        ("2d00", "byte 0: constructed encoding of a primitive type"),
        ("3c00", "byte 0: constructed encoding of a primitive type"),
        ("0200", "byte 0: INTEGER without content"),
        ("0a00", "byte 0: INTEGER without content"),
        ("0202007f", "byte 0: INTEGER not in its shortest form"),
        ("02020000", "byte 0: INTEGER not in its shortest form"),
        ("0202ff80", "byte 0: INTEGER not in its shortest form"),
        ("0a020001", "byte 0: INTEGER not in its shortest form"),
        ("0100", "byte 0: BOOLEAN that is neither 00 nor FF"),
        ("010101", "byte 0: BOOLEAN that is neither 00 nor FF"),
        ("01020000", "byte 0: BOOLEAN that is neither 00 nor FF"),
        ("0300", "byte 0: BIT STRING with wrong unused bits"),
        ("030101", "byte 0: BIT STRING with wrong unused bits"),
        ("03020800", "byte 0: BIT STRING with wrong unused bits"),
        ("030201ff", "byte 0: BIT STRING with wrong unused bits"),
        ("050100", "byte 0: NULL with content"),
        ("0600", "byte 0: malformed object identifier"),
        ("060180", "byte 0: malformed object identifier"),
        ("06022a83", "byte 0: malformed object identifier"),
        ("06028001", "byte 0: malformed object identifier"),
        ("06042a800103", "byte 0: malformed object identifier"),
        ("30050500010101", "byte 4: BOOLEAN that is neither 00 nor FF"),
    ],
)  # fmt: skip
def test_a_departure_from_der_is_found(data: str, fault: str) -> None:
    """BER and sloppy DER read on, and the first departure is named with its byte."""
    assert fault == der.walk(octets(data)).fault


def test_an_inner_zero_octet_of_an_object_identifier_is_no_padding() -> None:
    """80 pads only where a subidentifier begins: 2.999.16384 has one in the middle."""
    assert "" == der.walk(octets("06052a81808001")).fault


def test_only_the_first_departure_is_told() -> None:
    """One is enough to have the file written again."""
    assert "byte 2: NULL with content" == der.walk(octets("300605010001010a")).fault


# ------------------------------------------------------------------------------------- what cannot be read on


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "byte 0: ends inside an element's header"),
        ("30", "byte 0: ends inside an element's header"),
        ("3082", "byte 0: ends inside an element's header"),
        ("308201", "byte 0: ends inside an element's header"),
        ("300130", "byte 2: ends inside an element's header"),
        ("9f1f", "byte 0: ends inside an element's header"),
        ("9f81", "byte 0: tag number too large"),
        ("9f8181818100", "byte 0: tag number too large"),
        ("300500", "byte 0: its length runs past its container (1 bytes left)"),
        ("0401", "byte 0: its length runs past its container (0 bytes left)"),
        ("3002040100", "byte 2: its length runs past its container (0 bytes left)"),
        ("308401000000", "byte 0: its length runs past its container (0 bytes left)"),
        ("3088ffffffffffffffff", "byte 0: its length runs past its container (0 bytes left)"),
        ("3089010000000000000000", "byte 0: a length that no data can have"),
        ("30ff" + "00" * 127, "byte 0: a length that no data can have"),
        ("0000", "byte 0: end-of-contents octets where an element should be"),
        ("30020000", "byte 2: end-of-contents octets where an element should be"),
        ("30800500", "byte 4: ends inside an element's header"),
        ("308000", "byte 2: ends inside an element's header"),
        ("3003308000" + "00", "byte 4: ends inside an element's header"),
        ("0480", "byte 0: indefinite length of a primitive type"),
        ("1000", "byte 0: primitive SEQUENCE or SET"),
        ("1100", "byte 0: primitive SEQUENCE or SET"),
        ("068181" + "01" * 129, "byte 0: an object identifier of more than 128 bytes"),
    ],
)
def test_what_cannot_be_read_on_stops_the_walk(data: str, reason: str) -> None:
    """The byte is told, and why."""
    with pytest.raises(NotDER) as error:
        der.walk(octets(data))
    assert reason == str(error.value)


def test_an_object_identifier_may_have_128_bytes() -> None:
    """The bound is far above every real one."""
    assert "" == der.walk(octets("068180" + "01" * 128)).fault


def test_no_number_that_was_read_is_in_a_message() -> None:
    """In a damaged key, digits of the key stand where lengths should."""
    messages = [faults_of(octets(tag + "88" + "1234567812345678" + "00")) for tag in ("30", "04", "06")]
    assert [] == [text for text in messages if str(0x1234567812345678) in text or "1234567812345678" in text]


def test_the_depth_is_bounded() -> None:
    """24 levels are read, the 25th is not."""
    data = b"\x05\x00"
    for _ in range(der.MAX_DEPTH):
        data = der.encode(der.SEQUENCE, data)

    assert "" == faults_of(data)
    assert faults_of(der.encode(der.SEQUENCE, data)).endswith("nested deeper than 24")


def test_the_number_of_elements_is_bounded() -> None:
    """One element above the bound is one too many."""
    assert "" == faults_of(der.encode(der.SEQUENCE, b"\x05\x00" * (der.MAX_ELEMENTS - 1)))
    assert faults_of(der.encode(der.SEQUENCE, b"\x05\x00" * der.MAX_ELEMENTS)).endswith("more than 100000 elements")


@pytest.mark.parametrize(
    "data",
    [
        b"\x30\x80" * 2_000_000,
        b"\xa0\x80" * 24 + b"\x05\x00" * 2_000_000,
        b"\x30\x84\x7f\xff\xff\xff" * 600_000,
        b"\x30\x80" + b"\x05\x00" * 2_000_000,
        b"\x9f" + b"\xff" * 4_000_000,
        b"\x06\x83\x3d\x09\x00" + b"\xff" * 4_000_000,
        b"\x30\x83\x3d\x09\x00" + b"\x06\x01\x80" * 1_333_333,
        b"\x30\x83\x3d\x09\x00" + b"\x30\x00" * 2_000_000,
        b"\x30\xfe" + b"\x00" * 4_000_000,
        b"\x02\x83\x3d\x09\x00" + b"\x00" * 4_000_000,
        b"\x03\x83\x3d\x09\x00" + b"\x00" * 4_000_000,
    ],
    ids=["indefinite", "deep", "lengths", "elements", "tag", "oid", "oids", "empty", "long length", "integer", "bits"],
)  # fmt: skip
@pytest.mark.parametrize("read", [der.walk, tree])
def test_hostile_data_takes_linear_time(read: Callable[[bytes], object], data: bytes) -> None:
    """Four megabytes of anything are refused or read at once, with recursion bounded."""
    start = time.process_time()
    with suppress(NotDER):
        read(data[: 500_000 if read is tree else None])
    assert time.process_time() - start < GENEROUS


def test_no_mutation_makes_the_walk_raise_anything_else() -> None:
    """50,000 damaged certificates: read, or NotDER."""
    dice = random.Random(690)
    seeds = sorted(roots(), key=len)[:20]
    for _ in range(50_000):
        data = bytearray(dice.choice(seeds))
        for _ in range(dice.randrange(1, 4)):
            position = dice.randrange(min(len(data), dice.choice((8, 80, 2000))))
            data[position] = dice.choice((0, 0x30, 0x80, 0x84, 0xFF, dice.randrange(256)))
        with suppress(NotDER):
            der.walk(bytes(data[: dice.choice((None, None, position + 3))]))


def test_random_bytes_make_nothing_raise_anything_else() -> None:
    """Noise, made of what headers are made of."""
    dice = random.Random(8825)
    for _ in range(20_000):
        data = bytes(dice.choice(b"\x00\x01\x02\x03\x06\x1f\x24\x30\x31\x80\x81\x82\xa0\xff") for _ in range(12))
        for read in (der.walk, tree):
            with suppress(NotDER):
                read(data)


# -------------------------------------------------------------------------------------------- parse, children


@pytest.mark.parametrize("index", [0, 7, 50])
def test_parse_and_children_split_what_walk_accepts(index: int) -> None:
    """Both see the same elements in a real certificate."""
    data = sorted(roots())[index]
    assert all(0 <= start < len(data) for _, start in tree(data))
    assert len(data) == der.parse(data).end


def test_parse_and_children_agree_with_the_walk_on_noise() -> None:
    """What the walk reads can be split to its leaves, and ends at the same byte."""
    dice = random.Random(1)
    walked = 0
    for _ in range(30_000):
        data = bytes(dice.choice(b"\x00\x00\x01\x02\x03\x04\x05\x24\x30\x30\x80\x80\x81\xa0") for _ in range(10))
        if not faults_of(data).startswith("NotDER"):
            walked += 1
            tree(data)
            assert der.parse(data).end == der.walk(data).end
    assert walked > 1000


def test_a_node_knows_its_bytes() -> None:
    """The whole element, its content, and whether that is elements."""
    node = der.parse(octets("0500" + "30030101ff" + "0500"), 2)
    assert (octets("30030101ff"), octets("0101ff"), True) == (node.der, node.content, node.constructed)


def test_a_node_of_indefinite_length_ends_behind_its_end_mark() -> None:
    """The content is what stands before the two zeros."""
    node = der.parse(octets("3080" + "30800500" + "0000" + "0101ff" + "0000" + "0500"))
    assert octets("308005000000" + "0101ff") == node.content
    assert [octets("308005000000"), octets("0101ff")] == [child.der for child in node.children()]
    assert 13 == node.end


def test_an_element_may_end_where_it_is_told() -> None:
    """A limit counts as the end of the data."""
    with pytest.raises(NotDER, match=r"^byte 0: its length runs past its container \(1 bytes left\)$"):
        der.parse(octets("04020000"), 0, 3)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "byte 0: ends inside an element's header"),
        ("0480", "byte 0: indefinite length where none can be"),
        ("30800500", "byte 4: ends inside an element's header"),
        ("3080" * 30 + "0000" * 30, "byte 50: indefinite length where none can be"),
    ],
)
def test_parse_refuses_what_does_not_end(data: str, reason: str) -> None:
    """The recursion into indefinite lengths is bounded."""
    with pytest.raises(NotDER) as error:
        der.parse(octets(data))
    assert reason == str(error.value)


def test_the_end_mark_has_to_stand_inside_the_container() -> None:
    """One zero inside and one outside are no end."""
    with pytest.raises(NotDER, match=r"^byte 0: indefinite length without an end$"):
        der.parse(octets("30800000"), 0, 3)


def test_children_have_to_fill_the_content() -> None:
    """A rest that is no element is told."""
    with pytest.raises(NotDER, match=r"^byte 4: ends inside an element's header$"):
        der.parse(octets("3003050001")).children()


# ------------------------------------------------------------------------------------------------- encoding


@pytest.mark.parametrize(
    ("length", "header"),
    [(0, "0400"), (127, "047f"), (128, "048180"), (255, "0481ff"), (256, "04820100"), (65536, "0483010000")],
)
def test_lengths_are_encoded_in_their_shortest_form(length: int, header: str) -> None:
    """What is encoded here passes the walk."""
    data = der.encode(der.OCTET_STRING, bytes(length))
    assert octets(header) == data[: -length or None]
    assert Walked(len(data), "") == der.walk(data)


def test_parts_are_joined() -> None:
    """A sequence is made of its elements."""
    assert octets("30050500020101") == der.encode(der.SEQUENCE, octets("0500"), der.encode_integer(1))


@pytest.mark.parametrize("value", [0, 1, 127, 128, 255, 256, 32767, 32768, 2**64, 2**521 - 1])
def test_integers_are_encoded_in_their_shortest_form(value: int) -> None:
    """A zero stands before a first bit that is set, and nowhere else."""
    data = der.encode_integer(value)
    assert ("", value) == (der.walk(data).fault, int.from_bytes(der.parse(data).content, "big", signed=True))

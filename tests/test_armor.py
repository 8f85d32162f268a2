"""Base64 that may be damaged; where its faults stand is in test_pem.py."""

from __future__ import annotations

import binascii

import pytest

from fixtures import der
from pemcheck import armor
from pemcheck.budget import Budget

# a NULL in a SEQUENCE
WHOLE, PACKED = b"\x30\x02\x05\x00", "MAIFAA=="


@pytest.mark.parametrize("packed", ["MAIFAA==", "MAIFAA", "MAIF"])
def test_base64_is_decoded_with_and_without_padding(packed: str) -> None:
    """Padding tells nothing that the length does not."""
    assert WHOLE.startswith(armor.decode(packed))
    assert armor.decode(packed) != b""


@pytest.mark.parametrize("packed", ["", "A", "é", "\ud800"])
def test_what_stands_for_nothing_is_empty(packed: str) -> None:
    """And raises nothing."""
    assert b"" == armor.decode(packed)


@pytest.mark.parametrize(("packed", "expected"), [("AB+/=", ""), ("AB-C_", "-"), ("A é", " ")])
def test_the_first_foreign_character_is_told(packed: str, expected: str) -> None:
    """The alphabet of RFC 4648 section 4, and its padding."""
    assert expected == armor.foreign(packed)


def test_a_start_is_decoded_as_far_as_it_goes() -> None:
    """For a block that is cut off."""
    assert ("MAIFA", b"\x30\x02\x05") == armor.start("MA!IFA")


@pytest.mark.parametrize(
    ("data", "expected"),
    [(WHOLE, True), (WHOLE + b"x", True), (WHOLE[:3], False), (b"", False), (b"openssh-key-v1\0x", True)],
)
def test_what_is_whole_is_told_from_what_is_cut_off(data: bytes, expected: bool) -> None:
    """A whole element may be followed by others."""
    assert expected is armor.is_whole(data)


@pytest.mark.parametrize(
    ("packed", "character", "data", "fault"),
    [
        (PACKED, "", WHOLE, ""),
        ("aGVsbG8h", "", b"hello!", ""),
        ("MAIF AA==", " ", WHOLE, "white space inside a line of base64"),
        ("MAIFAA=", "", WHOLE, "wrong padding (=) at the end"),
        ("MAIFAA=3D=3D", "", WHOLE, "it is quoted-printable, as mails are"),
        ("MA=IF=AA", "", WHOLE, "it is quoted-printable, as mails are"),
        ("MAIFAA==MAIFAA==", "", WHOLE, "padding (=) in the middle: a second piece of base64 follows the first"),
        ("MAIFA", "", b"", "its length is impossible: at least one character is missing"),
        ("MAIF!A==", "!", b"", "the character ! is not base64"),
        ("aGVsbG8 h", " ", b"", "white space inside a line of base64"),
        ("", "", b"", "there is nothing between the markers"),
    ],
)
def test_only_what_comes_out_whole_was_mended(packed: str, character: str, data: bytes, fault: str) -> None:
    """What is faultless is taken as it is; what is not, only where nobody could doubt the repair."""
    assert (data, fault) == armor.open_up(packed, character)


def test_what_there_is_too_little_left_to_look_into_is_nothing_more() -> None:
    """A block is not said to enclose another for want of means; what was repaired may be whole all the same."""
    spent = Budget()
    spent.work = 0
    packed = binascii.b2a_base64(der.sequence(der.octets(bytes(30))))

    assert ["CERTIFICATE", ""] == [armor.once_more("CERTIFICATE", packed, each)[0] for each in (Budget(), spent)]
    assert armor.is_whole(b"0\0", spent)

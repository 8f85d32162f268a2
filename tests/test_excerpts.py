"""The line that a finding is about is shown, and no line that could be a key's."""

from __future__ import annotations

import pytest

from fixtures.build import INTERMEDIATE, ROOT, leaf
from fixtures.sign import KEYS
from pemcheck.budget import Budget
from pemcheck.excerpts import WIDTH, excerpt
from pemcheck.facts import Certificate
from pemcheck.inputs import CERTIFICATE, CHAIN, PRIVATE_KEY, read_input
from pemcheck.source import Excerpt, Problem

pytestmark = pytest.mark.once

LEAF = leaf().pem
KEY = (KEYS / "rsa-2048-f.pem").read_text("ascii")
BODY = LEAF.splitlines()[1]


def problems(text: str | bytes, role: str = CERTIFICATE) -> list[Problem]:
    """Return what is wrong with one file and has a column."""
    data = text.encode() if isinstance(text, str) else text
    return [each for each in read_input(role, "a.pem", data, budget=Budget()).problems if each.at.column]


def shown(text: str | bytes, role: str = CERTIFICATE) -> list[str]:
    """Return line and caret of each, as people see them."""
    found = [each.excerpt for each in problems(text, role)]
    return [f"{each.text}\n{' ' * each.caret}^" for each in found if each is not None]


def test_a_line_of_a_certificate_is_shown() -> None:
    """It is public; the caret stands behind it, where the space is."""
    assert [f"{BODY}\n{' ' * 64}^"] == shown(LEAF.replace(BODY, f"{BODY}  "))


def test_a_marker_is_shown() -> None:
    """Its words are known beforehand."""
    text = LEAF.replace("-----BEGIN CERTIFICATE-----", "----BEGIN CERTIFICATE-----")

    assert ["----BEGIN CERTIFICATE-----\n^"] == shown(text)


def test_what_cannot_be_decoded_is_dots() -> None:
    """Nobody knows what it is a line of; the character that is meant is shown."""
    damaged = f"{BODY[:9]}!{BODY[10:]}"

    assert [f"{'.' * 9}!{'.' * 54}\n{' ' * 9}^"] == shown(LEAF.replace(BODY, damaged))


def test_a_foreign_label_is_dots() -> None:
    """It could be a piece of what it should enclose."""
    text = "x -----BEGIN MIIEvQIBADANBgkq KEY-----\nAAAA\n-----END MIIEvQIBADANBgkq KEY-----\n"

    assert all("MII" not in each for each in shown(text))
    assert [] != shown(text)


@pytest.mark.parametrize("role", [CERTIFICATE, CHAIN, ""])
@pytest.mark.parametrize("text", [KEY + LEAF, LEAF + KEY, KEY, KEY.replace("PRIVATE KEY", "CERTIFICATE")])
def test_no_line_of_a_file_with_a_key_is_shown(text: str, role: str) -> None:
    """Whatever the key is labelled, and wherever it was given."""
    spaced = text.replace("\n", " \n")

    assert (True, []) == (bool(problems(spaced, role)), shown(spaced, role))


def test_no_line_of_what_is_given_as_a_key_is_shown() -> None:
    """Even if it is a certificate."""
    spaced = LEAF.replace("\n", " \n")

    assert (True, []) == (bool(problems(spaced, PRIVATE_KEY)), shown(spaced, PRIVATE_KEY))


@pytest.mark.parametrize("lines", [slice(1, 5), slice(20, 24)])
def test_a_key_without_markers_inside_a_certificate_is_dots(lines: slice) -> None:
    """Its lines are no piece of the certificate, even where a certificate was read."""
    secret = KEY.splitlines()[lines]
    inside = LEAF.replace("-----END", "\n".join(f"{each} " for each in secret) + "\n-----END")
    before = LEAF.replace(BODY, "\n".join([*(f"{each} " for each in secret), BODY]))

    for text in (inside, before):
        assert [] != shown(text)
        assert [] == [each for each in shown(text) if any(line[:8] in each for line in secret)]


def test_what_stands_in_a_certificate_behind_its_signature_is_dots() -> None:
    """It belongs to no certificate, so that it may be anything."""
    (fact,) = read_input(CERTIFICATE, "a.pem", LEAF.encode()).objects
    assert isinstance(fact, Certificate)

    assert f"{BODY} " != excerpt(BODY, 0, [fact.replace(extra=("7 behind signatureValue",))]).text
    assert BODY == excerpt(BODY, 0, [fact]).text


def test_a_byte_order_mark_is_shown_where_it_stands() -> None:
    """Further columns of its line are counted without it, as editors do."""
    text = b"\xef\xbb\xbf" + LEAF.replace("-----BEGIN", "----BEGIN").encode()

    expected = {"\\u{feff}----BEGIN CERTIFICATE-----\n^", "----BEGIN CERTIFICATE-----\n^"}
    assert expected == set(shown(text))


def test_what_could_trick_a_terminal_is_escaped() -> None:
    """The caret stands where the character is, as it is shown."""
    assert Excerpt("..\\u{200b}.", 2) == excerpt("ab\u200bc", 2)
    assert Excerpt(".. .\\u{0007}", 4) == excerpt("\u202eb\t\x1b\x07", 4)


def test_a_long_line_is_cut_around_the_place() -> None:
    """However long it is, and wherever the place."""
    line = "A" * 1_000_000
    middle = excerpt(f"{line}!{line}", len(line))

    assert (WIDTH, "!") == (len(middle.text), middle.text[middle.caret])
    assert Excerpt("!" + "." * (WIDTH - 1), 0) == excerpt(f"!{line}", 0)
    assert Excerpt("." * (WIDTH - 1) + "!", WIDTH - 1) == excerpt(f"{line}!", len(line))


def test_what_was_decoded_first_has_no_line() -> None:
    """Lines of a mail, or of UTF-16, are not those of the file."""
    quoted = "".join(f"> {line} \n" for line in LEAF.splitlines())

    assert (True, []) == (bool(problems(quoted)), shown(quoted))


def test_a_certificate_vouches_for_its_own_lines_only() -> None:
    """A line of another certificate that stands in it is shown as dots as well."""
    other = ROOT.pem.splitlines()[3]
    text = INTERMEDIATE.pem.replace("-----END", f"{other} \n-----END")

    assert [f"{'.' * 64}\n{' ' * 64}^"] == shown(text, CHAIN)[:1]

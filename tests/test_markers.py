"""BEGIN and END lines; what they do to a file is in test_pem.py."""

from __future__ import annotations

import pytest

from pemcheck import markers
from pemcheck.markers import Marker


def test_an_exact_marker_is_its_whole_line() -> None:
    """Five dashes, the word, one space, the label, five dashes."""
    assert [Marker(0, 25, "END", "PRIVATE KEY", "")] == markers.find("-----END PRIVATE KEY-----")


@pytest.mark.parametrize(
    "line", ["", "END", "MIIB" * 16, "the end of it", "-----BEGIN-----", "-----BEGIN -----", "-" * 70]
)
def test_other_lines_have_none(line: str) -> None:
    """Neither base64, nor prose, nor dashes."""
    assert [] == markers.find(line)


def test_two_markers_share_a_run_of_ten_dashes() -> None:
    """Each has five of them, and neither is at fault."""
    found = markers.find("-----END CERTIFICATE----------BEGIN X509 CRL-----")
    expected = [Marker(0, 25, "END", "CERTIFICATE", ""), Marker(25, 49, "BEGIN", "X509 CRL", "")]
    assert expected == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n-----BEGIN X-----\n", True),
        ("\r-----END X-----", True),
        ("x\\n-----BEGIN X-----\\nAA", True),
        ("-----BEGIN\u00a0CERTIFICATE-----", True),
        ("in the end", False),
        ("BEGIN\nCERTIFICATE", False),
        ("", False),
    ],
)
def test_a_text_has_markers_where_a_line_has(text: str, expected: bool) -> None:
    """Words like "end" are not enough."""
    assert expected is markers.are_in(text)


@pytest.mark.parametrize("label", ["CERTIFICATE", "PKCS #7 SIGNED DATA", "RSA PRIVATE KEY", "PRIVATEKEY"])
def test_known_labels_are_shown(label: str) -> None:
    """They are made of the words of labels."""
    assert label == markers.shown(label)


@pytest.mark.parametrize("label", ["MIIEVQIBADANBG", "PRIVATE KEY MIIEVQ", "HUNTER2"])
def test_other_labels_are_not_shown(label: str) -> None:
    """They could be a piece of a key."""
    assert "…" == markers.shown(label)


@pytest.mark.parametrize(
    ("line", "expected"), [("-----", True), ("\u2014\u2014 x", True), ("-x", False), ("x--", False)]
)
def test_a_line_may_start_like_a_marker(line: str, expected: bool) -> None:
    """Two dashes of any kind."""
    assert expected is markers.is_ruled(line)

"""What bytes look like, before anybody tries to read them."""

from __future__ import annotations

import random

import pytest

from pemcheck import sniff

PEM = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    "data",
    [
        b"\x30\x00",
        b"\x30\x03\x02\x01\x03",
        b"\x30\x03\x02\x01\x00\n",
        b"\x30\x80\x00\x00",
        b"\x30\x81\x80",
        b"\x30\x82\x03\x00",
        b"\x30\x84\0\0",
    ],
)
def test_a_der_sequence_is_recognised(data: bytes) -> None:
    """Short, long and indefinite lengths; a long one may be cut off, and something may follow."""
    assert sniff.is_der(data) is True


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"00000000",
        b"0123456789\n",
        b"\x31\x00",
        b"\x30\x05\x02",
        b"0\x20 and some text",
        b"\x30\x85\0\0\0\0\0",
        PEM,
        b"MIIB",
    ],
)
def test_what_is_no_der_sequence_is_not(data: bytes) -> None:
    """The first octet is also the digit 0, so text may start with it."""
    assert sniff.is_der(data) is False


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xfe\xed\xfe\xed\0\0\0\2", "jks"),
        (b"\xce\xce\xce\xce\0", "jceks"),
        (b"\0\0\0\2\0\0\0\x14", "bks"),
        (b"\0\0\0\1\0\0\0\x14", "bks"),
        (b"\0\0\0\1\0\0\0\x15", ""),
        (b"\xfe\xed\xfe", ""),
        (b"", ""),
        (PEM, ""),
    ],
)
def test_java_key_stores_are_told_apart(data: bytes, expected: str) -> None:
    """Both kinds go by their first four bytes."""
    assert expected == sniff.is_store(data)


@pytest.mark.parametrize(
    "text",
    [
        "cert.pem", "/etc/ssl/certs/my cert.CRT\n", "C:\\keys\\private.key", "./a.cer", "x.der", "store.p12",
        "a.pfx\r\n",
        "file://cert", "fileb://certificate.pem", "FILE://x", "  file:///srv/chain.txt  ",
    ],
)  # fmt: skip
def test_the_name_of_a_file_is_recognised(text: str) -> None:
    """One line with the usual endings or with a prefix of the AWS command line."""
    assert sniff.is_path(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "", "cert", "cert.pem\nkey.pem", "file://", "file:// cert.pem\nmore", "fileb://a\nb", "see cert.pem for more",
        "<a href='cert.pem'>x.pem", "{cert.pem", "a" * 501 + ".pem", ".pem", "MIIB",
    ],
)  # fmt: skip
def test_other_text_is_no_name_of_a_file(text: str) -> None:
    """Several lines, sentences, markup, and what is longer than names are."""
    assert sniff.is_path(text) is False


@pytest.mark.parametrize(
    "data", [b"\0\1\2\3", b"abc\0", b"\x01" * 200 + PEM, bytes(range(32)), b"\x7fELF\x02\x01\x01\0"]
)
def test_binary_data_is_recognised(data: bytes) -> None:
    """A NUL, or many control characters."""
    assert sniff.is_binary(data) is True


@pytest.mark.parametrize(
    "data",
    [b"", b"text\r\n\tmore\x0c\x0b", PEM, PEM + b"\0", b"\x1b[31mred\x1b[0m", "grün".encode(), b"a" * 1100 + b"\0"],
)
def test_text_is_not_binary(data: bytes) -> None:
    """White space and escapes are text; so is PEM with a stray NUL."""
    assert sniff.is_binary(data) is False


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("text", [PEM.decode(), "ab"])
def test_utf16_is_recognised_with_and_without_its_mark(codec: str, mark: str, text: str) -> None:
    """Windows writes the mark, other programs do not."""
    assert codec == sniff.utf16((mark + text).encode(codec))


@pytest.mark.parametrize("data", [b"", b"a\0", b"\0a", PEM, bytes(100), b"\xff", b"a\0b\0c\0dd", b"\xef\xbb\xbfab"])
def test_other_data_is_not_utf16(data: bytes) -> None:
    """Two bytes are too few to tell, NULs alone are nothing."""
    assert "" == sniff.utf16(data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"\xff\xd8\xff\xe0", "a JPEG picture"),
        (b"BZh91", "a bzip2 archive"),
        (b"\xfd7zXZ\0\0", "an xz archive"),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
        (b"Rar!\x1a", "a RAR archive"),
        (b"a.txt" + bytes(252) + b"ustar\0", "a tar archive"),
        (b"sk-ssh-ed25519@openssh.com AAAA", "an SSH public key"),
        (b"---- BEGIN SSH2 PUBLIC KEY ----", "an SSH public key (RFC 4716)"),
        (b"-----BEGIN PGP PRIVATE KEY BLOCK-----", "PGP, such as a key"),
        (b"\x95\x03\xc6\x04", "PGP, such as a key"),
        (b"\x98\x33\x04" + bytes(9), "PGP, such as a key"),
        (b"\xc5\x58\x04\0", "PGP, such as a key"),
        (b"\xc6\xc1\x0d\x04", "PGP, such as a key"),
        (b"\xc5\x58\x00\x04", "binary data of an unknown kind"),
        (b"SQLite format 3\0", "a database, as browsers and macOS keep certificates in"),
        (b"kych\0\1", "a keychain of macOS"),
        (b"***\n", "a secret that a CI system has masked"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE plist PUBLIC>', "a property list of Apple's, such as .mobileconfig"),
        (b"<ErrorResponse xmlns=", "an error message from AWS"),
        (b"<?xml version='1.0'?><Error><Code>AccessDenied", "an error message from AWS"),
        (b"\nAn error occurred (AccessDenied) when", "an error message from AWS"),
        (b'{"__type": "AccessDeniedException"}', "an error message from AWS"),
        (b"MIME-Version: 1.0\n", "an e-mail"),
        (b"GIF89a", "a GIF picture"),
        (b"%PDF-1.7", "a PDF document"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"\x1f\x8b\x08", "a gzip archive"),
        (b"\x7fELF\x02", "a program"),
        (b"PuTTY-User-Key-File-3: ssh-rsa", "a PuTTY private key"),
        (b"ssh-ed25519 AAAAC3Nz", "an SSH public key"),
        (b"ecdsa-sha2-nistp256 AAAA", "an SSH public key"),
        (b"\xcc\xcc\xcc\xcc", "a key store"),
        (b"\x30\x03\x02\x01\x03", "DER"),
        (bytes(8), "nothing but NUL bytes"),
        (b"\x00\x01\x02\x03", "binary data of an unknown kind"),
        (b"<!DOCTYPE html>\n", "an HTML page"),
        (b"\xef\xbb\xbf\r\n <HTML>", "an HTML page"),
        (b"<?xml version='1.0'?>", "XML"),
        (b"<Response>", "XML"),
        (b'{"Certificate": ""}', "JSON"),
        (b"[1]", "JSON"),
        (b"---\nkind: Secret\n", "YAML, or headers"),
        (b"apiVersion: v1", "YAML, or headers"),
        (b"Subject: hello", "YAML, or headers"),
        (b"data:\n  tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJ", "text that holds PEM encoded in base64 once more"),
        (b"-----BEGIN%20CERTIFICATE-----%0AMII", "PEM in percent-encoding, as in a URL"),
        (b"-----BEGIN+CERTIFICATE-----%0AMII", "PEM in percent-encoding, as in a URL"),
        (b"#\n-----BEGIN OpenVPN Static key V1-----\n", "text with a BEGIN line of no kind that is known"),
        (b"hello", "text without a PEM block"),
        (b"\xef\xbb\xbf", "text without a PEM block"),
    ],
)
def test_what_is_no_pem_is_described_for_a_person(data: bytes, expected: str) -> None:
    """Who passed the wrong file sees which."""
    assert expected == sniff.describe(data)


def test_a_description_quotes_nothing() -> None:
    """What is described may be a secret."""
    assert "hunter2" not in sniff.describe(b"password: hunter2")


def test_any_bytes_have_an_answer() -> None:
    """Nothing raises, whatever is passed."""
    dice = random.Random(5)
    for _ in range(5000):
        data = bytes(
            dice.choice(b"\0\x09\n\r -0<{:ABEGIN\xfe\xff\xef\xbb\xbf\x80\xce\xed") for _ in range(dice.randrange(9))
        )
        assert "" != sniff.describe(data)
        assert sniff.utf16(data) in ("", "utf-16-le", "utf-16-be")
        assert {type(sniff.is_der(data)), type(sniff.is_binary(data)), type(sniff.is_path(repr(data)))} == {bool}

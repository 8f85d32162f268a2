"""Bytes to blocks, line by line, saying everything that is odd."""

from __future__ import annotations

import base64
import random
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pemcheck import der, pem, sniff
from pemcheck.pem import Block
from pemcheck.source import READ, Location, Problem

pytestmark = pytest.mark.once

GENEROUS = 5.0
"""Seconds that no input may take, on a slow and busy machine; most take milliseconds."""


def element(seed: int, size: int = 100) -> bytes:
    """Return a DER SEQUENCE of noise, the same for each *seed*."""
    dice = random.Random(seed)
    return der.encode(der.SEQUENCE, der.encode(der.OCTET_STRING, bytes(dice.randrange(256) for _ in range(size))))


def body(data: bytes, width: int = 64) -> list[str]:
    """Return the lines of base64 of *data*."""
    text = base64.b64encode(data).decode()
    return [text[i : i + width] for i in range(0, len(text), width)]


def armored(data: bytes, label: str = "CERTIFICATE", width: int = 64) -> str:
    """Return *data* as PEM."""
    return "\n".join((f"-----BEGIN {label}-----", *body(data, width), f"-----END {label}-----", ""))


ONE, TWO = element(1), element(2)
MANY_SIGNS = der.encode(der.SEQUENCE, der.encode(der.OCTET_STRING, b"ab" + b"\xff\xef\xff" * 30))
BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
LINES = body(ONE)
PEM = armored(ONE)  # five lines: BEGIN, three of base64, END
KEY = armored(TWO, "PRIVATE KEY")


def at(line: int, column: int | None = None, end_line: int | None = None, block: int | None = None) -> Location:
    """Return a place in the file that all tests read."""
    return Location("f.pem", line, end_line, column, block)


def read(text: str | bytes) -> pem.Text:
    """Read *text* as that file."""
    return pem.read("f.pem", text if isinstance(text, bytes) else text.encode())


def ders(text: str | bytes) -> list[bytes]:
    """Return what the blocks in *text* stand for."""
    return [block.der for block in read(text).blocks]


def problems(text: str | bytes) -> list[Problem]:
    """Return the problems of *text*."""
    return list(read(text).problems)


def marker_problem(detail: str, line: int, column: int | None = 1, end_line: int | None = None) -> Problem:
    """Return the problem of a BEGIN or END line."""
    return Problem("pem-marker-malformed", at(line, column, end_line), detail)


# ---------------------------------------------------------------------------------------------- what is right


def test_a_block_knows_its_label_bytes_and_lines() -> None:
    """Everything that is told later hangs on these."""
    assert pem.Text("pem", (Block("CERTIFICATE", ONE, at(1, end_line=5, block=0)),)) == read(PEM)
    assert [ONE] == ders(PEM)


def test_blocks_are_numbered_in_their_file() -> None:
    """The second block starts where the first has ended, and says so."""
    blocks = read(PEM + KEY).blocks
    assert [(1, 5, 0), (6, 10, 1)] == [(block.at.line, block.at.end_line, block.at.block) for block in blocks]
    assert ["CERTIFICATE", "PRIVATE KEY"] == [block.label for block in blocks]


@pytest.mark.parametrize("width", [1, 4, 63, 64, 65, 76, 1000])
def test_lines_may_have_any_width(width: int) -> None:
    """RFC 7468 section 2 asks parsers for leniency, and no target is known to care."""
    text = armored(ONE, width=width)
    assert ([ONE], []) == (ders(text), problems(text))


@pytest.mark.parametrize(
    "label",
    ["CERTIFICATE", "X509 CRL", "PKCS7", "PKCS #7 SIGNED DATA", "EC PARAMETERS", "NEW CERTIFICATE REQUEST", "FOO 1"],
)
def test_any_well_formed_label_makes_a_block(label: str) -> None:
    """What the label means is decided later."""
    assert [(label, ONE)] == [(block.label, block.der) for block in read(armored(ONE, label)).blocks]
    assert [] == problems(armored(ONE, label))


def test_a_block_hides_its_content() -> None:
    """A block may be a private key, and may be printed."""
    block = Block("PRIVATE KEY", b"secret", at(1), ("Proc-Type: secret",))
    assert "secret" not in repr(block)


@pytest.mark.parametrize("count", [1, 2, 50])
def test_many_blocks_come_out_in_order(count: int) -> None:
    """No block is lost or moved."""
    elements = [element(seed, 30) for seed in range(count)]
    assert elements == ders("".join(map(armored, elements)))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["CERTIFICATE", "PRIVATE KEY", "X509 CRL", "SOMETHING ELSE"]),
            st.binary(max_size=120),
            st.integers(1, 130),
            st.sampled_from(["\n", "\r\n"]),
            st.text(st.characters(codec="utf-8", exclude_characters="-\r\n"), max_size=30),
        ),
        max_size=6,
    )
)
def test_what_is_well_formed_comes_out_block_by_block(parts: list[tuple[str, bytes, int, str, str]]) -> None:
    """Line ends, widths and text between the blocks change nothing, and nothing is called malformed."""
    elements = [der.encode(der.SEQUENCE, der.encode(der.OCTET_STRING, content)) for _, content, *_ in parts]
    text = ""
    for (label, _, width, end, words), data in zip(parts, elements):
        text += f"# {words}{end}" + armored(data, label, width).replace("\n", end)
    found = read(text)
    assert [(part[0], data) for part, data in zip(parts, elements)] == [(one.label, one.der) for one in found.blocks]
    harmless = {
        "pem-text-outside-blocks", "pem-crlf-line-ends", "input-has-non-ascii", "input-has-forbidden-characters",
        *(() if parts else ("input-empty",)),
    }  # fmt: skip
    assert set() == {problem.rule for problem in found.problems} - harmless


# --------------------------------------------------------------------------------------------- forms of input


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"", "0 bytes"),
        (b" \r\n\t\v\f\n", "nothing but white space"),
        (b"\xef\xbb\xbf\n", "nothing but a byte order mark and white space"),
        (b"\xff\xfe\n\0", "nothing but a byte order mark and white space"),
    ],
)
def test_nothing_is_called_empty(data: bytes, detail: str) -> None:
    """White space alone is nothing, and so is what an editor saves of it."""
    assert Problem("input-empty", Location("f.pem"), detail) == problems(data)[-1].replace(coded="")
    assert ("empty", ()) == (read(data).form, read(data).blocks)


def test_bare_der_is_one_block_without_lines() -> None:
    """What it is, and that it should be PEM, is decided later."""
    assert pem.Text("der", (Block("", ONE, Location("f.pem", block=0)),)) == read(ONE)


def test_der_keeps_all_its_bytes() -> None:
    """What stands behind the first element is part of the block."""
    assert [ONE + TWO] == ders(ONE + TWO)


@pytest.mark.parametrize("text", ["\n".join(LINES), "".join(LINES), "".join(LINES).rstrip("=") + "\r\n"])
def test_base64_without_markers_is_read(text: str) -> None:
    """The lines between the markers alone, or one long line."""
    found = read(text)
    assert ("base64", [ONE]) == (found.form, [block.der for block in found.blocks])
    assert (Problem("input-without-markers", at(1)),) == found.problems
    assert at(1, block=0) == found.blocks[0].at


@pytest.mark.parametrize("before", ["", "\n", "Bag Attributes\n", "\ufeff"])
def test_pem_encoded_twice_is_read(before: str) -> None:
    """As in the data of a Kubernetes secret; lines are those of the decoded text."""
    found = read(base64.encodebytes((before + PEM).encode()))
    assert [ONE] == [block.der for block in found.blocks]
    assert Problem("input-encoded-twice", at(1), "PEM") == found.problems[0]


@pytest.mark.parametrize(
    ("data", "layers", "detail", "sort"),
    [
        (PEM.encode(), 2, "PEM", "2"),
        (PEM.encode(), 3, "PEM", "3"),
        (ONE, 2, "base64 without its BEGIN and END lines", ""),
        (ONE, 3, "base64 without its BEGIN and END lines", "2"),
    ],
)
def test_base64_of_base64_is_read(data: bytes, layers: int, detail: str, sort: str) -> None:
    """As where a secret was encoded by hand and by a tool."""
    for _ in range(layers):
        data = base64.b64encode(data)
    found = read(data)

    assert ([ONE], Problem("input-encoded-twice", at(1), detail, sort)) == (
        [block.der for block in found.blocks],
        found.problems[0],
    )


def test_what_is_encoded_four_times_is_not_guessed() -> None:
    """Nobody has seen that."""
    data = PEM.encode()
    for _ in range(4):
        data = base64.b64encode(data)

    assert ["pem-nothing-found"] == [problem.rule for problem in problems(data)]


@pytest.mark.parametrize("inner", [PEM.encode(), base64.encodebytes(ONE)])
def test_a_block_that_holds_base64_once_more_is_opened(inner: bytes) -> None:
    """As ``certutil -encode`` makes of what is PEM already; its certificate is read."""
    text = armored(inner, "CERTIFICATE")

    assert ([ONE], [("input-encoded-twice", "block")]) == (
        ders(text),
        [(problem.rule, problem.sort) for problem in problems(text)],
    )


def test_several_blocks_in_a_block_are_not_opened() -> None:
    """Which of them is meant, nobody can tell."""
    text = armored((PEM + PEM).encode(), "CERTIFICATE")

    assert ([(PEM + PEM).encode()], []) == (ders(text), problems(text))


@pytest.mark.parametrize("prefix", ["> ", ">", ">> ", "> > "])
def test_a_quotation_in_a_mail_is_read(prefix: str) -> None:
    """The marks before each line are taken off, and told once."""
    text = "You wrote:\n" + "".join(f"{prefix}{line}\n" for line in PEM.splitlines())
    told = [problem for problem in problems(text) if problem.rule != "pem-text-outside-blocks"]

    assert ([ONE], [Problem("pem-on-one-line", at(1), "each line starts with >, as in a quoted e-mail")]) == (
        ders(text),
        told,
    )


@pytest.mark.parametrize("text", [f'"{PEM.strip()}"\n', f"export CERT='{PEM}'\n", f'cert = "{PEM.strip()}",\n'])
def test_a_quotation_around_a_block_is_told_once(text: str) -> None:
    """Where it opens; that it closes is no second fault."""
    assert (["pem-marker-malformed"], [ONE]) == ([problem.rule for problem in problems(text)], ders(text))


def test_html_entities_are_read() -> None:
    """A page shows + and = where its source has entities."""
    text = PEM.replace("+", "&#43;").replace("=", "&#x3d;").replace("/", "&sol;").replace("M", "&#77;", 1)
    detail = "HTML entities such as &#43; stand for its characters"

    assert ([ONE], True) == (ders(text), detail in [problem.detail for problem in problems(text)])


def test_a_masked_secret_is_named() -> None:
    """CI systems write *** where a secret stood."""
    told = [problem.detail for problem in problems(f"{BEGIN}\n***\n{END}\n")]

    assert ["somebody has masked it (***), as CI systems do with secrets"] == told


def test_the_end_of_a_block_on_one_line_is_no_trailing_space() -> None:
    """Where line ends became spaces, the last one did too."""
    assert ["pem-on-one-line", "pem-no-final-newline"] == [each.rule for each in problems(PEM.replace("\n", " "))]


def test_the_name_of_a_file_is_told() -> None:
    """The prefix that the AWS command line wants is missing, or came along."""
    assert [Problem("input-is-path", at(1))] == problems("file://cert.pem\n")


@pytest.mark.parametrize("magic", [b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce"])
def test_a_key_store_is_left_to_its_own_rule(magic: bytes) -> None:
    """It is something, so it is not nothing."""
    assert pem.Text("none") == read(magic + b"\0\0\0\2")


@pytest.mark.parametrize(
    ("data", "looks"),
    [
        (b"hello\n", "text without a PEM block"),
        (b"<html><body>In the end nothing</body></html>", "an HTML page"),
        (b"\xef\xbb\xbf<html>the end of the session\n", "an HTML page"),
        ("grün: the end is near".encode(), "text without a PEM block"),
        (b"In the end \xe2\x80\x94 nothing", "text without a PEM block"),
        (b"key: to begin with\r\n", "YAML, or headers"),
        (b"C:\\new\\end of", "text without a PEM block"),
        (b"%PDF-1.4 \0", "a PDF document"),
        (b"\1\2\3\4\0", "binary data of an unknown kind"),
        (b"AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "text without a PEM block"),
        (b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "text without a PEM block"),
    ],
)
def test_what_holds_no_pem_is_described(data: bytes, looks: str) -> None:
    """Words like "end" in a text, a byte order mark or a missing line end do not hide that nothing was found."""
    found = read(data)
    assert Problem("pem-nothing-found", Location("f.pem"), looks) == found.problems[-1]
    assert ("none", ()) == (found.form, found.blocks)
    assert {"pem-nothing-found"} >= {problem.rule for problem in found.problems} - {"input-has-bom"}


@pytest.mark.parametrize(("codec", "name"), [("utf-16-le", "UTF-16, LE"), ("utf-16-be", "UTF-16, BE")])
@pytest.mark.parametrize("mark", ["\ufeff", ""])
def test_utf16_is_read_and_told(codec: str, name: str, mark: str) -> None:
    """Windows PowerShell writes it."""
    data = (mark + PEM).encode(codec)
    assert ([ONE], [Problem("input-is-utf16", at(1), name)]) == (ders(data), problems(data))


def test_a_byte_order_mark_is_read_over_and_told() -> None:
    """It stands before the first BEGIN line."""
    data = b"\xef\xbb\xbf" + PEM.encode()
    assert ([ONE], [Problem("input-has-bom", at(1, 1))]) == (ders(data), problems(data))


def test_text_that_is_no_utf8_is_read() -> None:
    """Old comments are in Latin-1."""
    assert [ONE] == ders("Prüfung\n".encode("latin-1") + PEM.encode())


# -------------------------------------------------------------------------------------- characters, line ends


@pytest.mark.parametrize(
    ("text", "place", "detail", "sort"),
    [
        (f"a \u2013 b\n{PEM}", at(1, 3), "U+2013", "outside"),
        (f"x\0\n{PEM}", at(1, 2), "U+0000", "outside"),
        (PEM.replace(LINES[1], LINES[1][:9] + "\u200b" + LINES[1][9:]), at(3, 10), "U+200B", "inside"),
        (PEM.replace(LINES[1], "\x0c" + LINES[1]), at(3, 1), "U+000C", "inside"),
    ],
)
def test_a_forbidden_character_is_told_and_read_over(text: str, place: Location, detail: str, sort: str) -> None:
    """Characters that IAM's pattern lacks, by number, because most cannot be seen."""
    assert Problem("input-has-forbidden-characters", place, detail, sort) == problems(text)[0]
    assert {"pem-text-outside-blocks"} >= {problem.rule for problem in problems(text)[1:]}
    assert [ONE] == ders(text)


def test_faults_outside_of_blocks_do_not_crowd_out_those_inside() -> None:
    """Eight of one sort are told, and then eight of the other."""
    text = "\u2013\n" * 20 + PEM.replace(LINES[0], "\u200b" + LINES[0])
    assert "inside" in {problem.sort for problem in problems(text)}


def test_other_characters_outside_of_blocks_are_counted() -> None:
    """Not ASCII, but in IAM's pattern."""
    expected = [
        Problem("input-has-non-ascii", at(1), "2 lines, from this one on"),
        Problem("pem-text-outside-blocks", at(1), "3 lines, from this one on"),
    ]
    assert expected == problems(f"Prüfung\nplain\nStraße\n{PEM}")


@pytest.mark.parametrize(
    ("text", "line", "detail"),
    [
        (PEM.replace("\n", "\r\n"), 1, "5 lines, from this one on"),
        (PEM + KEY.replace("\n", "\r\n", 1), 6, "1 line"),
        ("a\rb\n\r\n" + PEM, 3, "1 line"),
    ],
)
def test_windows_line_ends_are_counted_from_the_first_on(text: str, line: int, detail: str) -> None:
    """CR LF, wherever it starts."""
    assert Problem("pem-crlf-line-ends", at(line), detail) in problems(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (PEM.replace("\n", "\r"), 1),
        (PEM + KEY.replace("\n", "\r"), 6),
        (PEM + PEM.replace(LINES[0] + "\n", LINES[0] + "\r"), 7),
        (PEM.replace("\n", "\r\r\n"), 1),
    ],
)
def test_lone_carriage_returns_in_a_block_are_told(text: str, line: int) -> None:
    """All lines, or those of one file in a bundle; only half of the readers see lines there."""
    problem = Problem("pem-on-one-line", at(line), "its lines end in a lone carriage return (CR)")
    assert problem in problems(text)
    assert ONE in ders(text)


@pytest.mark.parametrize("text", ["10%\r20%\r30%\n" + PEM, PEM + "10%\r20%\n"])
def test_lone_carriage_returns_outside_of_blocks_are_harmless(text: str) -> None:
    """Progress bars leave them behind."""
    assert ["pem-text-outside-blocks"] == [problem.rule for problem in problems(text)]


@pytest.mark.parametrize("text", [PEM.rstrip("\n"), PEM + "the end"])
def test_a_missing_last_line_end_is_told(text: str) -> None:
    """The last line, whatever stands on it."""
    last = text.count("\n") + 1
    assert Problem("pem-no-final-newline", at(last)) in problems(text)


def test_form_feeds_and_unicode_line_ends_end_no_line() -> None:
    """``str.splitlines`` would say otherwise, and then every line number is wrong."""
    text = f"a\x0cb\x0bc\x85d\u2028e\n{PEM}".replace(LINES[1], LINES[1] + "!")
    assert [4] == [problem.at.line for problem in problems(text) if problem.rule == "pem-bad-base64"]


# ----------------------------------------------------------------------------------- spaces, blanks, headers


@pytest.mark.parametrize(
    ("old", "new", "line", "column"),
    [
        (LINES[1], LINES[1] + " ", 3, 65),
        (LINES[1], LINES[1] + "\t \t", 3, 65),
        (BEGIN, BEGIN + "  ", 1, 28),
        (END, END + "\t", 5, 26),
    ],
)
def test_trailing_spaces_are_told_and_read_over(old: str, new: str, line: int, column: int) -> None:
    """AWS takes such a line for the end of the certificate."""
    text = PEM.replace(old, new)
    assert ([ONE], [Problem("pem-trailing-spaces", at(line, column), "1 line")]) == (ders(text), problems(text))


def test_trailing_spaces_are_counted_line_by_line() -> None:
    """One problem at the first of them."""
    expected = [Problem("pem-trailing-spaces", at(1, 28), "5 lines, from this one on")]
    assert expected == problems(PEM.replace("\n", " \n"))


@pytest.mark.parametrize(
    ("text", "line", "column", "detail"),
    [
        (PEM.replace(LINES[1], "  " + LINES[1]), 3, 1, "1 line"),
        (PEM.replace(LINES[1], LINES[1] + "\n"), 4, None, "1 line"),
        (PEM.replace(LINES[1], LINES[1] + "\n \t"), 4, None, "1 line"),
        (PEM.replace(BEGIN, BEGIN + "\n"), 2, None, "1 line"),
        (PEM.replace("\n", "\n\n"), 2, None, "4 lines, from this one on"),
        ("\n".join("    " + line for line in PEM.splitlines()) + "\n", 1, 1, "5 lines, from this one on"),
        (
            PEM.replace(LINES[0], LINES[0] + "\n").replace(LINES[2], " " + LINES[2]),
            3,
            None,
            "2 lines, from this one on",
        ),
    ],
)
def test_blank_and_indented_lines_are_counted_from_the_first_on(
    text: str, line: int, column: int | None, detail: str
) -> None:
    """As YAML and heredocs make them."""
    expected = [Problem("pem-blank-or-indented-lines", at(line, column), detail)]
    assert ([ONE], expected) == (ders(text), problems(text))


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("subject=CN = x\n" + PEM, "1 line"),
        (PEM + "\n\nBag Attributes\n    friendlyName: x\n" + KEY, "2 lines, from this one on"),
        ("Certificate:\n    Data:\n        Version: 3 (0x2)\n" + PEM, "3 lines, from this one on"),
        ("".join(LINES) + "\n" + PEM, "1 line"),
        ("".join(LINES) + "\n\n" + PEM, "1 line"),
        (PEM + LINES[0] + "\n", "1 line"),
    ],
)
def test_text_outside_of_blocks_is_counted(text: str, detail: str) -> None:
    """It is skipped, and never without a word."""
    assert ["pem-text-outside-blocks", detail] == [problems(text)[0].rule, problems(text)[0].detail]
    assert ONE in ders(text)


def test_headers_are_kept_and_told() -> None:
    """RFC 1421 headers and their continuation lines."""
    text = PEM.replace(BEGIN, f"{BEGIN}\nOrigin: here\nComment: long\n  and longer\n")
    found = read(text)
    assert ("Origin: here", "Comment: long", "and longer") == found.blocks[0].headers
    assert ([ONE], (Problem("pem-headers-in-block", at(2, block=0), "3"),)) == (ders(text), found.problems)


@pytest.mark.parametrize(
    "headers",
    [
        "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n",
        "Proc-Type:4,ENCRYPTED\nDEK-Info:AES-128-CBC,00\n",
        "  Proc-Type: 4,ENCRYPTED\n  DEK-Info: AES-128-CBC,00\n\n",
        "\nProc-Type: 4,ENCRYPTED\n\nDEK-Info: AES-128-CBC,00\n\n",
    ],
    ids=["usual", "unspaced", "indented", "doubled line ends"],
)
def test_an_encrypted_block_is_recognised(headers: str) -> None:
    """However its headers are laid out; they are no fault of their own."""
    found = read(armored(b"\x01" * 16, "RSA PRIVATE KEY").replace("-----\n", "-----\n" + headers, 1))
    assert [(True, b"\x01" * 16)] == [(block.encrypted, block.der) for block in found.blocks]
    assert {"pem-blank-or-indented-lines"} >= {problem.rule for problem in found.problems}


def test_a_block_without_such_headers_is_not_encrypted() -> None:
    """Other headers say nothing about it."""
    assert [False] == [block.encrypted for block in read(PEM.replace(BEGIN, BEGIN + "\nX: ENCRYPTED")).blocks]


def test_indented_base64_behind_the_headers_is_no_continuation() -> None:
    """The empty line ends them."""
    text = PEM.replace(BEGIN, BEGIN + "\nX: y\n").replace(LINES[0], "  " + LINES[0])
    assert [ONE] == ders(text)


def test_the_checksum_of_a_pgp_block_is_no_bad_base64() -> None:
    """That it is a PGP block is fault enough."""
    text = armored(ONE, "PGP PUBLIC KEY BLOCK").replace("-----END", "=abcd\n-----END")
    assert ([ONE], []) == (ders(text), problems(text))


@pytest.mark.parametrize("dashes", ["----", "-----"])
def test_the_four_dashes_of_ssh2_are_right(dashes: str) -> None:
    """RFC 4716 has them, and spaces too."""
    text = (
        f"{dashes} BEGIN SSH2 PUBLIC KEY {dashes}\n" + "\n".join(LINES) + f"\n{dashes} END SSH2 PUBLIC KEY {dashes}\n"
    )
    assert ([ONE], dashes == "-----") == (ders(text), bool(problems(text)))


# ---------------------------------------------------------------------------------------------------- markers


@pytest.mark.parametrize(
    ("new", "detail"),
    [
        ("----BEGIN CERTIFICATE-----", "its dashes are 4 before and 5 behind, not 5 and 5"),
        ("-----BEGIN CERTIFICATE------", "its dashes are 5 before and 6 behind, not 5 and 5"),
        ("BEGIN CERTIFICATE", "its dashes are 0 before and 0 behind, not 5 and 5"),
        ("\u2014\u2014BEGIN CERTIFICATE\u2014\u2014", "its dashes are not the ASCII hyphen-minus"),
        ("-----begin certificate-----", "it is not BEGIN or END, one space, and a label in capitals"),
        ("-----BEGIN  CERTIFICATE-----", "it is not BEGIN or END, one space, and a label in capitals"),
        ("----- BEGIN CERTIFICATE -----", "it is not BEGIN or END, one space, and a label in capitals"),
        ("-----BEGIN\tCERTIFICATE-----", "it is not BEGIN or END, one space, and a label in capitals"),
        ("-----BEGIN\u00a0CERTIFICATE-----", "it is not BEGIN or END, one space, and a label in capitals"),
    ],
)
def test_a_malformed_begin_is_named_and_read(new: str, detail: str) -> None:
    """What a person would recognise is recognised, and what is wrong with it is said."""
    text = PEM.replace(BEGIN, new)
    told = [problem for problem in problems(text) if problem.rule != "input-has-forbidden-characters"]
    assert ([ONE], [marker_problem(detail, 1).replace(way=READ)]) == (ders(text), told)


@pytest.mark.parametrize(
    "end", ["----END CERTIFICATE-----", "-----End Certificate-----", "-----END\u2003CERTIFICATE-----"]
)
def test_a_malformed_end_is_named_and_read(end: str) -> None:
    """Ends too."""
    text = PEM.replace(END, end)
    assert [ONE] == ders(text)
    assert (at(5, 1), "pem-marker-malformed") in [(problem.at, problem.rule) for problem in problems(text)]


def test_dashes_of_windows_1252_are_dashes() -> None:
    """Notepad saves them as single bytes that are no UTF-8."""
    data = PEM.replace("-----", "\u2014\u2014").encode("cp1252")
    detail = "its dashes are not the ASCII hyphen-minus: 2 lines, from this one on"
    assert ([ONE], [marker_problem(detail, 1).replace(way=READ)]) == (ders(data), problems(data))


@pytest.mark.parametrize(("old", "new"), [("-----", "\u2013" * 5), (" CERT", "\u2003CERT")])
def test_markers_with_the_same_odd_characters_are_one_problem(old: str, new: str) -> None:
    """However many there are, and of the characters themselves nothing more is said."""
    (told,) = problems((PEM * 20).replace(old, new))
    assert ("pem-marker-malformed", 1, READ) == (told.rule, told.at.line, told.way)
    assert told.detail.endswith(": 40 lines, from this one on")
    assert not told.is_loss


def test_a_forbidden_character_beside_a_good_marker_is_named() -> None:
    """Which says nothing of it."""
    assert "input-has-forbidden-characters" in [told.rule for told in problems(f"\u2028{PEM}")]


@pytest.mark.parametrize("where", ["BEGIN", "END", "BEGIN and END"])
def test_privatekey_in_one_word_is_named(where: str) -> None:
    """AWS's own documents had it."""
    text = KEY
    for word in where.split(" and "):
        text = text.replace(f"{word} PRIVATE KEY", f"{word} PRIVATEKEY")
    assert [("PRIVATE KEY", TWO)] == [(block.label, block.der) for block in read(text).blocks]
    assert {"pem-marker-malformed"} == {problem.rule for problem in problems(text)}


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        (f'"{PEM}', 1, 1),
        (f"  # {PEM}", 1, 3),
        (PEM.rstrip("\n") + '"\n', 5, 26),
        (PEM.replace(BEGIN, BEGIN + " my certificate (new)"), 1, 29),
        (PEM.replace(BEGIN, BEGIN + " certificate1"), 1, 29),
        (PEM.replace(BEGIN, "-----" + BEGIN), 1, 1),
        (PEM.replace(END, END + "-----"), 5, 26),
        (PEM.replace(END, "# " + END), 5, 1),
        (KEY + "\ufeff" + PEM, 6, 1),
    ],
)
def test_foreign_text_beside_a_marker_is_told(text: str, line: int, column: int) -> None:
    """Quotes, comments, dashes too many, a byte order mark in the middle; the block is read."""
    detail = "something else stands on the line of a marker"
    assert marker_problem(detail, line, column) in problems(text)
    assert ONE in ders(text)


@pytest.mark.parametrize(
    "sentence",
    [
        "It must begin certificate by certificate", "the end key", "Begin certificate", "  end certificate",
        "see the line that says BEGIN CERTIFICATE for more", "-----BEGIN Foo Bar-----", "--- END of it ---", "END X",
        "-----BEGIN " + "A" * 100 + "-----",
    ],
)  # fmt: skip
def test_a_sentence_that_mentions_a_marker_is_text(sentence: str) -> None:
    """Comments may talk about what follows."""
    assert ["pem-text-outside-blocks"] == [problem.rule for problem in problems(f"{sentence}\n{PEM}")]
    assert [ONE] == ders(f"{sentence}\n{PEM}")


def test_a_garbled_marker_inside_a_block_is_told() -> None:
    """A misspelt END is no base64 in the URL-safe alphabet."""
    text = PEM.replace(END, "-----EDN CERTIFICATE-----")
    expected = [
        marker_problem("it starts with dashes and stands inside a block, but is no BEGIN or END line", 5),
        marker_problem("-----BEGIN CERTIFICATE----- is never closed: its END line is missing", 1, 1, 5),
    ]
    assert ([ONE], expected) == (ders(text), problems(text))


def test_labels_that_differ_are_told() -> None:
    """The BEGIN line's counts."""
    text = PEM.replace("END CERTIFICATE", "END PRIVATE KEY")
    expected = [marker_problem("BEGIN CERTIFICATE on line 1 is closed by END PRIVATE KEY", 5)]
    assert ([ONE], expected, "CERTIFICATE") == (ders(text), problems(text), read(text).blocks[0].label)


def test_a_missing_end_before_the_next_begin_is_told_and_read_over() -> None:
    """What is whole is whole without its END."""
    text = PEM.replace(END + "\n", "") + KEY
    expected = [marker_problem("-----BEGIN CERTIFICATE----- is never closed: its END line is missing", 1, 1, 4)]
    assert ([ONE, TWO], expected) == (ders(text), problems(text))
    assert at(1, end_line=4, block=0) == read(text).blocks[0].at


def test_a_missing_end_at_the_end_is_told_and_read_over() -> None:
    """The last block of a file too."""
    text = KEY + PEM.replace(END + "\n", "")
    expected = [marker_problem("-----BEGIN CERTIFICATE----- is never closed: its END line is missing", 6, 1, 9)]
    assert ([TWO, ONE], expected) == (ders(text), problems(text))


@pytest.mark.parametrize(
    ("text", "detail", "end_line"),
    [
        (PEM[:100] + "\n", ", and its content is cut off", 3),
        (PEM[:100] + "\n" + KEY, ", and its content is cut off", 3),
        (BEGIN + "\n", ", and so is its content", 1),
        (BEGIN + "\n" + KEY, ", and so is its content", 1),
        (BEGIN + " " + KEY, ", and so is its content", 1),
    ],
)
def test_a_block_that_is_cut_off_is_told(text: str, detail: str, end_line: int) -> None:
    """It is no block, because nobody can know the rest."""
    whole = "-----BEGIN CERTIFICATE----- is never closed: its END line is missing" + detail
    assert marker_problem(whole, 1, 1, end_line) in problems(text)
    assert ["PRIVATE KEY"][: text.count("END")] == [block.label for block in read(text).blocks]


def test_an_encrypted_block_without_end_is_kept() -> None:
    """Whether it is whole cannot be seen."""
    text = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: A,0\n\nAQEBAQEBAQE=\n"
    assert [b"\x01" * 8] == ders(text)
    detail = "-----BEGIN RSA PRIVATE KEY----- is never closed: its END line is missing"
    assert [marker_problem(detail, 1, 1, 5)] == problems(text)


def test_an_openssh_key_without_end_is_kept() -> None:
    """It is no DER, and begins as such keys do."""
    data = b"openssh-key-v1\0" + bytes(60)
    text = armored(data, "OPENSSH PRIVATE KEY").replace("-----END OPENSSH PRIVATE KEY-----\n", "")
    assert [data] == ders(text)


@pytest.mark.parametrize("size", [92, 93, 94, 95, 100, 103, 139, 140])
@pytest.mark.parametrize("before", ["", KEY, "some text\n\n"])
def test_a_missing_begin_is_told_and_read_over(before: str, size: int) -> None:
    """However short the last line of base64 is."""
    data = element(3, size)
    text = before + armored(data).replace(BEGIN + "\n", "")
    line = before.count("\n")
    detail = "-----END CERTIFICATE----- closes nothing: its BEGIN line is missing"
    assert marker_problem(detail, text.count("\n")) in problems(text)
    assert data == ders(text)[-1]
    assert (line + 1, text.count("\n")) == (read(text).blocks[-1].at.line, read(text).blocks[-1].at.end_line)


def test_an_end_without_anything_is_told() -> None:
    """There is nothing to read over."""
    detail = "-----END CERTIFICATE----- closes nothing: its BEGIN line is missing"
    assert ([ONE], [marker_problem(detail, 6)]) == (ders(PEM + END + "\n"), problems(PEM + END + "\n"))


# -------------------------------------------------------------------------------------------------- lost lines


@pytest.mark.parametrize("glue", ["", " ", "\t"])
def test_markers_on_one_line_are_told_and_read_apart(glue: str) -> None:
    """Files without a last line end were joined."""
    text = KEY.rstrip("\n") + glue + PEM
    expected = [Problem("pem-markers-share-a-line", at(5, 26 + len(glue)))]
    assert ([TWO, ONE], expected) == (ders(text), problems(text))
    assert [(1, 5), (5, 9)] == [(block.at.line, block.at.end_line) for block in read(text).blocks]


def test_glued_markers_with_another_number_of_dashes_are_read() -> None:
    """Nine dashes between END and BEGIN are four and five, or the other way round."""
    text = KEY.rstrip("\n") + PEM[1:]
    assert [TWO, ONE] == ders(text)
    assert {"pem-markers-share-a-line", "pem-marker-malformed"} == {problem.rule for problem in problems(text)}


@pytest.mark.parametrize(
    ("text", "column"),
    [
        (PEM.replace("\n", " ").strip() + "\n", 29),
        (PEM.replace("\n", "").strip() + "\n", 28),
        (PEM.replace("\n", "\u2028").strip() + "\n", 29),
    ],
)
def test_a_block_on_one_line_is_told_and_read(text: str, column: int) -> None:
    """Line ends became spaces, or nothing, or another kind of line end."""
    told = [problem for problem in problems(text) if problem.rule != "input-has-forbidden-characters"]
    detail = "its markers and its base64 stand on one line"
    assert ([ONE], [Problem("pem-on-one-line", at(1, column), detail)]) == (ders(text), told)


def test_a_whole_bundle_on_one_line_is_told_and_read() -> None:
    """Each block once, and the place where the second begins."""
    text = (KEY + PEM).replace("\n", " ").strip() + "\n"
    column = text.index(BEGIN) + 1
    assert [TWO, ONE] == ders(text)
    assert Problem("pem-markers-share-a-line", at(1, column)) in problems(text)
    assert 2 == [problem.rule for problem in problems(text)].count("pem-on-one-line")


@pytest.mark.parametrize("text", [PEM.replace(BEGIN + "\n", BEGIN), PEM.replace("\n" + END, END)])
def test_base64_on_the_line_of_its_marker_is_told_and_read(text: str) -> None:
    """One lost line end is enough."""
    assert ([ONE], ["pem-on-one-line"]) == (ders(text), [problem.rule for problem in problems(text)])


def test_a_bad_character_in_a_block_on_one_line_has_its_column() -> None:
    """It is what is wrong, and not something beside a marker."""
    flat = PEM.replace(LINES[1], LINES[1][:5] + "!" + LINES[1][6:]).replace("\n", " ").strip() + "\n"
    problem = Problem("pem-bad-base64", at(1, flat.index("!") + 1, block=0), "the character ! is not base64")
    assert problem in problems(flat)
    assert ["pem-on-one-line", "pem-bad-base64"] == [problem.rule for problem in problems(flat)]


def test_an_encrypted_block_on_one_line_is_recognised() -> None:
    """Its headers lost their line ends too."""
    headers = "Proc-Type: 4,ENCRYPTED DEK-Info: A,0"
    text = f"-----BEGIN RSA PRIVATE KEY----- {headers} AQEB AQEBAQE= -----END RSA PRIVATE KEY-----\n"
    assert [(True, b"\x01" * 8)] == [(block.encrypted, block.der) for block in read(text).blocks]
    assert ["pem-on-one-line"] == [problem.rule for problem in problems(text)]


@pytest.mark.parametrize("newline", ["\\n", "\\r\\n", "\\\\n", "\\r"])
@pytest.mark.parametrize("around", ["{}", '"{}"', '{{"Certificate": "{}", "x": 1}}', "  cert = '{}',"])
def test_escaped_line_ends_are_told_and_read(newline: str, around: str) -> None:
    """JSON and environment variables, with whatever stands around the value."""
    text = around.format(PEM.replace("\n", newline)) + "\n"
    expected = [Problem("pem-on-one-line", at(1), "its line ends are written as \\n, two characters")]
    assert ([ONE], expected) == (ders(text), problems(text))
    assert (1, 1) == (read(text).blocks[0].at.line, read(text).blocks[0].at.end_line)


def test_several_escaped_values_on_one_line_are_read() -> None:
    """A whole JSON document may be one line."""
    text = '{"key": "' + KEY.replace("\n", "\\n") + '", "cert": "' + PEM.replace("\n", "\\n") + '"}\n'
    assert ([TWO, ONE], ["pem-on-one-line"]) == (ders(text), [problem.rule for problem in problems(text)])


def test_faults_in_an_escaped_line_have_their_column() -> None:
    """Counted in the line as it stands in the file."""
    text = '"' + PEM.replace(BEGIN, BEGIN[1:]).replace(LINES[1], "!" + LINES[1]).replace("\n", "\\n") + '"\n'
    columns = {problem.rule: problem.at.column for problem in problems(text)}
    assert (2, text.index("!") + 1) == (columns["pem-marker-malformed"], columns["pem-bad-base64"])


def test_base64_beside_a_marker_in_an_escaped_line_is_read() -> None:
    """Some line ends are escaped and others are lost."""
    text = PEM.replace(BEGIN + "\n", BEGIN).replace("\n", "\\n") + "\n"
    assert [ONE] == ders(text)


def test_an_escaped_block_without_begin_is_read() -> None:
    """Both faults at once."""
    text = PEM.replace(BEGIN + "\n", "").replace("\n", "\\n") + "\n"
    assert [ONE] == ders(text)


# ----------------------------------------------------------------------------------------------------- base64


@pytest.mark.parametrize("character", ["!", ":", "%", "é", "'", "\\"])
def test_a_foreign_character_is_told_with_its_place(character: str) -> None:
    """And nothing is guessed."""
    text = PEM.replace(LINES[1], "  " + LINES[1][:9] + character + LINES[1][10:])
    problem = Problem("pem-bad-base64", at(3, 12, block=0), f"the character {character} is not base64")
    assert [b""] == ders(text)
    assert problem in problems(text)


def test_only_the_first_foreign_character_of_a_block_is_told() -> None:
    """One is enough to have the file copied again."""
    text = PEM.replace(LINES[0], "!" * 64).replace(LINES[1], "?" * 64)
    assert [Problem("pem-bad-base64", at(2, 1, block=0), "the character ! is not base64")] == problems(text)


def test_an_invisible_character_is_told_by_its_number() -> None:
    """U+0085 and its like cannot be shown."""
    text = PEM.replace(LINES[1], LINES[1][:9] + "\x7f" + LINES[1][10:])
    assert Problem("pem-bad-base64", at(3, 10, block=0), "the character U+007F is not base64") in problems(text)


@pytest.mark.parametrize("space", [" ", "\t", "\u00a0"])
def test_white_space_inside_a_line_is_told_and_mended(space: str) -> None:
    """Its column is that of the space inside, not of an indentation."""
    text = PEM.replace(LINES[1], " " + LINES[1][:30] + space + LINES[1][30:])
    problem = Problem("pem-bad-base64", at(3, 32, block=0), "white space inside a line of base64")
    assert [ONE] == ders(text)
    assert problem in problems(text)


def test_spaces_that_were_plus_signs_are_mended() -> None:
    """Whoever decodes a URL twice loses them."""
    text = armored(MANY_SIGNS)
    assert ([MANY_SIGNS], ["pem-bad-base64"]) == (
        ders(text.replace("+", " ")),
        [problem.rule for problem in problems(text.replace("+", " "))],
    )


def test_the_url_safe_alphabet_is_told_and_mended() -> None:
    """Tokens use it, PEM does not."""
    text = "\n".join((BEGIN, *(line.replace("+", "-").replace("/", "_") for line in body(MANY_SIGNS)), END, ""))
    detail = "the URL-safe alphabet (- and _ for + and /)"
    assert ([MANY_SIGNS], [("pem-bad-base64", detail)]) == (
        ders(text),
        [(problem.rule, problem.detail) for problem in problems(text)],
    )


@pytest.mark.parametrize(
    ("tail", "detail", "mended"),
    [
        ("", "wrong padding (=) at the end", True),
        ("==", "wrong padding (=) at the end", True),
        ("=====", "wrong padding (=) at the end", True),
        ("=AAAA", "padding (=) in the middle: a second piece of base64 follows the first", True),
        ("=AA==", "padding (=) in the middle: a second piece of base64 follows the first", True),
    ],
)
def test_wrong_padding_is_told_and_mended(tail: str, detail: str, mended: bool) -> None:
    """What comes out whole was mended rightly."""
    data = element(1, 100)
    text = armored(data)
    assert text.count("=") == 1
    assert [Problem("pem-bad-base64", at(1, block=0), detail)] == problems(text.replace("=", tail))
    assert [data] == ders(text.replace("=", tail))


def test_padding_that_is_not_needed_is_told() -> None:
    """Four of them make the length right again, and are wrong all the same."""
    text = armored(element(1, 101))
    assert "=" not in text
    assert ["wrong padding (=) at the end"] == [
        problem.detail for problem in problems(text.replace("\n-----END", "\n====\n-----END"))
    ]


def test_a_lost_character_is_told_and_not_guessed() -> None:
    """Nobody knows which it was."""
    data = element(1, 102)
    text = "\n".join((BEGIN, *body(data)[:-1], body(data)[-1][1:], END, "")).replace("=", "")
    assert [b""] == ders(text)
    assert {"pem-bad-base64"} == {problem.rule for problem in problems(text)}


def test_an_impossible_length_is_told() -> None:
    """Four characters are three bytes; one more is nothing."""
    text = armored(element(1, 101)).replace("\n-----END", "A\n-----END")
    detail = "its length is impossible: at least one character is missing"
    assert ([b""], [Problem("pem-bad-base64", at(1, block=0), detail)]) == (ders(text), problems(text))


@pytest.mark.parametrize("between", ["", "\n", "\x0c\n"])
def test_an_empty_block_is_told(between: str) -> None:
    """There is a block, and nothing in it."""
    text = f"{BEGIN}\n{between}{END}\n"
    assert Problem("pem-bad-base64", at(1, block=0), "there is nothing between the markers") in problems(text)
    assert [b""] == ders(text)


def test_base64_that_is_no_der_is_left_to_the_next_reader() -> None:
    """It is a block; what is in it is not the business of PEM."""
    assert ([b"hello!"], []) == (ders(armored(b"hello!")), problems(armored(b"hello!")))


# ------------------------------------------------------------------------------------------------------- caps


def test_too_many_bytes_are_told_and_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the cap has cut off is not called broken."""
    monkeypatch.setattr(pem, "MAX_BYTES", len(KEY) + 100)
    detail = f"only the first {len(KEY) + 100} bytes were looked at"
    expected = [Problem("input-too-large", Location("f.pem"), detail, "cap")]
    assert ([TWO], expected) == (ders(KEY + PEM), problems(KEY + PEM))


def test_too_many_blocks_are_told_and_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line where the first of them begins."""
    monkeypatch.setattr(pem, "MAX_BLOCKS", 2)
    text = PEM * 3 + BEGIN + "\n"
    detail = "only the first 2 of its blocks were looked at"
    assert ([ONE] * 2, [Problem("input-too-large", at(11), detail, "cap")]) == (ders(text), problems(text))


@pytest.mark.parametrize("rest", ["", "\n\n", "text\n"])
def test_as_many_blocks_as_may_be_are_not_too_many(monkeypatch: pytest.MonkeyPatch, rest: str) -> None:
    """What follows them is no block."""
    monkeypatch.setattr(pem, "MAX_BLOCKS", 2)
    assert set() == {problem.rule for problem in problems(PEM * 2 + rest)} - {"pem-text-outside-blocks"}


@pytest.mark.parametrize(
    "text",
    [
        (PEM * 9).replace("\n", " ").strip() + "\n",
        (PEM * 9).replace("\n", "\\n") + "\n",
        (BEGIN + "\n") * 9,
        PEM * 2 + "\n".join(LINES) + "\n" + END + "\n",
        PEM.replace(END + "\n", "") * 9,
    ],
    ids=["one line", "escaped", "never closed", "without BEGIN", "without END"],
)
def test_no_way_of_writing_blocks_gets_round_the_cap(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """And none is dropped without a word."""
    monkeypatch.setattr(pem, "MAX_BLOCKS", 2)
    assert len(ders(text)) <= 2
    assert ["input-too-large"] == [each.rule for each in problems(text) if each.rule == "input-too-large"]


@pytest.mark.parametrize(("count", "told"), [(7, 7), (8, 8), (9, 8), (2000, 8)])
def test_many_problems_of_a_rule_are_counted(count: int, told: int) -> None:
    """The last that is told says how many more there are."""
    found = [problem.detail for problem in problems((END + "\n") * count)]
    more = f" … and {count - 8:,} more like it" if count > 8 else ""
    detail = "-----END CERTIFICATE----- closes nothing: its BEGIN line is missing"
    assert [detail] * (told - 1) + [detail + more] == found


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN X-----\n" * 20_000,
        "-----END X-----\n" * 20_000,
        "-----END X-----" * 25_000,
        "-----BEGIN X-----" * 25_000,
        BEGIN + "\n" + "\n" * 400_000,
        BEGIN + "\n" + "A\n" * 200_000,
        BEGIN + "\n" + "A: b\n" * 80_000,
        BEGIN + "\n" + " \n" * 200_000,
        BEGIN + "\n" + "A" * 400_000,
        BEGIN + "\n" + "!\n" * 200_000,
        "A" * 20 + "\n" + "A\n" * 200_000,
        "- " * 200_000 + "-----END X-----",
        "-" * 400_000 + "END X-----",
        "END " * 100_000 + "KEY",
        "\\" * 400_000 + "n" + BEGIN,
        BEGIN + "\\n" * 200_000,
        BEGIN + " " * 400_000 + END,
        BEGIN + " Proc-Type: " + "a " * 200_000,
        BEGIN + "A" * 400_000 + "!" + END,
        "\u200b" * 130_000 + BEGIN,
        (BEGIN + "\r") * 15_000 + "\n",
        "\r" * 400_000 + "\n" + PEM,
        PEM.replace("\n", "\r") * 10_000 + "\n",
        "=" * 400_000,
        BEGIN + "\n" + "=\n" * 200_000 + END,
        "/" * 400_000 + ".pem",
    ],
    ids=lambda text: f"{text[:12]!r}…{text[-12:]!r}",
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    """Some hundred kilobytes of anything are read in less than a second, with few problems."""
    start = time.process_time()
    found = read(text)
    assert time.process_time() - start < GENEROUS
    assert len(found.problems) < 40


# -------------------------------------------------------------------------------------------- whatever there is


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_have_an_answer(data: bytes) -> None:
    """Nothing raises, and what is not PEM, DER or a key store is a problem."""
    found = read(data)
    assert found.problems or found.blocks or sniff.is_store(data)


PIECES = st.sampled_from(
    [
        BEGIN, END, "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "-----BEGIN X509 CRL-----",
        "\n", "\n", "\n", "\n", "\r\n", "\r", " ", "\t", "\\n", "\\r\\n", "A", "MAA=", "MAA=\n", *LINES,
        "\n".join(LINES),
        "-", "--", "----", "=", "!", "#", '"', "X: y", "Proc-Type: 4,ENCRYPTED", "subject=x",
        "é", "\u200b", "\u2014", "\0",
    ]
)  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_nothing_is_dropped_silently(text: str) -> None:
    """Every BEGIN and every END is the edge of a block, or a problem names its line."""
    found = read(text)
    told = {problem.at.line for problem in found.problems if problem.rule != "pem-no-final-newline"}
    if "pem-nothing-found" in (problem.rule for problem in found.problems):
        return  # then it is said of the whole
    if any(" more like it" in problem.detail for problem in found.problems):
        return  # then it is counted
    edges = {
        "BEGIN": [block.at.line for block in found.blocks],
        "END": [block.at.end_line for block in found.blocks],
    }
    for number, line in enumerate(re.split("\r\n|\n|\r", text), 1):
        for word, lines in edges.items():
            count = len(re.findall(f"-----{word} (?:CERTIFICATE|PRIVATE KEY|X509 CRL)-----", line))
            assert count <= lines.count(number) or number in told


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECES, max_size=20).map("".join))
def test_every_block_and_problem_has_its_place(text: str) -> None:
    """Lines exist, ends do not precede starts, columns stand in their line, blocks are numbered."""
    found = read(text)
    lines = re.split("\r\n|\n|\r", text)
    for place in [*(problem.at for problem in found.problems), *(block.at for block in found.blocks)]:
        assert place.line is None or 1 <= place.line <= (place.end_line or place.line) <= len(lines)
        assert place.column is None or 1 <= place.column <= len(lines[(place.line or 1) - 1])
    assert list(range(len(found.blocks))) == [block.at.block for block in found.blocks]


# ----------------------------------------------------------------------------------------------------- secrecy

SECRET = "Zq7SECRETzZ"


@pytest.mark.parametrize(
    "text",
    [
        f"{SECRET}\n{PEM}",
        f"password={SECRET}",
        f"{SECRET * 4}\n{END}\n",
        f"{BEGIN} {SECRET}!\n{LINES[0]}\n",
        f"{SECRET}! {PEM}",
        PEM.replace(BEGIN, f"{BEGIN}\n{SECRET}: {SECRET}\n"),
        PEM.replace(LINES[1], f"{SECRET}!{SECRET}"),
        PEM.replace(LINES[1], f"{SECRET}\u200b{SECRET}"),
        PEM.replace(LINES[1], f"--{SECRET}"),
        PEM.replace(LINES[1], f"{SECRET} {SECRET}"),
        PEM.replace("CERTIFICATE", SECRET.upper()),
        PEM.replace("END CERTIFICATE", f"END {SECRET.upper()}"),
        PEM.replace("BEGIN CERTIFICATE", f"BEGIN {SECRET.upper()}"),
        f"-----BEGIN {SECRET.upper()}-----\n{PEM}",
        f"-----BEGIN {SECRET} KEY----\n{SECRET}\n",
        f"-----END {SECRET.upper()}-----\n{PEM}",
        PEM.replace("CERTIFICATE", f"{SECRET} KEY"),
        f'{{"a": "{SECRET}", "b": "{SECRET}\\n{BEGIN}\\n{SECRET}!"}}',
        f"{BEGIN} {SECRET}! {END}\n",
        f"{SECRET}{SECRET}".encode("utf-16"),
        base64.b64encode(f"{SECRET} -----BEGIN X-----".encode()),
        f"\0{SECRET}",
        f"/home/{SECRET}.pem",
    ],
)
def test_no_text_of_the_input_is_in_a_problem(text: str | bytes) -> None:
    """A line outside of a block may be a line of a key, and so may a label."""
    found = repr(read(text).problems).lower()
    assert SECRET.lower() not in found


def test_an_unknown_label_is_left_out() -> None:
    """Known ones are told."""
    text = f"-----BEGIN {SECRET.upper()}-----\n-----BEGIN X509 CRL-----\n"
    told = " ".join(problem.detail for problem in problems(text))
    assert "-----BEGIN …----- is never closed" in told
    assert "-----BEGIN X509 CRL----- is never closed" in told

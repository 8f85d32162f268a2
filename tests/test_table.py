"""The parts that rules share: commands that repair, names of files, words of one fix."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from pemcheck.pem import IN_A_MARGIN
from pemcheck.rules import BY_NAME, RULES
from pemcheck.rules.looks import is_locked, openers, providers, take_apart
from pemcheck.rules.table import SUBMISSION, Rule, always, file_word, listed, new, repair
from pemcheck.source import OTHERWISE, READ, Location, Problem
from pemcheck.submission import Input, Submission
from pemcheck.targets import Target, Want, get

pytestmark = pytest.mark.once

AT = datetime(2026, 6, 1, tzinfo=timezone.utc)
FILES = (("certificate", "a.pem"), ("private key", "b.pem"), ("certificate chain", "c.pem"))
OURS = Target("ours", "ours", "2026-11-23", "https://example.com", (), 1, 1, ())


def want(**changes: Any) -> Want:
    """Return what is asked of these files."""
    return Want(**{"target": get("acm"), "at": AT, "files": FILES, **changes})


def command(**changes: Any) -> str:
    """Return the command that repairs them, between the program and what every one ends with."""
    words = repair(want(**changes))
    assert words.startswith("`")
    assert words.endswith(" --out-dir new`")
    return words.partition(" fix")[2].removesuffix(" --out-dir new`").strip()


NAMED = "--certificate a.pem --private-key b.pem --certificate-chain c.pem"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, NAMED),
        ({"files": (("", "a.pem"), ("", "b c.pem"))}, "a.pem 'b c.pem'"),
        ({"files": (("private key", "env:KEY"),)}, "--private-key env:KEY"),
        ({"files": (("private key", "env:A B"),)}, "--private-key env:'A B'"),
        ({"files": (("private key", "<stdin>"),)}, "--private-key FILE"),
        ({"target": get("iam")}, f"{NAMED} --target iam"),
        ({"target": OURS}, f"{NAMED} --target TARGET.toml"),
        ({"encrypted": True}, f"{NAMED} --passphrase-file FILE"),
        ({"encrypted": True, "passphrase": "--passphrase-env X"}, f"{NAMED} --passphrase-file FILE"),
        ({"passphrase": "--passphrase-env X"}, f"{NAMED} --passphrase-env X"),
        ({"expensive": True}, f"{NAMED} --passphrase-file FILE --allow-expensive"),
        ({"encrypted": True, "expensive": True}, f"{NAMED} --passphrase-file FILE --allow-expensive"),
        ({"expensive": True, "passphrase": "--passphrase-env X"}, f"{NAMED} --passphrase-env X --allow-expensive"),
        (
            {"expensive": True, "passphrase": "--passphrase-env X --allow-expensive"},
            f"{NAMED} --passphrase-env X --allow-expensive",
        ),
        ({"without_key": True}, f"{NAMED} --without-key"),
        ({"private_ca": True}, f"{NAMED} --private-ca"),
        ({"without_key": True, "private_ca": True}, f"{NAMED} --without-key --private-ca"),
    ],
)
def test_the_command_that_repairs_has_what_was_said(changes: dict[str, Any], expected: str) -> None:
    """Role and name of each file, the target unless it is ACM, how it is opened, and what is not to be asked."""
    assert expected == command(**changes)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("-", "./-"),
        ("a-b", "a-b"),
        ("environment:x", "environment:x"),
        ("env:X", "OTHER"),
        ("<stdin>", "OTHER"),
        ("<stdin>x", "'<stdin>x'"),
        ("a;b", "'a;b'"),
        ("", "''"),
        ("--a b", "'./--a b'"),
        ("a\nb", "'a\\u{000a}b'"),
    ],
)
def test_a_file_is_a_word(name: str, word: str) -> None:
    """What is no file has another name, and nothing is an option or a command."""
    assert word == file_word(name, "OTHER")


@pytest.mark.parametrize(
    ("file", "member", "what", "ending", "expected"),
    [
        ("a", "", "", "pem", "new.pem"),
        ("a", "", "key", "pub", "new-key.pub"),
        ("new.pem", "", "", "pem", "new-new.pem"),
        ("a.zip", "new.pem", "", "pem", "new-new.pem"),
        ("new.pem", "new-new.pem", "", "pem", "new-new-new.pem"),
    ],
)
def test_a_new_file_is_new(file: str, member: str, what: str, ending: str, expected: str) -> None:
    """Neither the file that is read nor what was taken out of it."""
    assert expected == new(Input("certificate", Location(file, member=member), 0), what, ending)


@pytest.mark.parametrize(
    ("count", "most", "expected"),
    [(0, 2, ""), (1, 2, "0"), (2, 2, "0, 1"), (3, 2, "0, 1 … and 1 more"), (1_502, 2, "0, 1 … and 1,500 more")],
)
def test_a_list_ends(count: int, most: int, expected: str) -> None:
    """What is as long as may be is not cut."""
    assert expected == listed([str(number) for number in range(count)], most)


@pytest.mark.parametrize(("count", "cut"), [(6, False), (7, True)])
def test_six_are_listed_unless_said_otherwise(count: int, cut: bool) -> None:
    """A line of names is enough."""
    assert cut is ("and 1 more" in listed(["x"] * count))


def rule(**changes: Any) -> Rule[Any]:
    """Return a rule that says what it is given."""
    fixed = {"name": "made-up", "on": SUBMISSION, "says": lambda it, want: f"says `{it.at.file}`", "why": "Why."}
    return Rule(**{**fixed, "fix": lambda it, want: f"fix `{it.at.member or it.at.file}`", **changes})


IT = Problem("made-up", Location("a.pem"))


@pytest.mark.parametrize(
    ("changes", "files", "expected"),
    [
        ({}, FILES, "fix `a.pem`"),
        ({"repaired": always}, (), "fix `a.pem`"),
        ({"repaired": always}, FILES, f"{repair(want())}; or fix `a.pem`"),
        ({"repaired": lambda it: False}, FILES, "fix `a.pem`"),
    ],
)
def test_the_command_fix_stands_first_where_it_repairs(
    changes: dict[str, Any], files: tuple[tuple[str, str], ...], expected: str
) -> None:
    """And is not named where it does not, or has nothing to write; a message never names it."""
    asked = want(files=files)
    assert (expected, "says `a.pem`") == (
        rule(**changes).words("fix", IT, asked),
        rule(**changes).words("says", IT, asked),
    )


@pytest.mark.parametrize(
    ("fix", "expected"),
    [
        (lambda it, want: f"fix `{it.at.member or it.at.file}`", "first as input-is-utf16 says, then fix `new.pem`"),
        ("fix `it`", "first as input-is-utf16 says, then fix `it`"),
        ("do it by hand", "do it by hand"),
    ],
)
def test_what_another_rule_writes_is_read_by_the_command(fix: Any, expected: str) -> None:
    """What stands in a text in another code is mended once that is."""
    it = IT.replace(coded="input-is-utf16")
    assert (expected, "says `a.pem`") == (rule(fix=fix).words("fix", it, want()), rule().words("says", it, want()))


def test_what_is_no_problem_of_a_reader_stands_in_no_other_code() -> None:
    """Its file is named as it is."""
    it = Submission((Input("certificate", Location("a.pem"), 1),))
    assert "fix `a.pem`" == rule().words("fix", it, want())


# ---------------------------------------------------------------------------------------- what mends the form of a file


def fix(name: str, files: tuple[tuple[str, str], ...] = (), role: str = "certificate", **problem: Any) -> str:
    """Return how to mend what a reader noticed in an input of this role."""
    return BY_NAME[name].words("fix", Problem(name, Location("a.pem"), **problem), want(files=files, role=role))


@pytest.mark.parametrize(("way", "repaired"), [(READ, True), ("", False), ("A", False), ("zzz", False)])
def test_a_marker_that_was_read_all_the_same_is_repaired(way: str, repaired: bool) -> None:
    """What was not read cannot be written."""
    assert repaired is fix("pem-marker-malformed", FILES, way=way).startswith(repair(want()))


@pytest.mark.parametrize(
    ("sort", "detail", "begins"),
    [
        ("other", "CERTIFICATE REQUEST, not CERTIFICATE", "send the request to a CA"),
        ("trusted", "TRUSTED CERTIFICATE", "with openssl: `openssl x509 -in a.pem -out new.pem`"),
        ("other", "X509 CRL", "pass the certificate itself"),
        ("other", "PUBLIC KEY", "pass the certificate itself"),
        ("other", "EC PARAMETERS", "pass the certificate itself"),
        ("other", "SOMETHING", "if it holds a certificate"),
        ("zzz", "SOMETHING", "if it holds a certificate"),
        ("", "PUBLIC KEY of something", "if it holds a certificate"),
    ],
)
def test_what_mends_a_wrong_label_depends_on_the_label(sort: str, detail: str, begins: str) -> None:
    """A request goes to a CA; of another object nothing can be made."""
    assert fix("pem-wrong-label", sort=sort, detail=detail).startswith(begins)


@pytest.mark.parametrize(
    ("problem", "role", "command"),
    [
        ({"alone": True}, "certificate", "; with openssl: `openssl x509 -in a.pem -out new.pem`"),
        ({"alone": True}, "private key", "; with openssl: `openssl pkey -in a.pem -out new.pem`"),
        ({"alone": False}, "certificate", ""),
        ({"alone": True, "coded": "input-is-utf16"}, "certificate", ""),
        ({"alone": True, "way": "x"}, "certificate", ""),
        ({"alone": True, "sort": "unreadable"}, "certificate", ""),
        ({"alone": True, "sort": "readable"}, "certificate", "; with openssl: `openssl x509 -in a.pem -out new.pem`"),
        ({"alone": True, "sort": "zzz"}, "certificate", "; with openssl: `openssl x509 -in a.pem -out new.pem`"),
        ({"alone": True}, "", ""),
    ],
)
def test_openssl_is_named_where_it_reads_the_only_block(problem: dict[str, Any], role: str, command: str) -> None:
    """Not where it would leave others out, or reads nothing."""
    said = fix("der-malformed", role=role, **problem)
    assert command == said.partition(", or ask its issuer for it again")[2]


@pytest.mark.parametrize(
    ("sort", "command"),
    [
        ("block", "`sed '/^-----/d' a.pem | base64 -d > new.pem`"),
        ("2", "decode it as often: `base64 -d a.pem | base64 -d > new.pem`"),
        ("3", "decode it as often: `base64 -d a.pem | base64 -d | base64 -d > new.pem`"),
        ("", "decode it once: `base64 -d a.pem > new.pem`"),
        ("zzz", "decode it once: `base64 -d a.pem > new.pem`"),
        ("a", "decode it once: `base64 -d a.pem > new.pem`"),
    ],
)
def test_what_is_base64_twice_is_decoded_as_often(sort: str, command: str) -> None:
    """Once, as often as the reader found it, or between the markers."""
    (name,) = [each.name for each in RULES if getattr(each.fix, "__name__", "") == "_decode_fix"]
    assert command in fix(name, sort=sort)


@pytest.mark.parametrize(
    ("detail", "command"),
    [
        ("a line begins with >", "`sed -E 's/^(> ?)+//' a.pem > new.pem`"),
        ("its lines are written as \\n", "restore the line ends: `awk '{gsub("),
        ("its lines end with (CR) alone", "`tr '\\r' '\\n' < a.pem > new.pem`"),
        ("on one line", "restore the line ends: `awk '{gsub(/-----(BEGIN|END)"),
    ],
)
def test_line_ends_are_restored_by_what_became_of_them(detail: str, command: str) -> None:
    """Quoted, escaped, CR alone, or gone."""
    assert command in fix("pem-on-one-line", detail=detail)


@pytest.mark.parametrize(
    ("detail", "begins"),
    [
        ("the URL-safe alphabet", "`sed '/^-----/!y,_-,/+,' a.pem > new.pem`, or "),
        ("it is HTML", "`python3 -c \"import html, sys; "),
        ("something", "copy the file again"),
    ],
)
def test_base64_is_mended_by_what_became_of_it(detail: str, begins: str) -> None:
    """Else there is nothing but to copy it again."""
    assert fix("pem-bad-base64", detail=detail).startswith(begins)


@pytest.mark.parametrize(
    ("detail", "begins"),
    [
        ("a private key", "export the key as PKCS#8 PEM from where it was made; with openssl: `openssl pkey"),
        ("a certificate", "write it as PEM: `(echo '-----BEGIN CERTIFICATE-----'; base64 -w64 a.pem; "),
    ],
)
def test_der_is_written_as_pem_by_what_it_is(detail: str, begins: str) -> None:
    """A certificate needs no other program than base64."""
    assert fix("input-is-der", detail=detail).startswith(begins)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("des", True),
        ("pbes1_sha1_des", True),
        ("DES-CBC", True),
        ("rc2", True),
        ("RC2-40-CBC", True),
        ("pbe rc4", True),
        ("DES-EDE3-CBC", False),
        ("tripledes_3key", False),
        ("aes256", False),
        ("", False),
    ],
)
def test_openssl_needs_its_old_provider_for_old_ciphers(name: str, options: bool) -> None:
    """OpenSSL 3 has put single DES, RC2 and RC4 aside, and kept triple DES."""
    assert ("-provider legacy -provider default " if options else "") == providers(name)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ({"way": "zip"}, "look into it: `python3 -m zipfile -e a.pem DIR`, or `unzip -o a.pem -d DIR`; "),
        ({"way": "zip", "detail": "a ZIP archive (encrypted: 1)"}, "take out what is in it: `unzip -o a.pem -d DIR`"),
        ({"way": "yaml"}, "install PyYAML beside pemcheck: "),
        ({"way": "zzz"}, "pass a file with -----BEGIN"),
        ({"way": ""}, "pass a file with -----BEGIN"),
        ({"detail": "an e-mail"}, "save the attachment"),
        ({"detail": "an SSH public key"}, "pass the private key, which usually lies beside it"),
        ({"detail": "a tar archive"}, "take it apart: `python3 -m tarfile -e a.pem DIR`"),
    ],
)
def test_what_holds_no_pem_is_opened_by_what_it_is(problem: dict[str, Any], words: str) -> None:
    """With what Python has, where that is enough."""
    assert openers(Problem("pem-nothing-found", Location("a.pem"), **problem), want()).startswith(words)


@pytest.mark.parametrize(
    ("sort", "way", "detail", "locked"),
    [
        ("zip", "", "a ZIP archive (encrypted: 1)", True),
        ("", "zip", "a ZIP archive (encrypted: 1)", True),
        ("zip", "", "a ZIP archive", False),
        ("json", "", "a document (encrypted: 1)", False),
    ],
)
def test_an_archive_is_locked_where_something_in_it_is(sort: str, way: str, detail: str, locked: bool) -> None:
    """A document is not."""
    it = Problem("input-is-wrapped", Location("a.pem"), detail, sort, way=way)
    assert locked is is_locked(it)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ({"sort": "zip"}, "`python3 -m zipfile -e a.pem DIR`, or `unzip -o a.pem -d DIR`; then "),
        ({"sort": "json"}, "write each value into a file of its own: copy it between its quotes"),
        ({"sort": "json", "way": "it['a'].encode()"}, "it = json.load(sys.stdin); sys.stdout."),
        ({"sort": "yaml", "way": "it[0]"}, "import base64, yaml, sys; it = list(yaml.safe_load_all(sys.stdin)); "),
        ({"sort": "json", "detail": "a Kubernetes secret"}, "; with kubectl: `kubectl get secret NAME -o jsonpath="),
    ],
)
def test_what_is_wrapped_is_taken_apart(problem: dict[str, Any], words: str) -> None:
    """An archive at once, a document value by value."""
    said = take_apart(Problem("input-is-wrapped", Location("a.pem"), **problem), want())
    assert (True, "Kubernetes" in problem.get("detail", "")) == (words in said, "kubectl" in said)


@pytest.mark.parametrize("sort", ["", "other", "trusted", "zzz"])
def test_only_a_trusted_certificate_is_repaired_below_another_label(sort: str) -> None:
    """What else is labelled otherwise is something else."""
    assert (sort == "trusted") is fix("pem-wrong-label", FILES, sort=sort).startswith(repair(want()))


@pytest.mark.parametrize(("sort", "options"), [("pem", ""), *((sort, "-inform DER ") for sort in ("", "der", "zzz"))])
def test_a_bundle_is_read_as_what_it_is(sort: str, options: str) -> None:
    """PEM, or DER."""
    command = f"`openssl pkcs7 -print_certs {options}-in a.pem -out new-bundle.pem`"
    assert command in fix("input-is-pkcs7", sort=sort)


@pytest.mark.parametrize(
    ("field", "what"), [("secret", "private key"), ("", "PKCS#12 container"), ("zzz", "PKCS#12 container")]
)
def test_what_stays_closed_is_named(field: str, what: str) -> None:
    """A key, or a container."""
    said = BY_NAME["input-not-decrypted"].words("says", Problem("x", Location("a.pem"), "why", field=field), want())
    assert f"the {what} stays closed: why" == said


@pytest.mark.parametrize("role", ["", "certificate", "certificate chain", "private key", "zzz"])
def test_the_label_that_is_missing_is_that_of_the_role(role: str) -> None:
    """A key's for a key, else a certificate's."""
    label = "PRIVATE KEY" if role == "private key" else "CERTIFICATE"
    assert f"put -----BEGIN {label}----- and -----END {label}----- on lines" in fix("input-without-markers", role=role)


@pytest.mark.parametrize(
    ("way", "command"),
    [
        (OTHERWISE, ""),
        (IN_A_MARGIN, ": `sed -n 's/^[[:space:]]*//; /^-----BEGIN /,/^-----END /p' a.pem > new.pem`"),
        ("", ": `sed -n '/^-----BEGIN /,/^-----END /p' a.pem > new.pem`"),
        ("zzz", ": `sed -n 's/^[[:space:]]*//; /^-----BEGIN /,/^-----END /p' a.pem > new.pem`"),
    ],
)
def test_the_blocks_alone_are_written_where_they_can_be_found(way: str, command: str) -> None:
    """With their margin taken off."""
    assert f"delete everything that is not between BEGIN and END{command}" == fix("pem-text-outside-blocks", way=way)

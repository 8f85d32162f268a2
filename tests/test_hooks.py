"""What pre-commit runs: certificates that a target would refuse, and private keys."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from fixtures.build import EC_ROOT, INTERMEDIATE, ROOT, certificate_request, leaf, load_key, zip_archive
from fixtures.judged import FILES
from pemcheck import hooks, keyfinder
from pemcheck.cli import main

HERE = Path(__file__).resolve().parent
FIXTURES = HERE.parent / "fixtures"
AT = ("--at", "2026-06-01")
KEY = load_key(leaf().key).pem
DER = base64.b64decode("".join(KEY.splitlines()[1:-1]))
ENCODED = base64.b64encode(KEY.encode()).decode()


class Ran(NamedTuple):
    """What a hook did."""

    status: int
    out: list[str]
    err: str


Hook = Callable[..., Ran]


@pytest.fixture
def hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Hook:
    """Return a function that runs a hook in an empty folder, on files that it writes."""
    monkeypatch.chdir(tmp_path)

    def run(which: Callable[..., int], files: dict[str, bytes | str], *options: str) -> Ran:
        for name, content in files.items():
            Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
        status = which([*options, *files])
        out, err = capsys.readouterr()
        return Ran(status, out.splitlines(), err)

    return run


def fixture(case: str, number: int) -> bytes:
    """Return one of a case's three files."""
    return (FIXTURES / case / FILES[number]).read_bytes()


def literal(text: str) -> str:
    """Return *text* as people write it into a program, a line at a time."""
    return "KEY = (\n" + "".join(f"    '{line}\\n' +\n" for line in text.splitlines()) + ")\n"


# ---------------------------------------------------------------------------------------------- private keys

CLEAR: dict[str, tuple[bytes | str, int]] = {
    "pkcs8": (KEY, 1),
    "pkcs1": (fixture("clean-pkcs1-key", 1), 1),
    "sec1": (fixture("clean-sec1-key", 1), 1),
    "ed25519": (load_key("ed25519-a").pem, 1),
    "behind other things": (f"# a comment\n\n{leaf().pem}{KEY}", 3 + leaf().pem.count("\n")),
    "crlf": (KEY.replace("\n", "\r\n"), 1),
    "utf-16": (fixture("input-is-utf16", 0)[:2] + KEY.encode("utf-16-le"), 1),
    "indented in yaml": ("key: |\n" + "".join(f"  {line}\n" for line in KEY.splitlines()), 2),
    "literal line ends": (json.dumps({"key": KEY}), 1),
    "a string in a program": (f'KEY = """{KEY}"""\n', 1),
    "strings in a program": (literal(KEY), 2),
    "cut off": (KEY[: len(KEY) // 2], 1),
    "a secret in yaml": (f"data:\n  tls.crt: LS0t\n  tls.key: {ENCODED}\n", 3),
    "a secret in json": (json.dumps({"kind": "Secret", "data": {"tls.key": ENCODED}}), 1),
    "base64 of pem": (ENCODED, 1),
    "PGP": (f"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{'lQcYBGVk' * 10}\n-----END PGP PRIVATE KEY BLOCK-----\n", 1),
    "PuTTY": ("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: me\n", 1),
}


@pytest.mark.parametrize("form", CLEAR)
def test_a_private_key_is_found(hook: Hook, form: str) -> None:
    """In whatever form, with its line; with --allow-encrypted too, because it is not encrypted."""
    content, line = CLEAR[form]
    ran = hook(hooks.private_keys, {"file": content}, "--allow-encrypted")

    assert (1, 1, "") == (ran.status, len(ran.out), ran.err)
    assert ran.out[0].startswith(f"file:{line}: error: private-key-committed: this is a private key")


@pytest.mark.parametrize(
    ("name", "content"),
    [("der", DER), ("base64 of der", base64.b64encode(DER)), ("zip", zip_archive({"key.pem": KEY}))],
    ids=["DER", "base64", "ZIP"],
)
def test_a_private_key_that_has_to_be_opened_is_found(hook: Hook, name: str, content: bytes) -> None:
    """What has no lines has no line."""
    ran = hook(hooks.private_keys, {name: content}, "--allow-encrypted")

    assert (1, 1, True) == (ran.status, len(ran.out), ran.out[0].startswith(name))


ENCRYPTED = {
    "pkcs8": fixture("key-encrypted", 1),
    "legacy": fixture("key-encrypted-legacy", 1),
    "openssh": fixture("key-encrypted-openssh", 1),
    "PuTTY": b"PuTTY-User-Key-File-2: ssh-rsa\r\nEncryption: aes256-cbc\r\n",
    "JKS": fixture("input-is-jks", 0),
    "PKCS#12": (FIXTURES / "containers" / "openssl.p12").read_bytes(),
    "BKS": fixture("input-is-jks-of-bouncy-castle", 0),
}


@pytest.mark.parametrize("form", ENCRYPTED)
def test_an_encrypted_key_is_found_unless_it_is_allowed(hook: Hook, form: str) -> None:
    """That it is encrypted is said; a store counts as encrypted."""
    refused, allowed = (
        hook(hooks.private_keys, {"f": ENCRYPTED[form]}, *options) for options in ((), ("--allow-encrypted",))
    )

    assert (1, True) == (refused.status, refused.out[0].endswith(" (encrypted)"))
    assert (0, []) == (allowed.status, allowed.out)


def test_a_pkcs12_file_without_passphrase_is_a_key_in_clear(hook: Hook) -> None:
    """Anybody can open it."""
    ran = hook(hooks.private_keys, {"f.p12": fixture("input-is-pkcs12", 0)}, "--allow-encrypted")

    assert (1, ["f.p12: error: private-key-committed: this is a private key"]) == (ran.status, ran.out)


NONE: dict[str, bytes | str] = {
    "a program": 'if "-----BEGIN PRIVATE KEY-----" in text:\n    raise ValueError("-----BEGIN RSA PRIVATE KEY-----")\n',
    "documentation": "-----BEGIN PRIVATE KEY-----\nMIIE...\n-----END PRIVATE KEY-----\n",
    "placeholder": f"-----BEGIN PRIVATE KEY-----\n{'x' * 64}\n{'x' * 64}\n-----END PRIVATE KEY-----\n",
    "the words": "Never commit a PRIVATE KEY.\n",
    "certificates": leaf().pem + INTERMEDIATE.pem,
    "a certificate in DER": leaf().der,
    "a secret without key": f"tls.crt: {base64.b64encode(leaf().pem.encode()).decode()}\n",
    "public key": fixture("pem-nothing-found-ssh", 1),
    "PKCS#7": fixture("input-is-pkcs7-der", 0),
    "broken PKCS#8 in DER": b"\x30\x82\x01\x00" + bytes(256),
    "documentation in a ZIP": zip_archive({"k.pem": "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"}),
    "letters only": "M" * 80,
    "empty": b"",
    "text": "0123456789\n",
}


@pytest.mark.parametrize("form", NONE)
def test_what_is_no_private_key_is_passed_over(hook: Hook, form: str) -> None:
    """The words alone are no key."""
    assert Ran(0, [], "") == hook(hooks.private_keys, {"file": NONE[form]})


def test_nothing_of_the_key_is_printed(hook: Hook) -> None:
    """The log of a CI run is public."""
    ran = hook(hooks.private_keys, {"a": KEY, "b": literal(KEY), "c": ENCODED, "d": DER})

    assert [] == [line for line in KEY.splitlines()[1:-1] if line in "\n".join(ran.out) + ran.err]
    assert 4 == len(ran.out)


def test_a_name_cannot_trick_a_terminal(hook: Hook) -> None:
    """Control characters in the name of a file are written out."""
    ran = hook(hooks.private_keys, {"a\x1b[2J": KEY, "b\x1b[2J": DER})

    assert [True, True] == [r"\u{001b}[2J" in line and "\x1b" not in line for line in ran.out]


def test_a_name_is_a_path_whatever_it_looks_like(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    """git may hold a file called env:HOME or -."""
    monkeypatch.setenv("SECRET", KEY)
    ran = hook(hooks.private_keys, {"env:SECRET": "harmless", "-": KEY})

    assert (1, ["-:1: error: private-key-committed: this is a private key"], "") == ran


def test_an_absolute_path_is_read_as_it_is(hook: Hook, tmp_path: Path) -> None:
    """As other callers than pre-commit give it."""
    assert 1 == hook(hooks.private_keys, {str(tmp_path / "key"): KEY}).status


def test_many_keys_do_not_make_many_lines(hook: Hook) -> None:
    """Who sees twenty has seen enough; hostile text takes no time."""
    start = time.perf_counter()
    ran = hook(hooks.private_keys, {"f": KEY * 500 + "-----BEGIN PRIVATE KEY-----\n" * 100_000})

    assert (1, hooks.MOST) == (ran.status, len(ran.out))
    assert time.perf_counter() - start < 3


@pytest.mark.parametrize("marks", [b"-----BEGIN PRIVATE KEY-----\n", b"LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t" + b"\n"])
def test_many_marks_without_a_key_take_no_time(hook: Hook, marks: bytes) -> None:
    """Each is looked at where it stands, and not all that is behind it."""
    start = time.process_time()
    ran = hook(hooks.private_keys, {"f": marks * (4_000_000 // len(marks))})

    assert Ran(0, [], "") == ran
    assert time.process_time() - start < 3


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: gzip.compress(b"") + gzip.compress(data)])
@pytest.mark.parametrize(("name", "content"), [("a.key.gz", KEY.encode()), ("dump.sql.gz", DER)])
def test_a_private_key_in_a_gzip_file_is_found(
    hook: Hook, pack: Callable[[bytes], bytes], name: str, content: bytes
) -> None:
    """Of one part or several; it has the name of the file without its ending."""
    ran = hook(hooks.private_keys, {name: pack(content)}, "--allow-encrypted")

    assert (1, 1, True, "") == (ran.status, len(ran.out), ran.out[0].startswith(f"{name}!{name[:-3]}"), ran.err)


@pytest.mark.parametrize(
    "content", [gzip.compress(b"hello"), gzip.compress(KEY.encode())[:40], b"\x1f\x8b\x08nonsense", b"\x1f\x8b"]
)
def test_a_gzip_file_without_a_key_is_passed_over(hook: Hook, content: bytes) -> None:
    """A damaged one, too."""
    assert Ran(0, [], "") == hook(hooks.private_keys, {"f.gz": content})


def test_a_gzip_file_of_very_many_parts_takes_no_time(hook: Hook) -> None:
    """The first are looked at, and that is told."""
    start = time.process_time()
    ran = hook(hooks.private_keys, {"f.gz": gzip.compress(b"") * 200_000})

    assert (2, "pemcheck: f.gz: only its first 1,000 parts are looked at\n") == (ran.status, ran.err)
    assert time.process_time() - start < 3


@pytest.mark.parametrize("more", [b"", gzip.compress(KEY.encode())])
def test_of_a_gzip_file_no_more_is_looked_at_than_of_any(hook: Hook, more: bytes) -> None:
    """However much it is compressed from; that there is more is told."""
    full = gzip.compress(KEY.encode().ljust(keyfinder.MOST_BYTES, b" "), 1) + more
    long = gzip.compress(bytes(keyfinder.MOST_BYTES + 1), 1)
    said = "only the first 33,554,432 bytes of what is compressed are looked at"
    found, unseen = hook(hooks.private_keys, {"f.gz": full}), hook(hooks.private_keys, {"g.gz": long})

    assert (1, f"pemcheck: f.gz: {said}\n" if more else "") == (found.status, found.err)
    assert (2, f"pemcheck: g.gz: {said}\n") == (unseen.status, unseen.err)


def test_a_file_that_cannot_be_read_is_told(hook: Hook, capsys: pytest.CaptureFixture[str]) -> None:
    """The others are looked at all the same, and a key among them counts for more."""
    assert 2 == hooks.private_keys(["missing"])
    assert "pemcheck: ./missing: " in capsys.readouterr().err
    Path("key").write_text(KEY)
    assert 1 == hooks.private_keys(["key", "missing"])


def test_what_is_not_looked_at_is_told(hook: Hook) -> None:
    """Beyond the cap nothing is read; of what has to be opened that is less."""
    ran = hook(hooks.private_keys, {"f": " " * keyfinder.MOST_BYTES + KEY})

    assert (2, "pemcheck: f: only its first 33,554,432 bytes are looked at\n") == (ran.status, ran.err)
    assert 1 == hook(hooks.private_keys, {"f": KEY + " " * keyfinder.MOST_BYTES}).status
    assert 1 == hook(hooks.private_keys, {"f": " " * (keyfinder.MOST_BYTES - len(KEY)) + KEY}).status
    closed = hook(hooks.private_keys, {"f": "PK\3\4" + " " * (4 * 1024 * 1024)})
    assert (2, True) == (closed.status, "pemcheck: f: only its first 4,194,304 bytes are looked at\n" in closed.err)
    assert 2 == hook(hooks.certificates, {"f": "\n" * (4 * 1024 * 1024 + 1)}, *AT).status


@pytest.mark.parametrize("which", [hooks.private_keys, hooks.certificates])
def test_an_unknown_option_is_told(which: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    """With those that there are."""
    assert 2 == which(["--allow"])
    assert "pemcheck: there is no option --allow; there are --" in capsys.readouterr().err


def test_behind_two_dashes_stand_files(hook: Hook) -> None:
    """Whatever they are called."""
    assert 1 == hook(hooks.private_keys, {"--": "", "--allow-encrypted": KEY}).status


@pytest.mark.parametrize("before", [(), ("--",), ("a.txt",)])
@pytest.mark.parametrize("name", ["--allow-encrypted", "--", "--at=2020-01-01", "--target"])
def test_a_file_that_is_called_like_an_option_is_none(hook: Hook, before: tuple[str, ...], name: str) -> None:
    """Whoever commits it does not switch a check off: it is looked at, or the run fails."""
    Path("a.txt").write_text("")
    Path(name).write_text("")
    keys = hook(hooks.private_keys, {"enc.pem": ENCRYPTED["pkcs8"]}, *before, name)
    expired = hook(hooks.certificates, {"exp.pem": fixture("cert-expired", 0)}, *before, name)
    expected = 1 if before or name == "--" else 2

    assert (expected, expected) == (keys.status, expired.status)
    assert (expected == 2) == (f"pemcheck: {name} is the name of a file here" in keys.err)


def test_a_key_in_a_file_called_two_dashes_is_found(hook: Hook) -> None:
    """Where it could be what ends the options it is looked at all the same."""
    assert [(1, True)] * 2 == [
        (ran.status, ran.out[0].startswith("--:1: error: private-key-committed"))
        for ran in (hook(hooks.private_keys, {"--": KEY}), hook(hooks.private_keys, {"--": KEY}, "--"))
    ]


def test_arguments_are_the_process_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As a console script is called."""
    (tmp_path / "key").write_text(KEY)
    monkeypatch.setattr(sys, "argv", ["pemcheck-private-keys", str(tmp_path / "key")])

    assert 1 == hooks.private_keys()


@pytest.mark.parametrize("which", ["private_keys", "certificates"])
def test_files_without_a_mark_import_nothing(tmp_path: Path, which: str) -> None:
    """A commit of a hundred sources waits for no library."""
    (tmp_path / "source.py").write_text("x = 1\n" * 1000)
    code = (
        "import sys; before = {*sys.modules}; from pemcheck import hooks; "
        f"hooks.{which}(['source.py']); print(*{{*sys.modules}} - before)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())

    assert {"pemcheck.hooks", "pemcheck.source"} <= loaded
    assert set() == loaded & {"asn1crypto", "oscrypto", "argparse", "json", "pemcheck.checking", "pemcheck.gathering"}


def archive(files: dict[str, str]) -> bytes:
    """Return a ZIP archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return packed.getvalue()


def test_what_an_archive_holds_beyond_its_share_is_told(hook: Hook) -> None:
    """Nobody looked at it; keys that were found before count for more."""
    many = {f"{number:04}.txt": "nothing" for number in range(300)}
    for files, status in (({**many, "z.pem": KEY}, 2), ({"a.pem": KEY, **many, "z.pem": KEY}, 1)):
        ran = hook(hooks.private_keys, {"f.zip": archive(files)})
        assert (status, True) == (ran.status, ran.err.startswith("pemcheck: f.zip: "))


@pytest.mark.parametrize("before", [b"PK\3\4\n", leaf().der])
def test_a_key_behind_what_looks_like_a_container_is_found(hook: Hook, before: bytes) -> None:
    """Such files are read by openssl all the same."""
    ran = hook(hooks.private_keys, {"f": before + KEY.encode()})

    assert (1, True) == (ran.status, "private-key-committed" in ran.out[0])


# ---------------------------------------------------------------------------------------------- certificates


@pytest.mark.parametrize(
    "content",
    [leaf().pem + INTERMEDIATE.pem, leaf().pem + INTERMEDIATE.pem + KEY, KEY + leaf().pem + INTERMEDIATE.pem],
    ids=["fullchain", "with key", "key first"],
)
def test_a_good_certificate_is_passed(hook: Hook, content: str) -> None:
    """With its chain in the same file, with or without key."""
    assert Ran(0, [], "") == hook(hooks.certificates, {"www.pem": content}, *AT)


def test_a_certificate_alone_is_passed_with_a_warning(hook: Hook) -> None:
    """Its chain may be in another file."""
    ran = hook(hooks.certificates, {"www.pem": leaf().pem}, *AT)

    assert (0, "") == (ran.status, ran.err)
    assert [True, True] == [
        ran.out[0].startswith("www.pem:1: warning: chain-missing: "),
        ran.out[1] == "www.pem: acm: accepted (1 warning), key not seen",
    ]


@pytest.mark.parametrize(
    ("content", "options", "rule"),
    [
        (fixture("cert-expired", 0), (), "cert-expired"),
        (fixture("cert-key-algorithm-not-accepted", 0), (), "cert-key-algorithm-not-accepted"),
        (leaf().pem + load_key("rsa-2048-g").pem, (), "key-does-not-match"),
        (leaf().pem.replace("-----END CERTIFICATE-----", ""), (), "pem-marker-malformed"),
        (leaf().der[:-1], (), "der-malformed"),
        (ROOT.pem + load_key(ROOT.key).pem, ("--target", "cloudfront", "--trusted"), "cert-self-signed"),
    ],
)
def test_a_certificate_that_is_refused_is_told(
    hook: Hook, content: bytes | str, options: tuple[str, ...], rule: str
) -> None:
    """A line for each fault, with file, line and rule, and the verdict."""
    ran = hook(hooks.certificates, {"www.pem": content}, *AT, *options)

    assert (1, "") == (ran.status, ran.err)
    assert any(line.startswith("www.pem") and f": error: {rule}: " in line for line in ran.out)
    assert ": refused (" in ran.out[-1]


OVER: dict[str, bytes | str] = {
    "a root": ROOT.pem,
    "a bundle": ROOT.pem + INTERMEDIATE.pem + EC_ROOT.pem,
    "a root in DER": ROOT.der,
    "a key": KEY,
    "a key in DER": DER,
    "a request in DER": certificate_request(),
    "a program": "import this\n",
    "empty": b"",
}


@pytest.mark.parametrize("form", OVER)
def test_what_holds_no_certificate_of_a_server_is_passed_over(hook: Hook, form: str) -> None:
    """CA bundles, keys, and everything else."""
    assert Ran(0, [], "") == hook(hooks.certificates, {"file": OVER[form]}, *AT)


def test_what_cannot_be_decided_is_told(hook: Hook) -> None:
    """Whose issuer must be trusted needs a word; --trusted is one, --private-ca another."""
    files: dict[str, bytes | str] = {"f.pem": fixture("clean-cloudfront", 0) + fixture("clean-cloudfront", 2)}
    target = ("--target=cloudfront", *AT)
    undecided, settled = hook(hooks.certificates, files, *target), hook(hooks.certificates, files, *target, "--trusted")

    assert (2, True) == (
        undecided.status,
        any("undecided: cert-not-publicly-trusted" in line for line in undecided.out),
    )
    assert Ran(0, [], "") == settled


def test_options_are_those_of_check(hook: Hook) -> None:
    """Several targets, how early to warn, a private CA."""
    files: dict[str, bytes | str] = {"f.pem": leaf().pem + INTERMEDIATE.pem}
    ran = hook(hooks.certificates, files, *AT, "--target", "acm", "--target", "iam", "--expires-within", "400d")

    assert (0, ["acm", "iam"]) == (ran.status, [line.split(": ")[1] for line in ran.out if line.endswith("not seen")])
    assert 2 == sum("warning: cert-expires-soon" in line for line in ran.out)
    assert 0 == hook(hooks.certificates, files, *AT, "--target", "acm", "--private-ca").status


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("--target", "nowhere"), "nowhere"),
        (("--target",), "--target needs a value"),
        (("--expires-within", "soon"), "--expires-within: 'soon' is not a number of days such as 30d"),
        (("--fail-on", "anything"), "--fail-on is one of error, warning, never"),
        (("--ignore", "nothing"), "--ignore: there is no rule 'nothing'"),
        (("--baseline", "no.json"), "--baseline: no.json: no such file"),
        (("--config", "no.toml"), "no.toml: no such file"),
        (("--trusted", "--trust-store", "system"), "leave one out"),
        (("--at", "someday"), "'someday' is not a time"),
    ],
)
def test_an_option_that_cannot_be_meant_is_told(hook: Hook, options: tuple[str, ...], text: str) -> None:
    """One sentence, and the status that says that nothing was judged."""
    Path("f.pem").write_text(leaf().pem)
    ran = hook(hooks.certificates, {}, *options, *(["f.pem"] if len(options) > 1 else []))

    assert (2, []) == (ran.status, ran.out)
    assert text in ran.err


@pytest.mark.parametrize(
    ("options", "status", "last"),
    [
        (("--fail-on", "warning"), 1, "f.pem: acm: accepted (1 warning), key not seen"),
        (("--severity", "chain-missing=error"), 1, "f.pem: weighed by --severity: chain-missing"),
        (("--ignore", "chain-missing"), 0, "f.pem: ignored by --ignore: chain-missing (1 warning)"),
        (("--select", "cert-*", "--fail-on=warning"), 0, "f.pem: ignored by --select: chain-missing (1 warning), "),
    ],
)
def test_a_policy_counts_as_for_check(hook: Hook, options: tuple[str, ...], status: int, last: str) -> None:
    """A warning may fail the commit; what is set aside is told."""
    ran = hook(hooks.certificates, {"f.pem": leaf().pem}, *AT, *options)

    assert (status, True) == (ran.status, any(line.startswith(last) for line in ran.out))


def test_the_hook_reads_the_settings(hook: Hook) -> None:
    """As check does: policy, target, trust, and what is wrong with them; no other hook needs any."""
    files: dict[str, bytes | str] = {"f.pem": leaf().pem + INTERMEDIATE.pem}
    Path("root.crt").write_text(ROOT.pem)
    Path("pemcheck.toml").write_text('target = "cloudfront"\ntrust-store = "root.crt"\nexpires-within = "400d"')
    ran = hook(hooks.certificates, files, *AT, "--fail-on", "warning")
    Path("pemcheck.toml").write_text('baseline = "no.json"')
    wrong = hook(hooks.certificates, files, *AT)

    assert (1, "f.pem: cloudfront: accepted (1 warning), key not seen") == (ran.status, ran.out[-2])
    assert "granted by pemcheck.toml: trust-store root.crt, expires-within 400d" in ran.out[-1]
    assert (2, "pemcheck: pemcheck.toml: baseline: no.json: no such file or directory\n") == (wrong.status, wrong.err)
    assert 0 == hook(hooks.certificates, files, *AT, "--config", "none").status


def test_what_a_baseline_knows_does_not_count(hook: Hook, capsys: pytest.CaptureFixture[str]) -> None:
    """It is made by check, of the file alone."""
    Path("f.pem").write_bytes(fixture("cert-expired", 0))
    main(["f.pem", "--without-key", *AT, "--write-baseline", "known.json"])
    capsys.readouterr()
    ran = hook(hooks.certificates, {}, *AT, "--baseline", "known.json", "f.pem")

    assert (0, "") == (ran.status, ran.err)
    assert "f.pem: ignored by known.json: cert-expired (1 error), chain-missing (1 warning)" in ran.out


@pytest.mark.parametrize("which", [hooks.private_keys, hooks.certificates])
@pytest.mark.parametrize(("option", "first"), [("--help", "usage: pemcheck-"), ("-h", "usage: "), ("--version", "pem")])
def test_the_scripts_say_what_they_are(
    which: Callable[..., int], option: str, first: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Usage and version, on standard output."""
    assert 0 == which([option])
    assert capsys.readouterr().out.startswith(first)


def test_the_help_names_every_option() -> None:
    """And no other."""
    named = set(re.findall(r"--[a-z-]+", hooks._HELP_CERTIFICATES)) - {"--help", "--version"}

    assert {*hooks._SWITCHES, *hooks._LISTS, *hooks._TEXTS} == named


def test_two_that_could_be_meant_are_told(hook: Hook) -> None:
    """Nobody knows which is to be imported."""
    ran = hook(
        hooks.certificates, {"f.pem": leaf().pem + leaf(san=("DNS:other.example.com",), subject="CN=o").pem}, *AT
    )

    assert (2, True) == (ran.status, ran.out[0].startswith("f.pem: error: "))


@pytest.mark.once
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("name", ["private_keys", "certificates"])
def test_what_cannot_be_printed_is_no_traceback(tmp_path: Path, name: str) -> None:
    """Nobody reads any more, the disk is full, the terminal knows ASCII only: a status, and at most a sentence."""
    file = tmp_path / "\xfc.pem"
    file.write_text(leaf(not_after="2026-03-01").pem + KEY)
    program = [sys.executable, "-c", f"import sys; from pemcheck import hooks; sys.exit(hooks.{name}())", str(file)]

    def ran(redirection: str, **variables: str) -> tuple[int, str, str]:
        command = f'"$@" {redirection}'
        environment = {**os.environ, **variables}
        done = subprocess.run(["sh", "-c", command, "sh", *program], capture_output=True, env=environment, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    full = "pemcheck: standard output cannot be written: No space left on device\n"
    assert (2, "", full) == ran("> /dev/full")
    status, out, err = ran("", PYTHONIOENCODING="ascii")
    assert (1, "") == (status, err)
    assert out.startswith(str(file).replace("\xfc", "\\xfc"))
    assert ("", "") == ran("| true")[1:]


@pytest.mark.parametrize("which", [hooks.private_keys, hooks.certificates])
def test_a_hook_that_is_interrupted_says_nothing(
    which: Callable[..., int], hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As any command: the status is 130."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(hooks, "read", interrupted)
    ran = hook(which, {"a.pem": KEY})

    assert (130, [], "") == (ran.status, ran.out, ran.err)

"""``FILE ...`` on the command line: files and folders as people have them, in any order, told by content."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from fixtures.build import AT, INTERMEDIATE, INTERMEDIATE_2, ROOT, certificate_request, leaf, load_key, pem
from fixtures.ran import Run, runner
from pemcheck import crypto, source
from pemcheck.cli import main

CONTAINERS = Path(__file__).resolve().parent.parent / "fixtures" / "containers"
LEAF = leaf(issuer=INTERMEDIATE_2)
KEY = load_key(LEAF.key).pem
CHAIN = INTERMEDIATE_2.pem + INTERMEDIATE.pem
FULL = LEAF.pem + CHAIN
OTHER = leaf(key="rsa-2048-g", subject="CN=other.example.com", serial=7)
OTHER_KEY = load_key("rsa-2048-g").pem


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs ``check`` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    return runner(capsys, ["--at", AT])


def write(contents: Mapping[str, str]) -> None:
    """Write files into the working folder."""
    for name, text in contents.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


LAYOUTS = {
    "certbot": {
        "live/README": "This directory contains your keys and certificates.\n",
        "live/cert.pem": LEAF.pem,
        "live/chain.pem": CHAIN,
        "live/fullchain.pem": FULL,
        "live/privkey.pem": KEY,
    },
    "lego": {
        "certificates/www.example.com.crt": FULL,
        "certificates/www.example.com.issuer.crt": CHAIN,
        "certificates/www.example.com.json": '{"domain": "www.example.com", "certUrl": "https://ca.example.com/1"}\n',
        "certificates/www.example.com.key": KEY,
    },
    "acme.sh": {
        "www.example.com/ca.cer": CHAIN,
        "www.example.com/fullchain.cer": FULL,
        "www.example.com/www.example.com.cer": LEAF.pem,
        "www.example.com/www.example.com.conf": "Le_Domain='www.example.com'\nLe_Alt='no'\n",
        "www.example.com/www.example.com.csr": pem("CERTIFICATE REQUEST", certificate_request()),
        "www.example.com/www.example.com.csr.conf": "[ req_distinguished_name ]\n",
        "www.example.com/www.example.com.key": KEY,
    },
    "mkcert": {
        "here/rootCA-key.pem": load_key(ROOT.key).pem,
        "here/rootCA.pem": ROOT.pem,
        "here/www.example.com-key.pem": KEY,
        "here/www.example.com.pem": leaf(issuer=ROOT).pem,
    },
    "cert-manager": {
        "tls/..data/tls.crt": "not here\n",
        "tls/ca.crt": ROOT.pem,
        "tls/tls.crt": FULL,
        "tls/tls.key": KEY,
    },
    "one file": {"haproxy/site.pem": FULL + KEY},
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_folders_that_people_have_are_passed_as_they_are(name: str, run: Run) -> None:
    """By the name of the folder."""
    write(LAYOUTS[name])
    folder = next(iter(LAYOUTS[name])).partition("/")[0]
    ran = run(folder, "-q")

    assert (0, "") == (ran.status, ran.err)
    assert ran.out.startswith("acm: accepted")
    assert "  private key:  " in ran.out
    assert ": matches\n" in ran.out


def test_the_summary_says_what_was_found_where(run: Run) -> None:
    """And what was not needed."""
    write(LAYOUTS["certbot"])
    write({"live/old.key": OTHER_KEY})

    assert run("live").out == (
        "acm: accepted\n"
        "  certificate:  live/cert.pem:1: www.example.com (RSA_2048, until 2027-01-01)\n"
        "    └─ signed by Test Intermediate I2 (live/chain.pem:1)\n"
        "       └─ signed by Test Intermediate I1 (live/chain.pem:23)\n"
        "          └─ issued by Test Root R1 (not given; a root need not be)\n"
        "  private key:  live/privkey.pem:1: matches\n"
        "  not used:     live/old.key:1: a private key that belongs to no certificate\n"
        "                  here\n"
    )


def test_the_summary_is_bounded(run: Run) -> None:
    """A file may hold thousands."""
    write({"key": KEY, "all": FULL + 20 * (ROOT.pem + OTHER_KEY)})
    out = run("key", "all", "-q").out

    assert (2, 12 + 12) == (out.count("                and "), out.count("                all:") + 2)


@pytest.mark.parametrize(
    ("contents", "hint"),
    [
        ({"a": LEAF.pem, "b": KEY, "c": CHAIN}, ""),
        ({"full": FULL, "key": KEY}, "`python -m pemcheck fix full key --out-dir new`"),
        ({"a b": LEAF.pem, "k": KEY, "1": INTERMEDIATE.pem, "2": INTERMEDIATE_2.pem}, "fix 'a b' k 2 1 --out-dir new`"),
    ],
    ids=["three files", "combined", "a chain in pieces"],
)
def test_files_that_cannot_be_uploaded_as_they_are_are_told_how_to(
    contents: dict[str, str], hint: str, run: Run
) -> None:
    """Accepted is said of what is in them."""
    write(contents)
    ran = run(*contents)

    assert (0, bool(hint)) == (ran.status, "the import takes each in a file of its own" in ran.out)
    assert hint in " ".join(ran.out.split())


def test_where_nothing_was_found_nothing_is_listed(run: Run) -> None:
    """What is wrong has been said."""
    write({"notes": "hello\n"})

    assert "acm: refused (3 errors)" == run("notes").out.splitlines()[-1]


def test_a_fix_passes_the_files_as_they_were_given(run: Run) -> None:
    """Each once, without a role."""
    write({"all": LEAF.pem + INTERMEDIATE.pem + INTERMEDIATE_2.pem, "key": KEY})

    assert "fix:  `python -m pemcheck fix all key --out-dir new`;" in run("key", "all").out


@pytest.mark.skipif(crypto.backend()["unavailable"] is not None, reason="AES needs a libcrypto")
def test_a_closed_container_is_not_called_empty(run: Run) -> None:
    """What is in it is not known; how to open it is told, in a command that works."""
    Path("site.pfx").write_bytes((CONTAINERS / "openssl.p12").read_bytes())
    Path("phrase").write_text("correct horse\n")
    closed = run("site.pfx", "--format", "concise")
    opened = run("site.pfx", "--passphrase-file", "phrase")

    assert ["input-is-pkcs12", "input-not-decrypted"] == [line.split(": ")[2] for line in closed.out.splitlines()[:-1]]
    assert (1, 1) == (opened.status, opened.out.count(": error: "))
    assert "`python -m pemcheck fix site.pfx --passphrase-file FILE --out-dir new`;" in run("site.pfx").out
    assert "`python -m pemcheck fix site.pfx --passphrase-file phrase --out-dir new`" in opened.out


def test_json_names_what_was_not_used(run: Run) -> None:
    """Only where roles were told by content."""
    write({"a": LEAF.pem, "b": KEY + OTHER_KEY, "c": CHAIN})
    unused = [{"file": "b", "line": 29, "reason": "a private key that belongs to no certificate here"}]

    assert unused == json.loads(run("a", "b", "c", "--format", "json").out)["unused"]
    assert "unused" not in json.loads(run("--certificate", "a", "--format", "json").out)


def test_options_may_stand_between_files(run: Run) -> None:
    """As everywhere."""
    write({"a": LEAF.pem, "b": KEY, "c": CHAIN})

    assert 0 == run("a", "--target", "alb", "b", "-q", "c").status


def test_a_role_that_is_said_counts(run: Run) -> None:
    """The rest is found."""
    write({"old": OTHER.pem, "old.key": OTHER_KEY, "a": LEAF.pem, "b": KEY, "c": CHAIN})
    ran = run("--certificate", "a", "b", "c")

    assert (0, True) == (ran.status, "  certificate:  a:1: " in ran.out)


def test_several_candidates_are_shown_and_nothing_is_guessed(run: Run) -> None:
    """On stderr, with status 2."""
    write({"all/a": LEAF.pem, "all/b": KEY, "all/c": OTHER.pem, "all/d": OTHER_KEY})
    ran = run("all")

    assert (2, "") == ran[:2]
    assert ran.err.startswith("pemcheck: 2 certificates have their private key here; say which is meant with ")
    assert "\n      python -m pemcheck all/c all/d --at 2026-06-01T00:00:00Z\n" in ran.err


def test_a_damaged_file_is_one_finding(run: Run) -> None:
    """It may be what is missing."""
    write({"a": LEAF.pem, "b": KEY[:600] + "\n", "c": CHAIN})
    ran = run("a", "b", "c", "--format", "concise")

    assert (1, ["pem-marker-malformed"]) == (ran.status, [line.split(": ")[2] for line in ran.out.splitlines()[:-1]])


def test_standard_input_is_a_file(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Such as a variable of CI holds."""
    path = tmp_path / "all"
    path.write_text(FULL + KEY)
    with path.open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert 0 == run("-").status


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "give FILE ..., or --certificate, --private-key and --certificate-chain (see --help)"),
        (["-", "--certificate", "-"], "standard input (-) can be read once only"),
        (["none"], "none: no such file or directory"),
        (["empty"], "empty: there is no file in this directory"),
        (["many"], "many: there are 201 files in it; name those that are meant"),
        (["many/1"] * 201, "more than 200 files, or 16,777,216 bytes; name only those that are meant"),
        (["big"] * 5, "more than 200 files, or 16,777,216 bytes; name only those that are meant"),
    ],
    ids=lambda value: " ".join(value)[:20] if isinstance(value, list) else "",
)
def test_what_cannot_be_followed_is_one_sentence(arguments: list[str], sentence: str, run: Run) -> None:
    """Status 2."""
    write({f"many/{n}": "" for n in range(201)})
    write({"big": "\n" * source.MAX_BYTES})
    Path("empty").mkdir()

    assert (2, "", f"pemcheck: {sentence}\n") == run(*arguments)


def test_a_folder_that_cannot_be_listed_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the system's reason."""
    Path("folder").mkdir()

    def forbid(_: str) -> list[str]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "listdir", forbid)

    assert (2, "", "pemcheck: folder: permission denied\n") == run("folder")


def test_hidden_files_and_folders_in_it_are_left_alone(run: Run) -> None:
    """Nobody means them."""
    write({"live/.old.pem": OTHER.pem, "live/archive/old.pem": OTHER.pem, "live/all.pem": FULL + KEY})

    assert 0 == run("live").status


def test_a_file_named_like_a_command_is_written_with_its_folder(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Else it is the command."""
    write({"rules": FULL + KEY})

    assert (0, True) == ((ran := run("./rules")).status, "rules:1: www.example.com" in ran.out)
    assert 0 == main(["rules"])
    assert "cert-expired" in capsys.readouterr().out


def test_what_is_read_is_what_is_judged(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is opened once, so that none can change between two looks."""
    write({"a": LEAF.pem, "b": KEY, "c": CHAIN})
    opened: list[str] = []
    real = source.read_file

    def counted(name: str) -> source.Read:
        opened.append(name)
        return real(name)

    monkeypatch.setattr(source, "read_file", counted)
    run("a", "b", "c")

    assert ["a", "b", "c"] == opened

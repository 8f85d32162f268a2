"""``fix``: what it writes, prints and refuses, as its users were promised it."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import shlex
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fixtures.build import AT, INTERMEDIATE, INTERMEDIATE_2, INTERMEDIATE_3, ROOT, Case, authority, leaf
from fixtures.generate import CASES, HERE
from fixtures.ran import Ran, Run, runner
from fixtures.sign import KEYS, load_key
from pemcheck import checking, crypto, writing
from pemcheck.budget import MAX_WORK, PRICE_LINE, Budget
from pemcheck.cli import main, offered
from pemcheck.cli.offered import read_offered
from pemcheck.crypto import oscrypto_loader
from pemcheck.render import fixed

PACKAGE = Path(writing.__file__).parent.parent
NAMES = ("certificate.pem", "private-key.pem", "certificate-chain.pem")

needs_libcrypto = pytest.mark.skipif(crypto.backend()["unavailable"] is not None, reason="AES needs a libcrypto")
posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX files")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command in this process."""
    return runner(capsys, ["fix"])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def given(case: Case, prefix: str = "") -> list[str]:
    """Write the files of a case; return the arguments that name them."""
    arguments = ["--at", case.at]
    for name, data in case.contents().items():
        if name in NAMES:
            Path(prefix + name).write_bytes(data)
            arguments += [f"--{name.removesuffix('.pem')}", prefix + name]
    return arguments


def content(path: str) -> dict[str, bytes]:
    """Return every file in a folder; nothing if there is no folder."""
    return {each.name: each.read_bytes() for each in Path(path).glob("*") if each.is_file()}


def pem(*parts: Any) -> bytes:
    """Return these blocks as one file."""
    return "".join(each.pem for each in parts).encode()


BUNDLE = Case([leaf(issuer=INTERMEDIATE_2), ROOT, INTERMEDIATE, INTERMEDIATE_2], load_key("rsa-2048-f"), None)


# ------------------------------------------------------------------------------------------------- what it writes


def test_three_clean_files_come_out(run: Run) -> None:
    """The bundle is split, put in order, and rid of its root; what was given stays as it is."""
    arguments = given(BUNDLE)
    before = content(".")
    ran = run(*arguments, "--out-dir", "new")

    assert (0, "") == (ran.status, ran.err)
    assert {
        "certificate.pem": pem(leaf(issuer=INTERMEDIATE_2)),
        "private-key.pem": pem(load_key("rsa-2048-f")),
        "certificate-chain.pem": pem(INTERMEDIATE_2, INTERMEDIATE),
    } == content("new")
    assert before == {name: data for name, data in content(".").items() if name in NAMES}


EXPECTED = """\
changed:
  * took Test Intermediate I2 out of certificate.pem:67 into
    certificate-chain.pem
  * took Test Intermediate I1 out of certificate.pem:45 into
    certificate-chain.pem
  * put the chain in order: Test Intermediate I2 (certificate.pem:67), Test
    Intermediate I1 (certificate.pem:45)
  * left out Test Root R1 (certificate.pem:25): it is the root, of which clients
    have their own copy; --keep-root keeps it, which ACM's page asks for with a
    private CA ("copy the root certificate last")

acm: accepted
  certificate www.example.com (RSA_2048, until 2027-01-01); the private key
  matches
  └─ signed by Test Intermediate I2 (new/certificate-chain.pem:1)
     └─ signed by Test Intermediate I1 (new/certificate-chain.pem:23)
        └─ issued by Test Root R1 (not given; a root need not be)

wrote new/certificate.pem, the certificate: www.example.com
wrote new/private-key.pem, the private key: PRIVATE KEY RSA_2048
wrote new/certificate-chain.pem, the chain, 2 certificates: Test Intermediate
    I2, Test Intermediate I1

aws acm import-certificate --certificate fileb://new/certificate.pem --private-key fileb://new/private-key.pem --certificate-chain fileb://new/certificate-chain.pem
"""  # noqa: E501


def test_it_prints_what_it_changed_the_verdict_and_the_command(run: Run) -> None:
    """In this order, and nothing else."""
    assert EXPECTED == run(*given(BUNDLE), "--out-dir", "new").out


def test_the_command_that_is_printed_can_be_checked(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """It is pasted behind ``pemcheck`` as it stands."""
    command = run(*given(BUNDLE), "--out-dir", "a folder").out.splitlines()[-1]
    status = main([*shlex.split(command), "--at", AT])
    capsys.readouterr()

    assert ("'fileb://a folder/certificate.pem'" in command, 0) == (True, status)


@posix
def test_the_key_is_for_its_owner_only(run: Run) -> None:
    """Whatever the umask."""
    before = os.umask(0)
    try:
        run(*given(BUNDLE), "--out-dir", "new")
    finally:
        os.umask(before)

    assert [0o644, 0o600, 0o644] == [stat.S_IMODE((Path("new") / name).stat().st_mode) for name in NAMES]


def test_without_a_change_it_says_so(run: Run) -> None:
    """What was clean is copied."""
    ran = run(*given(CASES["clean-rsa-2048"]), "--out-dir", "new")

    assert (0, True) == (ran.status, ran.out.startswith("nothing had to be changed\n"))
    assert CASES["clean-rsa-2048"].contents() == content("new")


def test_what_remains_is_said_and_decides_the_status(run: Run) -> None:
    """No command is printed for what would be refused."""
    ran = run(*given(CASES["key-does-not-match"]), "--out-dir", "new")

    assert (1, 3) == (ran.status, len(content("new")))
    assert "error: key-does-not-match" in ran.out
    assert "aws acm" not in ran.out


@pytest.mark.parametrize("name", ["key-does-not-match", "key-missing", "cert-expired", "chain-missing"])
def test_what_a_finding_says_is_said_once(name: str, run: Run) -> None:
    """It is no second time under what cannot be repaired; JSON has both."""
    ran = run(*given(CASES[name]), "--diff")
    found = json.loads(run(*given(CASES[name]), "--diff", "--format", "json").out)

    assert (1, False) == (len(found["fix"]["remaining"]), "cannot be repaired" in ran.out)
    assert 1 == ran.out.count(f": {name}\n")


@pytest.mark.parametrize("name", ["key-does-not-match", "cert-missing", "chain-missing"])
def test_what_could_not_be_repaired_is_not_called_in_need_of_nothing(name: str, run: Run) -> None:
    """Neither where nothing was written, nor where what was written is as bad as before."""
    assert "nothing had to be changed" not in run(*given(CASES[name]), "--out-dir", "new").out


def test_without_a_key_the_other_files_are_written(run: Run) -> None:
    """Nobody has to find the key first to see the chain."""
    ran = run(*given(CASES["key-missing"]), "--out-dir", "new")

    assert (1, {"certificate.pem", "certificate-chain.pem"}) == (ran.status, {*content("new")})
    assert "error: key-missing" in ran.out


def test_without_a_certificate_nothing_is_written(run: Run) -> None:
    """Not even the folder."""
    ran = run(*given(CASES["cert-missing"]), "--out-dir", "new")

    assert (1, False) == (ran.status, Path("new").exists())
    assert ran.out.startswith("nothing was written\n\ncannot be repaired:\n")
    assert "error: cert-missing" in ran.out


def test_what_cannot_be_told_is_two(run: Run) -> None:
    """As check has it."""
    assert 2 == run(*given(CASES["chain-by-unknown-algorithm"]), "--out-dir", "new").status


def test_the_first_target_decides_and_all_are_asked(run: Run) -> None:
    """The form of the key is that of 2017, and the target of today takes it too."""
    case = CASES["clean-rsa-2048"]
    ran = run(*given(case), "--out-dir", "new", "--target", "acm-2017-console", "--target", "acm")

    assert (0, ["acm-2017-console: accepted", "acm: accepted"]) == (
        ran.status,
        [re.sub(r" \(.*", "", line) for line in ran.out.splitlines() if ": accepted" in line],
    )
    assert content("new")["private-key.pem"].startswith(b"-----BEGIN RSA PRIVATE KEY-----\n")


def test_the_root_stays_on_request(run: Run) -> None:
    """A private CA's clients need it."""
    run(*given(BUNDLE), "--out-dir", "new", "--keep-root")

    assert pem(INTERMEDIATE_2, INTERMEDIATE, ROOT) == content("new")["certificate-chain.pem"]


def test_a_root_that_was_left_out_is_not_called_missing(run: Run) -> None:
    """It was given: what left it out says so, and how to keep it; what is there stays said."""
    issuer = authority("CN=Silent,O=Example Trust", "rsa-2048-b", ROOT, aia_issuers=())
    bundle = Case([leaf(issuer=issuer), issuer, ROOT], load_key("rsa-2048-f"), None)
    out = run(*given(bundle), "--out-dir", "new").out

    assert "└─ issued by Test Root R1 (not given; a root need not be)\n" in out
    assert (True, False) == ("--keep-root keeps it" in " ".join(out.split()), "chain-does-not-reach-root" in out)
    without = Case([leaf(issuer=issuer), issuer], load_key("rsa-2048-f"), None)
    assert "chain-does-not-reach-root" in run(*given(without), "--out-dir", "other").out


def test_a_command_that_was_pasted_says_nothing_about_the_new_files(run: Run) -> None:
    """file:// in the place of fileb:// is no fault of theirs."""
    words = given(BUNDLE)
    ran = run(
        "aws", "acm", "import-certificate", *[f"file://{w}" if w in NAMES else w for w in words], "--out-dir", "n"
    )

    assert (0, False) == (ran.status, "file-prefix" in ran.out)


# ---------------------------------------------------------------------------------------------- the command to run


def command(run: Run, *arguments: str, case: Case = BUNDLE) -> list[str]:
    """Return the words of the command that is printed last, and the notes behind it."""
    out = run(*given(case), "--out-dir", "new", *arguments).out
    return list(filter(None, out[out.index("\naws ") + 1 :].splitlines()))


def test_options_of_the_import_are_in_the_command(run: Run) -> None:
    """Region, tags and ARN."""
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
    (line,) = command(run, "--certificate-arn", arn, "--region", "us-east-1")
    (tagged,) = command(run, "--tags", "Key=a b,Value=c", "--force")

    assert [arn, "--region", "us-east-1"] == shlex.split(line)[-3:]
    assert ["--tags", '[{"Key": "a b", "Value": "c"}]'] == shlex.split(tagged)[-2:]


@pytest.mark.parametrize("target", ["cloudfront", "api-gateway-edge"])
def test_the_region_that_the_target_demands_is_in_the_command(target: str, run: Run) -> None:
    """CloudFront takes certificates from one region only."""
    (line,) = command(run, "--target", target, "--trusted", "--hostname", "www.example.com")

    assert ["--region", "us-east-1"] == line.split()[-2:]


def test_iam_has_its_own_command(run: Run) -> None:
    """And needs a name."""
    line, note = command(run, "--target", "iam")
    (named,) = command(run, "--force", "--server-certificate-name", "web", "--path", "/cloudfront/x/")

    assert (
        "aws iam upload-server-certificate --server-certificate-name NAME "
        "--certificate-body file://new/certificate.pem --private-key file://new/private-key.pem "
        "--certificate-chain file://new/certificate-chain.pem"
    ) == line
    assert "write a name of your choice in the place of NAME" == note
    assert "--server-certificate-name web " in named
    assert named.endswith(" --path /cloudfront/x/")


@pytest.mark.parametrize("target", ["acm", "iam"])
def test_the_chain_is_left_out_of_the_command_where_there_is_none(target: str, run: Run) -> None:
    """A self-signed certificate has none."""
    line, *_ = command(run, "--target", target, case=Case(leaf(issuer=None)))

    assert "--certificate-chain" not in line


def test_where_the_key_is_elsewhere_its_place_is_left_open(run: Run) -> None:
    """The command needs it all the same."""
    line, note = command(run, "--without-key", case=Case(leaf(), None))

    assert ("--private-key fileb://KEY " in line, "write the path of the private key in the place of KEY") == (
        True,
        note,
    )


def test_several_commands_say_whose_each_is(run: Run) -> None:
    """Two differ in nothing but a region; targets that take the same one share it."""
    arguments = [*given(BUNDLE), "--out-dir", "new", "--trusted"]
    targets = [word for name in ("alb", "cloudfront", "acm", "iam") for word in ("--target", name)]
    out = run(*arguments, *targets).out

    assert 3 == len(re.findall("^aws ", out, re.MULTILINE))
    assert "command 1 is for alb, acm; command 2 is for cloudfront; command 3 is for iam" == out.splitlines()[-2]


def test_a_replacement_needs_its_arn(run: Run) -> None:
    """Otherwise it would be a new certificate."""
    arguments = given(BUNDLE)
    Path("old.pem").write_text(leaf(issuer=INTERMEDIATE_2).pem)
    out = run(*arguments, "--out-dir", "new", "--replaces", "old.pem").out

    assert "to import into the certificate that it replaces, add --certificate-arn ARN" == out.splitlines()[-1]


def test_into_browsers_nothing_is_imported(run: Run) -> None:
    """The target webpki has no command."""
    ran = run(*given(CASES["clean-webpki-private-ca"]), "--out-dir", "new", "--target", "webpki", "--private-ca")

    assert (0, False) == (ran.status, "aws " in ran.out)


@posix
def test_a_folder_that_cannot_be_shown_gets_no_command(run: Run) -> None:
    """A name with control characters is not pasted."""
    ran = run(*given(BUNDLE), "--out-dir", "new\x1b[2J")

    assert (0, False, False) == (ran.status, "\x1b" in ran.out, "aws acm" in ran.out)
    assert "the folder's name has characters that cannot be shown" in ran.out


# ------------------------------------------------------------------------------------------------ what it refuses


def one_sentence(ran: Ran) -> str:
    """Return the one sentence on stderr of a command that failed."""
    assert (2, "", True, 1) == (ran.status, ran.out, ran.err.startswith("pemcheck: "), ran.err.count("\n"))
    return ran.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--certificate", "certificate.pem"], "give --out-dir DIR, or --diff to see what would be written"),
        (["--out-dir", "new"], "give FILE ..., or --certificate, --private-key and --certificate-chain"),
        (
            ["--certificate", "-", "--intermediates", "-", "--out-dir", "new"],
            "standard input (-) can be read once only",
        ),
        (["--certificate", "certificate.pem", "--intermediates", "absent", "--diff"], "absent: no such file"),
        (["--certificate", "certificate.pem", "--out-dir", "certificate.pem"], "certificate.pem: not a directory"),
    ],
)
def test_wrong_usage_is_one_sentence(arguments: list[str], says: str, run: Run) -> None:
    """And nothing is written."""
    given(BUNDLE)

    assert says in one_sentence(run(*arguments))
    assert not Path("new").exists()


def test_without_force_nothing_is_overwritten(run: Run) -> None:
    """With it, everything is."""
    arguments = [*given(BUNDLE), "--out-dir", "new"]
    Path("new").mkdir()
    Path("new/private-key.pem").write_bytes(b"old")

    assert "new/private-key.pem: there is such a file already" in one_sentence(run(*arguments))
    assert {"private-key.pem": b"old"} == content("new")
    assert (0, 3) == (run(*arguments, "--force").status, len(content("new")))


def test_a_file_that_would_not_belong_to_the_others_is_named(run: Run) -> None:
    """An old chain beside a new certificate is a trap."""
    arguments = [*given(Case(leaf(issuer=None))), "--out-dir", "new"]
    Path("new").mkdir()
    Path("new/certificate-chain.pem").write_bytes(b"old")

    assert "new/certificate-chain.pem is there already, and nothing would replace it" in one_sentence(run(*arguments))
    ran = run(*arguments, "--force")
    assert "new/certificate-chain.pem was there before, and does not belong to these files\n" in ran.out
    assert b"old" == content("new")["certificate-chain.pem"]


@pytest.mark.parametrize("prefix", ["", "file://", "fileb://"])
def test_the_folder_of_the_inputs_is_safe(prefix: str, run: Run) -> None:
    """No input is overwritten, even with --force."""
    arguments = [f"{prefix}{word}" if word in NAMES else word for word in given(BUNDLE)]
    before = content(".")

    assert "certificate.pem: this is one of the inputs, which are never overwritten" in (
        one_sentence(run(*arguments, "--out-dir", ".", "--force"))
    )
    assert before == content(".")


@posix
@pytest.mark.parametrize("where", ["certificate", "intermediates"])
def test_what_stands_on_standard_input_or_is_offered_is_safe_too(where: str) -> None:
    """However a file is read."""
    arguments = given(BUNDLE)
    Path("new").mkdir()
    Path("new/certificate.pem").write_bytes(Path("certificate.pem").read_bytes())
    if where == "certificate":
        arguments[arguments.index("certificate.pem")] = "-"
    else:
        arguments += ["--intermediates", "new"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(PACKAGE), os.environ.get("PYTHONPATH", "")])}
    with Path("new/certificate.pem").open("rb") as stream:
        ran = subprocess.run(
            [sys.executable, "-m", "pemcheck", "fix", *arguments, "--out-dir", "new", "--force"],
            stdin=stream, capture_output=True, text=True, check=False, env=env,
        )  # fmt: skip

    assert (2, True) == (ran.returncode, "this is one of the inputs" in ran.stderr)
    assert {"certificate.pem": Path("certificate.pem").read_bytes()} == content("new")


def test_what_cannot_be_read_back_is_an_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict is about the files, not about what was meant to be in them."""
    monkeypatch.setattr(writing, "write", lambda *_: None)

    assert "new/certificate.pem: no such file" in one_sentence(run(*given(BUNDLE), "--out-dir", "new"))


# --------------------------------------------------------------------------------------------------------- --diff

DIFF = """\
--- certificate.pem
+++ certificate.pem
  www.example.com (certificate.pem:1)
- Test Root R1 (certificate.pem:25): it is the root, of which clients have their
    own copy; --keep-root keeps it, which ACM's page asks for with a private CA
    ("copy the root certificate last")
- Test Intermediate I1 (certificate.pem:45): it goes into certificate-chain.pem
- Test Intermediate I2 (certificate.pem:67): it goes into certificate-chain.pem
--- private-key.pem
+++ private-key.pem
  PRIVATE KEY RSA_2048 (private-key.pem:1)
--- (not given)
+++ certificate-chain.pem
+ Test Intermediate I2 (certificate.pem:67)
+ Test Intermediate I1 (certificate.pem:45)
"""


def test_the_plan_is_shown_and_nothing_written(run: Run) -> None:
    """Each block with its place, what is added, what is left out and why."""
    ran = run(*given(BUNDLE), "--diff", "--out-dir", "new")
    shown = ran.out.replace("+++ new/", "+++ ")

    assert (0, True, False) == (ran.status, shown.startswith(DIFF + "\nchanged:\n"), Path("new").exists())
    assert "aws acm" not in ran.out


def test_what_the_plan_shows_is_not_said_again(run: Run) -> None:
    """That something is left out, or goes into another file."""
    ran = run(*given(BUNDLE), "--diff")

    assert (1, 1) == (ran.out.count("- Test Root R1"), ran.out.count("\n  * "))
    assert "\nchanged:\n  * put the chain in order: Test Intermediate I2 (certificate.pem:67)" in ran.out


DIFF_OF_PKCS12 = """\
--- site.p12
+++ certificate.pem
- PKCS#12 (site.p12): it is taken apart
  www.example.com (site.p12)
--- site.p12
+++ private-key.pem
- pkcs8 RSA_2048 (site.p12): it is rewritten
+ PRIVATE KEY RSA_2048 (site.p12)
--- site.p12
+++ certificate-chain.pem
  Test Intermediate I1 (site.p12)

changed:
  * took certificate, private key and certificate chain out of site.p12
    (PKCS#12)

acm: accepted"""

DIFF_OF_PKCS7 = """\
--- site.p7b
+++ certificate.pem
- PKCS#7 (site.p7b:1): it is taken apart
  www.example.com (site.p7b:1)
--- private-key.pem
+++ private-key.pem
  PRIVATE KEY RSA_2048 (private-key.pem:1)
--- site.p7b
+++ certificate-chain.pem
  Test Intermediate I1 (site.p7b:1)

changed:
  * took certificate and certificate chain out of site.p7b (PKCS#7)

acm: accepted"""


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [("site.p12", "openssl-not-encrypted.p12", DIFF_OF_PKCS12), ("site.p7b", "openssl.p7b", DIFF_OF_PKCS7)],
)
def test_what_is_in_a_container_goes_where_it_belongs(name: str, source: str, expected: str, run: Run) -> None:
    """All that is in it stands at one place of the file; each goes into the file of its own role."""
    Path(name).write_bytes((HERE / "containers" / source).read_bytes())
    Path("private-key.pem").write_text(load_key("rsa-2048-f").pem)
    files = [name] if name == "site.p12" else [name, "private-key.pem"]

    assert expected == run(*files, "--diff", "--at", AT).out[: len(expected)]


def test_a_key_of_the_same_name_and_other_bytes_is_no_equal(run: Run) -> None:
    """Its curve is named now, which the title does not show."""
    ran = run(*given(CASES["key-explicit-curve"]), "--diff")

    assert re.search(r"^- (.*) \(private-key.pem:1\): it is rewritten\n\+ \1 \(private-key.pem:1\)$", ran.out, re.M)


def test_files_that_become_one_are_shown_as_one(run: Run) -> None:
    """In the order in which they are joined, and that they are is a change."""
    case = Case(leaf(issuer=INTERMEDIATE_2), load_key("rsa-2048-f"), None)
    given(case)
    for number, each in ((1, INTERMEDIATE), (2, INTERMEDIATE_2)):
        Path(f"i{number}.pem").write_text(each.pem)
    out = run("i1.pem", "i2.pem", "certificate.pem", "private-key.pem", "--diff", "--at", AT).out

    assert "--- i2.pem, i1.pem\n+++ certificate-chain.pem\n  Test Intermediate I2 (i2.pem:1)\n" in out
    assert "changed:\n  * joined i2.pem and i1.pem into certificate-chain.pem, in this order\n" in out


def test_a_wrapper_that_was_opened_is_a_change(run: Run) -> None:
    """A secret of Kubernetes becomes files, also where it holds only one of them."""
    data = base64.b64encode(leaf().pem.encode() + INTERMEDIATE.pem.encode()).decode()
    secret = {"apiVersion": "v1", "kind": "Secret", "data": {"tls.crt": data}}
    Path("secret.json").write_text(json.dumps(secret))
    Path("key.pem").write_text(load_key("rsa-2048-f").pem)
    Path("leaf.pem").write_text(leaf().pem)
    both = run("secret.json", "key.pem", "--diff", "--at", AT).out
    one = run("secret.json", "key.pem", "leaf.pem", "--diff", "--at", AT).out

    assert "  * took certificate and certificate chain out of secret.json\n" in both
    assert "  * took certificate chain out of secret.json\n" in one


def test_what_is_neither_certificate_nor_key_is_shown_too(run: Run) -> None:
    """EC PARAMETERS are left out."""
    ran = run(*given(CASES["key-ec-parameters-block"]), "--diff")

    assert "- EC PARAMETERS (private-key.pem:1): they are public, and no part of the key\n" in ran.out


def test_a_file_that_is_neither_given_nor_written_is_not_shown(run: Run) -> None:
    """A self-signed certificate has no chain."""
    assert "certificate-chain.pem" not in run(*given(Case(leaf(issuer=None))), "--diff").out


def test_a_long_plan_is_cut(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of thousands of blocks does not fill the terminal."""
    monkeypatch.setattr(fixed, "_MOST", 2)

    assert "\n… and 2 more\n" in run(*given(BUNDLE), "--diff").out


# ---------------------------------------------------------------------------------------------- what stays closed


def container(name: str, file: str) -> str:
    """Copy one of the files that other tools made; return its new name."""
    Path(file).write_bytes((HERE / "containers" / name).read_bytes())
    return file


def words(ran: Ran) -> str:
    """Return what was printed, in one line."""
    return " ".join(ran.out.split())


def locked_zip() -> str:
    """Return an archive whose one entry is encrypted, as far as its header says."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("certificate.pem", leaf().pem)
    octets = bytearray(data.getvalue())
    for signature, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        octets[octets.index(signature) + flags] |= 1
    Path("locked.zip").write_bytes(octets)
    return "locked.zip"


def closed_pkcs12() -> str:
    """Return a container that a passphrase opens."""
    return container("openssl.p12", "site.p12")


def key_store() -> str:
    """Return what pemcheck never opens."""
    Path("site.jks").write_bytes((HERE / "input-is-jks" / "certificate.pem").read_bytes())
    return "site.jks"


@pytest.mark.parametrize(
    ("make", "opens"),
    [
        pytest.param(closed_pkcs12, "--passphrase-file FILE", marks=needs_libcrypto),
        (key_store, "`keytool -importkeystore -srckeystore site.jks"),
        (locked_zip, "`unzip -o locked.zip -d DIR`, which asks for its password"),
    ],
)
@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside a clean submission"])
def test_what_stayed_closed_is_not_called_empty(make: Callable[[], str], opens: str, beside: bool, run: Run) -> None:
    """The certificate may be in it; what opens it is named."""
    given(CASES["clean-rsa-2048"])
    ran = run(make(), *(NAMES if beside else ()), "--diff", "--at", AT)

    looked_into = make is not locked_zip
    assert ((0 if looked_into else 2) if beside else 1, True) == (ran.status, opens in words(ran))
    assert "stays closed" in words(ran)
    assert "there is no certificate" not in words(ran)
    assert "key-missing" not in ran.out


UNSUPPORTED = {
    "pkcs8-camellia.pem": "`openssl pkey -in key.pem -out new-key.pem`",
    "traditional-rsa-camellia.pem": "`openssl pkey -in key.pem -out new-key.pem`",
    "ssh-keygen-encrypted.pem": (
        "`cp key.pem new-key.pem && chmod 600 new-key.pem && ssh-keygen -p -m PEM -N '' -f new-key.pem`"
    ),
}


@pytest.mark.parametrize("name", UNSUPPORTED)
@pytest.mark.parametrize("phrase", [False, True], ids=["without passphrase", "with it"])
def test_what_fix_cannot_open_is_left_to_what_can(
    name: str, phrase: bool, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither ``fix`` nor a passphrase is recommended, and of OpenSSH's keys not openssl, which does not read them."""
    Path("certificate.pem").write_text(leaf().pem)
    Path("phrase").write_text("correct horse")
    files = ["certificate.pem", container(name, "key.pem"), *(["--passphrase-file", "phrase"] if phrase else [])]
    ran = run(*files, "--diff", "--at", AT)
    main([*files, "--at", AT])
    checked = " ".join(capsys.readouterr().out.split())

    assert UNSUPPORTED[name] in words(ran)
    assert (True, False, False) == (
        UNSUPPORTED[name] in checked,
        "pemcheck fix" in checked,
        "needs a passphrase" in checked,
    )
    assert ("openssl pkey -in key.pem" in checked) == ("ssh" not in name)


def test_of_a_key_that_nobody_takes_a_new_one_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    """OpenSSL's form for DSA cannot be converted into anything that helps."""
    key = load_key("dsa-2048").pem
    Path("certificate.pem").write_text(leaf().pem)
    Path("key.pem").write_text(key.replace("PRIVATE KEY", "ANY PRIVATE KEY"))
    main(["certificate.pem", "key.pem", "--at", AT])
    out = " ".join(capsys.readouterr().out.split())

    assert "nothing can be made that the target takes; make a new" in out


@needs_libcrypto
@pytest.mark.parametrize(
    "options",
    [
        ["--passphrase-file", "my phrase"],
        ["--passphrase-env", "PHRASE"],
        ["--passphrase-env", "PHRASE", "--allow-expensive"],
        ["--passphrase-file", "-"],
    ],
)
def test_the_command_repeats_how_the_passphrase_was_given(
    options: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be pasted, except where the passphrase came from what can be read once only."""
    Path("my phrase").write_text("correct horse")
    monkeypatch.setenv("PHRASE", "correct horse")
    with open("my phrase") as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        status = main([closed_pkcs12(), *options, "--at", AT])
    out = capsys.readouterr().out
    shown = shlex.join(options) if options[-1] != "-" else "--passphrase-file FILE"

    assert (1, 2) == (status, out.count(f"`python -m pemcheck fix site.p12 {shown} --out-dir new`"))


@needs_libcrypto
@pytest.mark.parametrize("root", ["--keep-root", "--private-ca"])
def test_what_is_written_needs_no_fix_and_no_passphrase(root: str, run: Run) -> None:
    """The command would open what is open, keep what it is to drop, and write over what it reads."""
    Path("phrase").write_text("test")
    Path("key.pem").write_text(load_key("rsa-encrypted-pkcs8").pem)
    Path("certificate.pem").write_text(leaf().pem)
    Path("chain.pem").write_text(f"{INTERMEDIATE.pem}{ROOT.pem}")
    roles = ["--certificate=certificate.pem", "--private-key=key.pem", "--certificate-chain=chain.pem"]
    ran = run(*roles, "--passphrase-file", "phrase", "--out-dir", "new", root, "--at", AT)

    assert (0, True) == (ran.status, "note: chain-contains-root" in ran.out)
    assert "delete this block; else it may stay, as the last" in words(ran)
    assert [] == [each for each in ("phrase", "pemcheck fix") if each in ran.out]


@needs_libcrypto
def test_what_the_empty_passphrase_opens_needs_no_option(capsys: pytest.CaptureFixture[str]) -> None:
    """There is none for it."""
    main([container("openssl-empty-passphrase.p12", "site.p12"), "--at", AT])

    assert 2 == capsys.readouterr().out.count("`python -m pemcheck fix site.p12 --out-dir new`")


def test_a_name_that_was_typed_is_the_name_in_commands(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever called the console script may have no such module."""
    arguments = [*given(BUNDLE)]
    monkeypatch.setattr(sys, "argv", ["/opt/venv/bin/pemcheck"])
    main(arguments)
    main(["explain", "cert-more-than-one"])
    main(["explain", "answers-disagree"])
    out = capsys.readouterr().out

    assert ("`pemcheck fix --certificate certificate.pem" in out, False) == (True, "python -m pemcheck" in out)


def test_a_library_gets_the_module_in_commands() -> None:
    """And a placeholder for the passphrase that it gave."""
    report = checking.check(BUNDLE.contents()["certificate.pem"], passphrase="x", without_key=True, at=AT)

    assert "`python -m pemcheck fix --certificate certificate --passphrase-file FILE --without-key --out-dir new`" in (
        report.repair
    )


def test_where_there_is_no_libcrypto_fix_is_no_help(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """For AES; openssl is, and installing one."""
    arguments = given(CASES["key-encrypted"])

    def missing() -> Any:
        raise oscrypto_loader.BackendUnavailable("libcrypto-not-found", "none")

    monkeypatch.setattr(oscrypto_loader, "symmetric", missing)
    main(arguments)
    checked = " ".join(capsys.readouterr().out.split())
    remedy = "install OpenSSL's libcrypto, or decrypt a copy with openssl: `openssl pkey -in private-key.pem "

    assert "which takes a libcrypto to undo that is not here" in checked
    assert (True, True, False) == (
        remedy in checked,
        remedy in words(run(*arguments, "--diff")),
        "pemcheck fix --certificate certificate.pem --private-key" in checked,
    )


# ------------------------------------------------------------------------------------------------------- what is lost


@pytest.mark.parametrize("option", ["--diff", "--out-dir=new"])
def test_what_does_not_prove_to_be_intact_is_not_accepted(option: str, run: Run) -> None:
    """What came out of a PKCS#12 file whose MAC is another may not be what was put into it."""
    Path("phrase").write_text("wrong")
    ran = run(container("openssl-not-encrypted.p12", "a.p12"), "--passphrase-file", "phrase", option, "--at", AT)

    assert (2, 0) == (ran.status, ran.out.count("aws acm"))
    assert "acm: undecided (1 warning)\n  input-not-decrypted could not be asked: " in ran.out
    assert "so nobody can tell whether what was written is what was in it" in words(ran)


@pytest.mark.parametrize("option", ["--diff", "--out-dir=new"])
def test_what_was_damaged_and_left_out_leaves_the_verdict_open(option: str, run: Run) -> None:
    """With file and line: it may be what is not needed, and it may be the only intermediate."""
    Path("live").mkdir()
    given(CASES["clean-rsa-2048"], "live/")
    lines = ROOT.pem.splitlines(keepends=True)
    Path("live/z.pem").write_text("".join([*lines[:4], "!" + lines[4][1:], *lines[5:]]))
    ran = run("live", option, "--at", AT)

    assert (2, True) == (ran.status, "acm: undecided (1 warning)\n" in ran.out)
    assert "aws acm" not in ran.out
    assert "live/z.pem:5:1: warning: pem-bad-base64\n" in ran.out
    assert "it is not in what was written" in words(ran)


def test_a_damaged_private_key_that_was_left_out_leaves_the_verdict_open(run: Run) -> None:
    """Nobody can know that it is not the certificate's."""
    names = given(CASES["clean-rsa-2048"])
    lines = Path("private-key.pem").read_text().splitlines(keepends=True)
    Path("private-key.pem").write_text("".join([*lines, *lines[:4], "*" + lines[4][1:], *lines[5:]]))
    ran = run(*names, "--diff")

    assert (2, True) == (ran.status, "acm: undecided" in ran.out)
    assert "it cannot be read" in words(ran)


@pytest.mark.once
@pytest.mark.parametrize("name", NAMES)
def test_what_was_not_looked_at_leaves_the_verdict_open(name: str, run: Run) -> None:
    """Nothing of it is called missing, and no key is left behind when the rest is written."""
    names = given(CASES["clean-rsa-2048"])
    with Path(name).open("a") as file:
        file.write("\n" * (MAX_WORK // PRICE_LINE))
    ran = run(*names, "--out-dir", "new", "--target", "webpki")

    assert (2, True) == (ran.status, "webpki: undecided" in ran.out)
    assert (False, False) == ("-missing" in ran.out, "there is no" in words(ran))
    assert content("new") == {} or "private-key.pem" in content("new")


@pytest.mark.parametrize("file", ["out/certificate.pem", "fileb://out/certificate.pem"])
def test_a_file_of_tags_is_an_input_too(file: str, run: Run) -> None:
    """It is not overwritten, whatever it is called."""
    names = given(CASES["clean-rsa-2048"])
    Path("out").mkdir()
    Path("out/certificate.pem").write_text('[{"Key": "team", "Value": "a"}]')
    source = file if "://" in file else f"file://{file}"
    ran = run(*names, "--tags", source, "--out-dir", "out", "--force")

    assert (2, '[{"Key": "team", "Value": "a"}]') == (ran.status, Path("out/certificate.pem").read_text())


@pytest.mark.parametrize("name", ["pem-marker-malformed", "pem-labels-differ", "der-malformed-but-readable"])
def test_what_was_read_in_spite_of_its_damage_is_not_lost(name: str, run: Run) -> None:
    """It is mended."""
    assert "it is not in what was written" not in words(run(*given(CASES[name]), "--diff"))


def test_a_renewal_that_was_left_out_stays_said(run: Run) -> None:
    """What is written is accepted, and is not what somebody wants who has a newer certificate."""
    ran = run(*given(CASES["cert-newer-without-key"]), "--diff")

    assert (0, 1) == (ran.status, ran.out.count("warning: cert-newer-without-key"))


def test_a_key_that_could_not_be_written_is_not_called_missing(run: Run) -> None:
    """Why it is not there is said, once, and what helps."""
    arguments = [*given(CASES["key-encrypted-openssh"]), "--out-dir", "new"]
    ran = run(*arguments)

    assert (1, 1, 1) == (ran.status, ran.out.count(": error: "), words(ran).count("is encrypted (aes256-ctr)"))
    assert "; it is not in what was written" in words(ran)
    assert ("key not seen" in ran.out, "private-key.pem" in content("new")) == (False, False)
    assert "- OPENSSH PRIVATE KEY RSA_2048 (private-key.pem:1): it cannot be written\n" in run(*arguments, "--diff").out


# ------------------------------------------------------------------------------------------------- --format json


def test_json_has_the_reports_and_what_was_done(run: Run) -> None:
    """The same object as check prints, and ``fix`` beside it."""
    found = json.loads(run(*given(BUNDLE), "--out-dir", "new", "--format", "json").out)
    fix = found["fix"]

    assert (1, "accepted", True) == (found["schema"], found["reports"][0]["verdict"], fix["written"])
    assert ["certificate", "private key", "certificate chain"] == [each["role"] for each in fix["files"]]
    assert {"label": "CERTIFICATE", "title": "www.example.com", "file": "certificate.pem", "line": 1} == (
        {key: fix["files"][0]["blocks"][0][key] for key in ("label", "title", "file", "line")}
    )
    assert [("certificate.pem", 25)] == [(each["file"], each["line"]) for each in fix["dropped"]]
    assert ([4, 0, 1, 0]) == [len(fix[each]) for each in ("changes", "remaining", "commands", "notes")]


# ------------------------------------------------------------------------------------------------ --intermediates


def test_a_folder_completes_the_chain(run: Run) -> None:
    """Whatever else is in it; folders in it are not looked into."""
    arguments = given(Case(leaf(issuer=INTERMEDIATE_3), chain=None))
    Path("cas/deeper").mkdir(parents=True)
    for number, each in enumerate((ROOT, INTERMEDIATE, INTERMEDIATE_2)):
        Path(f"cas/{number}.pem").write_text(each.pem)
    Path("cas/again.pem").write_text(ROOT.pem)
    Path("cas/readme.txt").write_text("nothing")
    Path("cas/deeper/3.pem").write_text("nothing")
    Path("third.der").write_bytes(INTERMEDIATE_3.der)
    ran = run(*arguments, "--intermediates", "cas", "--intermediates", "third.der", "--out-dir", "new")

    assert (0, "") == (ran.status, ran.err)
    assert pem(INTERMEDIATE_3, INTERMEDIATE_2, INTERMEDIATE) == content("new")["certificate-chain.pem"]


@pytest.mark.parametrize(
    ("case", "offer", "says"),
    [
        (Case(leaf(), chain=None), [], "0 certificates looked at, none taken: none is CN=Test Intermediate I1,O=Exam"),
        (Case(leaf(), chain=None), [ROOT], "1 certificate looked at, none taken: none is CN=Test Intermediate I1,O=E"),
        (
            Case(leaf(), chain=None),
            [authority("CN=Test Intermediate I1,O=Example Trust", "rsa-2048-g", ROOT)],
            "1 of them named CN=Test Intermediate I1,O=Example Trust, but without the key that signed",
        ),
        (Case(leaf()), [ROOT, INTERMEDIATE_2], "2 certificates looked at, none taken: no issuer is missing"),
    ],
    ids=["an empty folder", "others", "another key", "nothing missing"],
)
def test_why_nothing_was_taken_of_an_offer_is_said(case: Case, offer: list[Any], says: str, run: Run) -> None:
    """In one sentence."""
    Path("cas").mkdir()
    for number, each in enumerate(offer):
        Path(f"cas/{number}.pem").write_text(each.pem)
    shown = words(run(*given(case), "--diff", "--intermediates", "cas"))

    assert (1, True) == (shown.count("--intermediates: "), says in shown)


def test_a_ca_beside_a_key_is_not_taken_for_the_certificate_without_a_word(run: Run) -> None:
    """The certificate that was issued for the key is what is missing."""
    Path("ca.pem").write_text(INTERMEDIATE.pem)
    Path("key.pem").write_text(load_key("rsa-2048-f").pem)
    ran = run("ca.pem", "key.pem", "--diff", "--at", AT)

    assert "the certificate that was issued for this key seems to be missing" in words(ran)


def test_what_holds_no_certificate_is_said(run: Run) -> None:
    """Of a file that was named."""
    Path("empty.pem").write_text("nothing")
    ran = run(*given(BUNDLE), "--diff", "--intermediates", "empty.pem")

    assert (0, "pemcheck: --intermediates: there is no certificate in empty.pem\n") == (ran.status, ran.err)


def test_a_folder_is_read_up_to_a_limit(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Of files and of certificates, and it says so."""
    monkeypatch.setattr(offered, "MAX_FILES", 2)
    monkeypatch.setattr(offered, "MAX_CERTIFICATES", 1)
    Path("cas").mkdir()
    for number, each in enumerate((ROOT, INTERMEDIATE, INTERMEDIATE_2)):
        Path(f"cas/{number}.pem").write_text(each.pem)
    found, paths = read_offered(["cas"], Budget())

    assert (1, 1) == (len(found), len(paths))
    assert [
        "pemcheck: --intermediates: only the first 2 files of cas are looked at",
        "pemcheck: --intermediates: only the first 1 certificates are looked at",
    ] == capsys.readouterr().err.splitlines()


def test_a_folder_or_a_file_in_it_that_cannot_be_read(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is passed over, the folder was asked for."""
    Path("cas").mkdir()
    Path("cas/1.pem").write_text(ROOT.pem)

    def forbidden(*_: object, **__: object) -> Any:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("builtins.open", forbidden)
        assert ([], []) == read_offered(["cas"], Budget())
    assert "pemcheck: cas/1.pem: permission denied\n" == capsys.readouterr().err
    arguments = given(BUNDLE)
    monkeypatch.setattr(os, "listdir", forbidden)
    assert "pemcheck: cas: permission denied\n" == one_sentence(run(*arguments, "--diff", "--intermediates", "cas"))


# ---------------------------------------------------------------------------------------------------------- secrets


def lines_of(text: str) -> list[str]:
    """Return the lines of a key that must not come out."""
    return [line for line in text.splitlines() if len(line) > 12 and "-----" not in line]


@pytest.mark.parametrize("name", sorted(path.stem for path in KEYS.glob("*.pem")))
@pytest.mark.parametrize("option", ["--diff", "--format=json", "--out-dir=certificate.pem", "--verbose"])
def test_no_output_holds_a_line_of_a_key(name: str, option: str, run: Run) -> None:
    """Whatever the key, whatever goes wrong."""
    text = load_key(name).pem
    ran = run(*given(Case(leaf(), text)), "--out-dir", "new", option)

    assert [] == [line for line in lines_of(text) if line in ran.out + ran.err]


@pytest.mark.parametrize("option", ["--out-dir", "--intermediates", "--certificate"])
def test_a_key_in_the_place_of_a_path_is_not_repeated(option: str, run: Run) -> None:
    """``--out-dir "$(cat key.pem)"`` is a mistake that somebody makes."""
    text = load_key("rsa-2048-f").pem
    ran = run(*given(BUNDLE), "--out-dir", "new", option, text)

    assert [] == [line for line in lines_of(text) if line in ran.out + ran.err]


def test_no_input_is_overwritten_however_it_was_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the home folder, as the passphrase, or as the trust store of the system."""
    arguments = given(BUNDLE)
    monkeypatch.setenv("HOME", str(Path.cwd()))
    monkeypatch.setenv("USERPROFILE", str(Path.cwd()))
    Path("in").mkdir()
    Path("in/certificate-chain.pem").write_text("secret\n")
    certificate = Path(arguments[arguments.index("--certificate") + 1])
    Path("home").mkdir()
    Path("home/certificate.pem").write_bytes(certificate.read_bytes())
    home = [*arguments, "--out-dir", "home", "--force"]
    home[home.index("--certificate") + 1] = "file://~/home/certificate.pem"
    runs = [run(*home), run(*arguments, "--passphrase-file", "in/certificate-chain.pem", "--out-dir", "in", "--force")]
    monkeypatch.setenv("SSL_CERT_FILE", "in/certificate-chain.pem")
    runs.append(run(*arguments, "--out-dir", "in", "--force"))

    assert [2, 2, 2] == [ran.status for ran in runs]
    assert ("secret\n", certificate.read_bytes()) == (
        Path("in/certificate-chain.pem").read_text(),
        Path("home/certificate.pem").read_bytes(),
    )


def test_a_folder_is_not_called_like_a_key(run: Run) -> None:
    """Everybody could read its name."""
    line = load_key("rsa-2048-f").pem.splitlines()[1]
    ran = run(*given(BUNDLE), "--out-dir", line)

    assert "--out-dir: this looks like the content of a key" in one_sentence(ran)
    assert [] == [path.name for path in Path().iterdir() if path.name == line]


@posix
@pytest.mark.parametrize("step", ["open", "write", "fsync", "link"])
def test_no_key_is_left_where_writing_fails(step: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor in the message."""
    arguments = given(BUNDLE)

    opened = os.open

    def fail(*arguments: Any, **options: Any) -> int:
        if step == "open" and not arguments[1] & os.O_CREAT:  # to read
            return opened(*arguments, **options)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, step, fail)
        if step == "link":
            patch.setattr(os, "replace", fail)
        ran = run(*arguments, "--out-dir", "new")

    assert "no space left on device; nothing was written" in one_sentence(ran)
    assert not Path("new").exists()


def test_nothing_of_a_plan_is_shown_by_an_internal_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug is reported without its text."""
    text = load_key("rsa-2048-f").pem

    def fail(*_: object) -> None:
        raise RuntimeError(text)

    monkeypatch.setattr(checking, "judge_all", fail)
    ran = run(*given(BUNDLE), "--out-dir", "new", "-v")

    assert (2, []) == (ran.status, [line for line in lines_of(text) if line in ran.out + ran.err])

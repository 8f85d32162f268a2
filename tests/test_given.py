"""What is given: members of archives by name, folders, one container in several roles, answers that can be pasted."""

from __future__ import annotations

import base64
import io
import json
import shlex
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

import pemcheck
from fixtures import der
from fixtures.build import AT, INTERMEDIATE, INTERMEDIATE_2, ROOT, leaf, load_key, pem
from fixtures.ran import Run, runner
from pemcheck import crypto, members, source
from pemcheck.rules.options import WAYS

CONTAINERS = Path(__file__).resolve().parent.parent / "fixtures" / "containers"
LEAF = leaf(issuer=INTERMEDIATE_2)
KEY = load_key(LEAF.key).pem
CHAIN = INTERMEDIATE_2.pem + INTERMEDIATE.pem
OTHER = leaf(key="rsa-2048-g", issuer=INTERMEDIATE_2, subject="CN=other.example.com", serial=7)
OTHER_KEY = load_key("rsa-2048-g").pem
AVAILABLE = crypto.backend()["unavailable"] is None


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs the command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return runner(capsys)


def write(contents: Mapping[str, str | bytes]) -> None:
    """Write files into the working folder."""
    for name, content in contents.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def secret(name: str, **values: str) -> dict[str, object]:
    """Return a Kubernetes secret; an underscore in a name is its dot."""
    data = {key.replace("_", "."): base64.b64encode(value.encode()).decode() for key, value in values.items()}
    return {"kind": "Secret", "metadata": {"namespace": "prod", "name": name}, "data": data}


def zipped(contents: Mapping[str, str]) -> bytes:
    """Return a ZIP archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in contents.items():
            archive.writestr(name, text)
    return stream.getvalue()


def closed_zip() -> bytes:
    """Return a ZIP archive whose one entry says that it is encrypted."""
    data = bytearray(zipped({"cert.pem": LEAF.pem}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    return bytes(data)


LIST = json.dumps(
    {
        "kind": "List",
        "items": [
            secret("shop", tls_crt=LEAF.pem + CHAIN, tls_key=KEY),
            secret("blog", tls_crt=OTHER.pem + CHAIN, tls_key=OTHER_KEY),
        ],
    }
)
SECRET = json.dumps(secret("shop", tls_crt=LEAF.pem, tls_key=KEY, ca_crt=CHAIN))
PAIRS = {"a": (LEAF.pem, KEY), "b b": (OTHER.pem, OTHER_KEY)}


# ------------------------------------------------------------------------------------ answers that can be pasted


AMBIGUOUS: dict[str, tuple[str, Mapping[str, str | bytes]]] = {
    "lego": (
        "certificates",
        {
            f"certificates/{name}{end}": text
            for name, (own, key) in PAIRS.items()
            for end, text in ((".crt", own + CHAIN), (".issuer.crt", CHAIN), (".key", key), (".json", "{}\n"))
        },
    ),
    "certbot's archive": (
        "archive",
        {
            f"archive/{what}{name}.pem": text
            for name, (own, key) in PAIRS.items()
            for what, text in (("cert", own), ("chain", CHAIN), ("fullchain", own + CHAIN), ("privkey", key))
        },
    ),
    "a list of secrets": ("list.json", {"list.json": LIST}),
    "an archive": (
        "two.zip",
        {
            "two.zip": zipped(
                {
                    f"{name}/{what}": text
                    for name, (own, key) in PAIRS.items()
                    for what, text in (("cert.crt", own), ("ca.crt", CHAIN), ("key.key", key))
                }
            )
        },
    ),
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_every_answer_can_be_pasted(name: str, run: Run) -> None:
    """Each leads to the verdict on the certificate above it, with the options as before."""
    given, contents = AMBIGUOUS[name]
    write(contents)
    asked = run("--at", AT, given, "--target", "alb")
    titles, lines = asked.err.splitlines()[1::2], asked.err.splitlines()[2::2]
    answers = [run(*shlex.split(line)[3:], "--format", "json") for line in lines]
    reports = [json.loads(answer.out) for answer in answers]

    assert (2, 2, "") == (asked.status, len(lines), asked.out)
    assert [title.split(": ")[1].split(",")[0] for title in titles] == [
        report["certificate"]["subject"].split(",")[0].removeprefix("CN=") for report in reports
    ]
    assert [(True, 2, "alb")] * 2 == [
        (report["private_key"]["matches"], len(report["chain"]), report["reports"][0]["target"]) for report in reports
    ]
    wrapped = {"input-is-wrapped"} if contents.keys() == {given} else set()
    assert [wrapped] * 2 == [
        {each["rule"] for each in report["reports"][0]["findings"] if each["severity"] == "error"}
        for report in reports
    ]


def test_an_answer_keeps_the_command(run: Run) -> None:
    """Such as ``fix``, or the AWS command that files stand beside."""
    write({"a": LEAF.pem, "k": KEY, "b": OTHER.pem, "kb": OTHER_KEY})

    files = ("a", "b", "k", "kb")

    assert "\n      python -m pemcheck fix a k --out-dir new\n" in run("fix", *files, "--out-dir", "new").err
    assert "\n      python -m pemcheck aws acm import-certificate a k --region eu-west-1\n" in (
        run("aws", "acm", "import-certificate", "--region", "eu-west-1", *files).err
    )


def test_an_answer_keeps_a_value_that_is_called_like_a_file(run: Run) -> None:
    """It is no file there."""
    write({"a": LEAF.pem, "b": OTHER.pem})

    assert "\n      python -m pemcheck a --replaces b --trusted\n" in run("--replaces", "b", "a", "b", "--trusted").err


def test_an_answer_repeats_no_content(run: Run) -> None:
    """Of a file that was given in the place of its name."""
    write({"a": LEAF.pem, "b": OTHER.pem})
    operation = ("aws", "iam", "upload-server-certificate", "--server-certificate-name", "x")
    ran = run(*operation, "--private-key", load_key("p256-b").pem, "a", "b")

    assert "\n      python -m pemcheck aws iam upload-server-certificate a\n" in ran.err
    assert load_key("p256-b").pem.splitlines()[1] not in ran.err


# ---------------------------------------------------------------------------------------------- CONTAINER!MEMBER


@pytest.mark.parametrize("prefix", ["", "file://", "fileb://./"])
def test_a_member_can_be_named_in_a_role(prefix: str, run: Run) -> None:
    """It is taken alone; that its container is no PEM is one finding."""
    write({"list.json": LIST})
    name = f"{prefix}list.json!prod/shop/tls"
    report = json.loads(run("--certificate", f"{name}.crt", "--private-key", f"{name}.key", "--format", "json").out)
    rules = [each["rule"] for each in report["reports"][0]["findings"] if each["severity"] == "error"]

    assert (True, "rsa", 1) == (
        report["private_key"]["matches"],
        report["private_key"]["public_key"]["kind"],
        rules.count("input-is-wrapped"),
    )
    assert "cert-more-than-one" in rules  # which it is, once it has been taken out


def test_a_member_of_a_variable_can_be_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """CI keeps secrets there."""
    monkeypatch.setenv("SECRET", SECRET)
    out = run("env:SECRET!tls.crt", "env:SECRET!tls.key", "env:SECRET!ca.crt", "--at", AT, "-q").out

    assert "certificate:  env:SECRET!tls.crt:1: www.example.com" in out


def test_the_command_that_repairs_names_the_members_again(run: Run) -> None:
    """Not the whole, in which there are others."""
    write({"list.json": LIST})
    names = ["list.json!prod/shop/tls.crt", "list.json!prod/shop/tls.key"]
    out = run(*names, "--at", AT).out

    assert f"fix {' '.join(map(shlex.quote, names))} --out-dir new`" in " ".join(out.split())
    assert 0 == run("fix", *names, "--at", AT, "--out-dir", "new").status


def test_a_container_is_opened_once_for_its_members(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may change in between."""
    write({"s.json": SECRET})
    opened: list[str] = []
    real = source.read_file

    def counted(name: str, most: int | None = None) -> source.Read:
        opened.append(name)
        return real(name, most)

    monkeypatch.setattr(source, "read_file", counted)
    run("s.json!tls.crt", "s.json!tls.key")

    assert ["s.json!tls.crt", "s.json", "s.json!tls.key"] == opened


def test_a_file_of_exactly_that_name_comes_first(run: Run) -> None:
    """A name may have an exclamation mark."""
    write({"s.json": SECRET, "s.json!tls.crt": OTHER.pem})

    assert "subject:              CN=other.example.com" in run("inspect", "s.json!tls.crt").out


def test_what_cannot_be_read_is_not_looked_for_elsewhere(run: Run) -> None:
    """It is there, by exactly that name."""
    write({"s.json": SECRET})
    Path("s.json!tls.crt").mkdir()

    assert (2, "", "pemcheck: s.json!tls.crt: is a directory\n") == run("--certificate", "s.json!tls.crt")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("s.json!x", "s.json: there is no member of this name in it; there is tls.crt, tls.key, ca.crt"),
        ("many.zip!x", "many.zip: there is no member of this name in it; there is 0, 1, 2, 3, 4, 5, 6, 7 and 4 more"),
        ("a.pem!x", "a.pem: it is no archive or document with a certificate or a key in it"),
        ("none!x", "none!x: no such file or directory"),
        ("folder!x", "folder!x: no such file or directory"),
        ("folder!", "folder!: no such file or directory"),
    ],
)
@pytest.mark.parametrize("option", ["", "--certificate", "--replaces"])
def test_what_is_no_member_is_one_sentence(option: str, given: str, sentence: str, run: Run) -> None:
    """With the names that there are, some of them."""
    write({"s.json": SECRET, "a.pem": LEAF.pem, "folder/a": "", "many.zip": zipped({f"{n}": KEY for n in range(12)})})
    before = {"": [], "--certificate": ["--certificate"], "--replaces": ["--certificate", "a.pem", "--replaces"]}

    assert (2, "", f"pemcheck: {sentence}\n") == run(*before[option], given)


def test_no_two_members_have_one_name() -> None:
    """Each can be asked for."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in ("a", "a (2)"):
            archive.writestr(name, KEY)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a", KEY)
    found = members.members(stream.getvalue())

    assert ["a", "a (2)", "a (3)"] == [each.name for each in found.members] if found else None


# ------------------------------------------------------------------------------------- one container, several roles


@pytest.mark.parametrize("with_chain", [False, True])
@pytest.mark.parametrize("sort", ["secret", "zip"])
def test_a_wrapper_in_several_roles_is_taken_apart_once(sort: str, with_chain: bool, run: Run) -> None:
    """And counted once."""
    write({"c": SECRET if sort == "secret" else zipped({"cert": LEAF.pem, "key": KEY, "ca": CHAIN + ROOT.pem})})
    roles = ["--certificate", "c", "--private-key", "c", *(["--certificate-chain", "c"] if with_chain else [])]
    ran = run(*roles, "--at", AT, "--format", "concise", "-q")

    assert ["c: error: input-is-wrapped", "acm: refused (1 error)"] == [
        line.rpartition(": this")[0] or line.split(", 1 note")[0].rstrip(")") + ")" for line in ran.out.splitlines()
    ]


def test_a_container_with_a_passphrase_in_several_roles_is_one(run: Run) -> None:
    """Closed as well as open."""
    write({"d.pfx": (CONTAINERS / "openssl-rc4.p12").read_bytes(), "phrase": "correct horse"})
    roles = ["--certificate", "d.pfx", "--private-key", "d.pfx", "--at", AT, "--format", "concise", "-q"]
    closed, opened = run(*roles), run(*roles, "--passphrase-file", "phrase")

    assert ["input-is-pkcs12", "input-not-decrypted"] == [line.split(": ")[2] for line in closed.out.splitlines()[:-1]]
    assert 1 == opened.out.count("input-is-pkcs12")
    assert "cert-missing" not in opened.out


def test_a_container_without_a_key_in_its_role_is_told(run: Run) -> None:
    """It was given as the key, and has none."""
    write({"c": json.dumps(secret("shop", tls_crt=LEAF.pem))})
    out = run("--certificate", "c", "--private-key", "c", "--at", AT, "--format", "concise").out

    assert "key-missing: there is no private key; the private key input holds a certificate" in out


def test_a_combined_file_in_two_roles_has_each_fault_once(run: Run) -> None:
    """What is counted is what is printed."""
    write({"all": f"hello\n{LEAF.pem}{KEY}".replace("\n", " \n", 1)})
    ran = run("--certificate", "all", "--private-key", "all", "--at", AT, "--format", "json")
    findings = [(each["rule"], each["line"]) for each in json.loads(ran.out)["reports"][0]["findings"]]

    assert sorted(set(findings), key=str) == sorted(findings, key=str)
    assert {"cert-contains-key", "key-contains-cert"} <= {rule for rule, _ in findings}


# ------------------------------------------------------------------------------------------------- what stays closed


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("store.jks", b"\xfe\xed\xfe\xed" + bytes(40), "input-is-jks"),
        ("closed.zip", closed_zip(), "pem-nothing-found"),
        ("damaged.zip", b"PK\x03\x04", "pem-nothing-found"),
        ("secret.yaml", b"kind: Secret\ndata:\n  tls.crt: LS0tLS1CRUdJTi\n", "pem-nothing-found"),
    ],
)
@pytest.mark.parametrize("option", [[], ["--certificate"]])
def test_what_was_not_looked_into_is_not_called_missing(
    option: list[str], name: str, content: bytes, rule: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That it was not is the one finding; refused, since this cannot be imported."""
    monkeypatch.setattr(members, "is_available", lambda: False)
    write({name: content})
    ran = run(*option, name, "--at", AT, "--format", "concise")

    assert (1, [rule]) == (ran.status, [line.split(": ")[2] for line in ran.out.splitlines()[:-1]])


def test_a_key_store_in_a_folder_is_what_was_given(run: Run) -> None:
    """Where nothing else is there; beside certificate and key it is no fault."""
    store = b"\xfe\xed\xfe\xed" + bytes(40)
    write({"store.jks": store})
    alone = run(".", "--at", AT, "--format", "concise")
    write({"certificate.pem": LEAF.pem, "private-key.pem": KEY, "certificate-chain.pem": INTERMEDIATE_2.pem})
    beside = run(".", "--at", AT, "--format", "concise")

    assert (1, ["input-is-jks"]) == (alone.status, [line.split(": ")[2] for line in alone.out.splitlines()[:-1]])
    assert (0, False) == (beside.status, "input-is-jks" in beside.out)


def test_a_closed_archive_says_what_it_was_not_looked_into_for(run: Run) -> None:
    """It is not said that there is nothing in it."""
    write({"closed.zip": closed_zip()})

    assert "that stays closed: cert.pem (encrypted: take it out" in (
        " ".join(run("closed.zip").out.split())
    )


def test_what_is_not_in_the_files_is_called_so(run: Run) -> None:
    """Files were given."""
    write({"a": LEAF.pem, "b": CHAIN})

    assert "key-missing: there is no private key; none is in what was given" in run("a", "b", "--format", "concise").out


# ----------------------------------------------------------------------------------------------------------- folders


@pytest.mark.parametrize("command", [[], ["inspect"], ["fix", "--diff"]], ids=["check", "inspect", "fix"])
@pytest.mark.parametrize("readme", [{}, {"live/README": "hello\n"}], ids=["folders", "folders and README"])
def test_a_folder_of_folders_names_them(readme: dict[str, str], command: list[str], run: Run) -> None:
    """They are what to pass; status 2."""
    write({**readme, **{f"live/{name}/cert.pem": LEAF.pem for name in ("b\x1bb", "a.example.com", ".hidden")}})
    reason = "there is no certificate or private key in its files" if readme else "there is no file in this directory"

    sentence = f"live: {reason}; name one of the folders in it: live/a.example.com, live/b\\u{{001b}}b"

    assert (2, "", f"pemcheck: {sentence}\n") == run(*command, "live")


def test_many_folders_are_not_all_named(run: Run) -> None:
    """Whoever has hundreds knows them."""
    write({f"live/{n:03}/cert.pem": "" for n in range(100)})

    assert run("live").err.endswith("live/006, live/007 and 92 more\n")


def test_a_folder_with_nothing_in_its_files_cannot_be_judged(run: Run) -> None:
    """Nor where there is no folder in it."""
    write({"here/README": "hello\n", "here/empty": ""})

    assert (2, "", "pemcheck: here: there is no certificate or private key in its files\n") == run("here")


def test_a_folder_with_damage_is_judged(run: Run) -> None:
    """It may be what is wanted."""
    write({"here/README": "hello\n", "here/key": KEY[:500]})

    assert (1, True) == ((ran := run("here")).status, ": error: pem-marker-malformed" in ran.out)


def test_a_pattern_of_the_shell_finds_what_is_of_no_use(run: Run) -> None:
    """It is listed, and no fault."""
    write(
        {
            "live/cert.pem": LEAF.pem,
            "live/chain.pem": CHAIN,
            "live/privkey.pem": KEY,
            "live/README": "This directory contains your keys\n",
            "live/x.csr.conf": "[ req_distinguished_name ]\n",
        }
    )
    ran = run(*sorted(map(str, Path("live").iterdir())), "--at", AT, "-q")

    assert (0, 2) == (ran.status, ran.words.count(", with nothing in it to import"))


def test_a_single_file_that_holds_nothing_is_an_error(run: Run) -> None:
    """It was meant."""
    write({"README": "hello\n"})

    assert (1, True) == ((ran := run("README")).status, "error: pem-nothing-found" in ran.out)


# ----------------------------------------------------------------------------------------------------------- inspect


def test_inspect_takes_a_folder(run: Run) -> None:
    """As check does: what holds nothing was only found there."""
    write({"live/README": "hello\n", "live/cert.pem": LEAF.pem, "live/privkey.pem": KEY, "a.pem": CHAIN})
    ran = run("inspect", "live", "a.pem", "--format", "json")

    assert (0, "", ["live/cert.pem", "live/privkey.pem", "a.pem", "a.pem"]) == (
        ran.status,
        ran.err,
        [each["file"] for each in json.loads(ran.out)["objects"]],
    )


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("store.jks", b"\xfe\xed\xfe\xed" + bytes(40), "store.jks: input-is-jks: a Java key store, which is not"),
        ("d.pfx", None, "d.pfx: input-not-decrypted: it needs a passphrase, and none was given"),
        ("closed.zip", closed_zip(), "closed.zip: pem-nothing-found: a ZIP archive of which not everything could be "),
    ],
)
def test_inspect_says_what_stays_closed(name: str, content: bytes | None, complaint: str, run: Run) -> None:
    """With status 2, whatever else could be said of it."""
    write({name: (CONTAINERS / "openssl-rc4.p12").read_bytes() if content is None else content})
    ran = run("inspect", name)

    assert (2, f"pemcheck: {complaint}") == (ran.status, ran.err[: len(f"pemcheck: {complaint}")])


def request(*attributes: bytes) -> bytes:
    """Return a certificate request with these attributes; nobody verifies its signature."""
    info = der.sequence(der.integer(0), LEAF.subject, load_key(LEAF.key).spki, der.context(0, *attributes))
    algorithm = der.sequence(der.oid("1.2.840.113549.1.1.11"), der.NULL)
    return der.sequence(info, algorithm, der.bits(bytes(256)))


def asking_for(attribute: str, *extensions: bytes) -> bytes:
    """Return an attribute that asks for *extensions*."""
    return der.sequence(der.oid(attribute), der.set_of(der.sequence(*extensions)))


NAMES = der.sequence(
    der.oid("2.5.29.17"),
    der.octets(der.sequence(b"\x82\x0da.example.com", b"\x87\x04\x01\x02\x03\x04")),
)
USAGE = der.sequence(der.oid("2.5.29.15"), der.boolean(True), der.octets(b"\x03\x02\x05\xa0"))


@pytest.mark.parametrize("attribute", ["1.2.840.113549.1.9.14", "1.3.6.1.4.1.311.2.1.14"])
def test_inspect_shows_the_names_that_a_request_asks_for(attribute: str, run: Run) -> None:
    """They are what it is about."""
    other = der.sequence(der.oid("1.2.840.113549.1.9.7"), der.set_of(der.octets(b"challenge")))
    write({"r.csr": pem("CERTIFICATE REQUEST", request(other, asking_for(attribute, USAGE, NAMES)))})

    assert "    names:                DNS:a.example.com, IP:1.2.3.4\n" in run("inspect", "r.csr").out


@pytest.mark.parametrize(
    ("attributes", "unread"),
    [
        ((), []),
        ((asking_for("1.2.840.113549.1.9.14", USAGE),), []),
        ((der.sequence(der.NULL),), ["subject_alt_names"]),
        ((asking_for("1.2.840.113549.1.9.14", der.sequence(der.oid("2.5.29.17"), der.octets(b"\x30"))),), None),
    ],
    ids=["none", "other extensions", "no attribute", "no names"],
)
def test_a_request_may_ask_for_none(attributes: tuple[bytes, ...], unread: list[str] | None, run: Run) -> None:
    """Names that cannot be read are absent and said to be unread."""
    write({"r.csr": pem("CERTIFICATE REQUEST", request(*attributes))})
    (found,) = json.loads(run("inspect", "r.csr", "--format", "json").out)["objects"]

    assert (None, ["subject_alt_names"] if unread is None else unread) == (found["subject_alt_names"], found["unread"])


# ------------------------------------------------------------------------------------------------------- --replaces


def test_a_container_can_be_replaced(run: Run) -> None:
    """It is the certificate in it that is, not the first of its CAs."""
    write({"old.zip": zipped({"a-ca.crt": CHAIN, "cert.crt": OTHER.pem}), "c": LEAF.pem, "k": KEY, "i": CHAIN})
    out = run("c", "k", "i", "--replaces", "old.zip", "--at", AT, "--format", "json").out

    assert "CN=other.example.com" == json.loads(out)["replaces"]["subject"].split(",")[0]


def test_a_member_can_be_replaced(run: Run) -> None:
    """By its name."""
    write({"list.json": LIST, "c": LEAF.pem, "k": KEY, "i": CHAIN})
    out = run("c", "k", "i", "--replaces", "list.json!prod/blog/tls.crt", "--at", AT, "--format", "json").out

    assert "CN=other.example.com" == json.loads(out)["replaces"]["subject"].split(",")[0]


def test_passphrases_open_what_is_replaced_too(run: Run) -> None:
    """Else it is said why there is nothing to replace."""
    write({"old.pfx": (CONTAINERS / "openssl-rc4.p12").read_bytes(), "phrase": "correct horse", "c": LEAF.pem})
    arguments = ["--certificate", "c", "--replaces", "old.pfx", "--at", AT, "--format", "json"]
    closed, opened = run(*arguments), run(*arguments, "--passphrase-file", "phrase")

    assert (
        "pemcheck: old.pfx: there is no certificate in it that can be read, so nothing to replace: it needs a "
        "passphrase, and none was given\n"
    ) == closed.err
    assert "replaces" in json.loads(opened.out)


def test_of_cas_alone_the_first_is_replaced(run: Run) -> None:
    """Nothing else is in it."""
    write({"old.zip": zipped({"ca.crt": ROOT.pem}), "c": LEAF.pem})
    out = run("--certificate", "c", "--replaces", "old.zip", "--at", AT, "--format", "json").out

    assert "CN=Test Root R1" == json.loads(out)["replaces"]["subject"].split(",")[0]


# -------------------------------------------------------------------------------------------- encrypted OpenSSH keys


def test_an_encrypted_openssh_key_of_another_certificate_does_not_match(run: Run) -> None:
    """It states its public half in the clear."""
    write({"c": LEAF.pem, "k": (CONTAINERS / "ssh-keygen-encrypted.pem").read_bytes()})
    ran = run("--certificate", "c", "--private-key", "k", "--at", AT, "--format", "json")

    assert (False, ["arithmetic"]) == tuple(json.loads(ran.out)["private_key"][each] for each in ("matches", "proof"))
    assert '"key-does-not-match"' in ran.out


@pytest.mark.parametrize("roles", [True, False], ids=["named", "sorted"])
def test_an_encrypted_openssh_key_seems_to_match(roles: bool, run: Run) -> None:
    """Its secret half was not seen."""
    write({"c": leaf(key="p521-a").pem, "k": (CONTAINERS / "ssh-keygen-encrypted.pem").read_bytes()})
    arguments = ["--certificate", "c", "--private-key", "k"] if roles else ["c", "k"]
    as_json = run(*arguments, "--at", AT, "--format", "json").out
    text = " ".join(run(*arguments, "--at", AT).out.split())
    checks = [each for each in json.loads(as_json)["reports"][0]["checks"] if each["rule"] == "key-does-not-match"]

    assert (None, ["skip"]) == (json.loads(as_json)["private_key"]["matches"], [each["outcome"] for each in checks])
    assert "states the certificate's public key (inferred: the rest is encrypted)" in text


@pytest.mark.once
def test_help_and_library_name_every_way_to_import(run: Run) -> None:
    """Nobody has to type a wrong one to see the others."""
    assert [] == [way for way in WAYS if way not in run("--help-all").out.partition("--via HOW")[2][:120]]
    assert [] == [way for way in WAYS if f'``"{way}"``' not in str(pemcheck.check.__doc__)]

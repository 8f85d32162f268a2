"""The library, as its users were promised it."""

from __future__ import annotations

import copy
import inspect as python_inspect
import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone, tzinfo
from enum import Enum
from itertools import permutations
from pathlib import Path
from typing import Any, Callable, NamedTuple

import pytest

import pemcheck
from fixtures import der
from fixtures.build import AT, Case, certificate, certificate_request, leaf, load_key, pem, pkcs7
from fixtures.generate import CASES
from fixtures.judged import TYPICAL
from pemcheck import Verdict, checking, gathering, source
from pemcheck.cli import main
from pemcheck.value import Value

CERTIFICATE, KEY, CHAIN = (CASES["clean-rsa-2048"].contents()[f"{name}.pem"] for name in (
    "certificate", "private-key", "certificate-chain"
))  # fmt: skip
NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
PUBLIC = [name for name in pemcheck.__all__ if name != "__version__"]


class NoOffset(tzinfo):
    """A time zone that does not know its offset: Python calls such a time naive."""

    def utcoffset(self, moment: datetime | None) -> None:
        return None

    def dst(self, moment: datetime | None) -> None:
        return None

    def tzname(self, moment: datetime | None) -> None:
        return None


def good(**changes: Any) -> pemcheck.Report:
    """Return the report on a submission without a fault, changed."""
    arguments = {"certificate": CERTIFICATE, "private_key": KEY, "chain": CHAIN, "at": AT, **changes}
    return pemcheck.check(**arguments)


def rules(report: pemcheck.Report) -> list[str]:
    """Return the names of the rules that failed."""
    return [finding.rule for finding in report.findings]


def check_case(case: Case) -> pemcheck.Report:
    """Return the report on a fixture."""
    files = case.contents()
    parts = [files.get(f"{name}.pem") for name in ("certificate", "private-key", "certificate-chain")]
    return pemcheck.check(parts[0], parts[1], parts[2], target=case.target, at=case.at)


def values(root: object) -> Iterator[Value]:
    """Yield every frozen value that can be reached from *root*."""
    if isinstance(root, Value):
        yield root
        for each in vars(root).values():
            yield from values(each)
    elif isinstance(root, (tuple, frozenset)):
        for each in root:
            yield from values(each)


# ------------------------------------------------------------------------------------------------ the verdict


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("clean-rsa-2048", Verdict.ACCEPTED),
        ("cert-allows-client-auth", Verdict.ACCEPTED),
        ("cert-expired", Verdict.REFUSED),
        ("chain-by-unknown-algorithm", Verdict.UNDECIDED),
    ],
)
def test_the_verdict_is_one_of_three(name: str, verdict: Verdict) -> None:
    """Notes and warnings accept, errors refuse, what cannot be asked leaves undecided."""
    assert verdict is check_case(CASES[name]).verdict


@pytest.mark.parametrize("name", TYPICAL)
def test_findings_stand_worst_first(name: str) -> None:
    """An error never follows a note."""
    ranks = [finding.severity.rank for finding in check_case(CASES[name]).findings]

    assert sorted(ranks) == ranks


@pytest.mark.parametrize("name", TYPICAL)
def test_the_verdict_follows_from_findings_and_checks(name: str) -> None:
    """Refused by any error; else undecided if an error rule was skipped; else accepted."""
    report = check_case(CASES[name])
    errors = [finding for finding in report.findings if finding.severity is pemcheck.Severity.ERROR]
    skipped = [
        check
        for check in report.checks
        if (check.outcome, check.severity) == (pemcheck.Outcome.SKIP, pemcheck.Severity.ERROR)
    ]

    expected = Verdict.REFUSED if errors else Verdict.UNDECIDED if skipped else Verdict.ACCEPTED
    assert expected is report.verdict


def test_nothing_at_all_is_refused() -> None:
    """Without any argument there is no certificate and no key."""
    assert ["cert-missing", "key-missing"] == rules(pemcheck.check())


def test_the_key_may_be_elsewhere() -> None:
    """``without_key`` asks no rule about the key."""
    assert Verdict.ACCEPTED is good(private_key=None, without_key=True).verdict


def test_without_the_users_word_a_missing_key_is_a_finding() -> None:
    """None means not given."""
    assert ["key-missing"] == rules(good(private_key=None))


@pytest.mark.parametrize(("hostname", "expected"), [("example.com", []), ("x.test", ["cert-does-not-cover-hostname"])])
def test_hostnames_must_be_covered(hostname: str, expected: list[str]) -> None:
    """Each name that the certificate shall serve is looked for in it."""
    assert expected == rules(good(hostnames=[hostname]))


@pytest.mark.parametrize(("days", "expected"), [(213, []), (215, ["cert-expires-soon"])])
def test_how_early_expiry_is_told_can_be_chosen(days: int, expected: list[str]) -> None:
    """``expires_within`` counts from the moment that is judged for."""
    assert expected == rules(good(expires_within=timedelta(days=days)))


def test_findings_use_the_names_that_they_are_given() -> None:
    """``names`` are what the inputs are called."""
    report = good(certificate=b"", names=("a.pem", "b.pem", "c.pem"))

    assert {"a.pem"} == {finding.at.file for finding in report.findings if finding.rule == "input-empty"}


def test_a_target_can_be_passed_itself() -> None:
    """A Target is as good as its name."""
    from pemcheck.targets import get

    assert good() == good(target=get("acm"))


# --------------------------------------------------------------------------------------------- kinds of input

FORMS: dict[str, Callable[[bytes], Any]] = {
    "bytes": bytes,
    "str": bytes.decode,
    "bytearray": bytearray,
    "memoryview": memoryview,
    "part of a memoryview": lambda data: memoryview(b"".join(bytes((byte, 0)) for byte in data))[::2],
}


@pytest.mark.parametrize("form", FORMS)
def test_bytes_and_text_are_the_same(form: str) -> None:
    """Whatever the content comes in, the report is the same."""
    make = FORMS[form]

    assert good() == good(certificate=make(CERTIFICATE), private_key=make(KEY), chain=make(CHAIN))


@pytest.mark.parametrize("name", ["certificate", "private_key", "chain"])
def test_bytes_are_copied(name: str) -> None:
    """What the caller does with a buffer afterwards changes no report."""
    buffer = bytearray({"certificate": CERTIFICATE, "private_key": KEY, "chain": CHAIN}[name])
    report = good(**{name: buffer})
    before = report.to_dict()
    buffer[:] = bytes(len(buffer))

    assert before == report.to_dict()


@pytest.mark.parametrize("text", ["", "\0", "\ud800", "🔒", "-----BEGIN CERTIFICATE-----\udcff"])
def test_no_text_makes_it_raise(text: str) -> None:
    """Not even what is no Unicode, such as half of a surrogate pair."""
    assert Verdict.REFUSED is good(certificate=text).verdict


def test_text_that_stands_for_bytes_is_read_as_them() -> None:
    """What was decoded with ``surrogateescape`` comes back as it was."""
    data = b"Gr\xfc\xdfe\n" + CHAIN

    assert good(chain=data) == good(chain=data.decode("utf-8", "surrogateescape"))


@pytest.mark.parametrize("name", TYPICAL)
def test_der_and_pem_say_the_same_facts(name: str) -> None:
    """``inspect`` reads bare DER as it reads PEM."""
    data = CASES[name].contents().get("certificate.pem", b"")
    found = [each for each in pemcheck.inspect(data) if isinstance(each, pemcheck.Certificate)]
    moved = [pemcheck.inspect(each.der)[0].replace(at=each.at) for each in found if not each.trailing]

    assert [each for each in found if not each.trailing] == moved


# -------------------------------------------------------------------------------------------------- the moment


@pytest.mark.parametrize(
    "at",
    [
        NOON,
        NOON.replace(tzinfo=None),
        NOON.replace(tzinfo=NoOffset()),
        NOON.astimezone(timezone(timedelta(hours=-5, minutes=-30))),
        "2026-11-23T12:00:00Z",
        "2026-11-23T12:00:00z",
        "2026-11-23t12:00:00+00:00",
        "2026-11-23 12:00",
        "2026-11-23T12:00:00.000Z",
        "2026-11-23T12:00:00,5Z",
        "2026-11-23T14:00:00+02:00",
        "2026-11-23T14:00:00+0200",
        "2026-11-23T14:00:00+02",
        "2026-11-23T06:30:00-05:30",
        "2026-11-24T11:59+23:59",
        " 2026-11-23T12:00:00 Z\n",
    ],
    ids=repr,
)
def test_every_spelling_of_a_moment_is_the_same(at: datetime | str) -> None:
    """``Z`` and naive mean UTC, an offset is subtracted."""
    assert "2026-11-23T12:00:00Z" == good(at=at).to_dict()["checked_at"]


def test_a_date_is_its_first_moment() -> None:
    """Midnight, UTC."""
    assert datetime(2026, 11, 23, tzinfo=timezone.utc) == good(at="2026-11-23").checked_at


def test_the_moment_is_now_unless_it_is_said() -> None:
    """To the second, UTC."""
    before = datetime.now(timezone.utc).replace(microsecond=0)

    assert before <= good(at=None).checked_at <= datetime.now(timezone.utc)


@pytest.mark.parametrize("at", ["0001-01-01", "9999-12-31T23:59:59Z", datetime.min, datetime.max], ids=repr)
def test_no_moment_is_too_far_away(at: datetime | str) -> None:
    """The ends of the calendar are moments like others."""
    assert Verdict.REFUSED is good(at=at).verdict


@pytest.mark.parametrize(
    "at",
    [
        "",
        "now",
        "tomorrow",
        "2026",
        "2026-11",
        "23.11.2026",
        "2026-11-23T",
        "2026-11-23T12",
        "2026-11-23T12:00:00Zulu",
        "2026-11-23T12:00:00+2",
        "2026-11-23T12:00:00+02:60",
        "٢٠٢٦-١١-٢٣",
        "2026-02-29",
        "2026-13-01",
        "2026-11-23T24:00",
        "2026-11-23T12:60",
        "2026-11-23T12:00:00+24:00",
        "0000-01-01",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        datetime.min.replace(tzinfo=timezone(timedelta(hours=1))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))),
        "\x1b[2J" * 1000,
    ],
    ids=ascii,
)
def test_what_is_no_moment_is_a_value_error(at: datetime | str) -> None:
    """One short printable sentence says so."""
    with pytest.raises(ValueError, match="is not a time") as caught:
        good(at=at)

    assert (ValueError, True) == (caught.type, str(caught.value).isprintable() and len(str(caught.value)) < 150)


# ------------------------------------------------------------------------------------------- a caller's mistake


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        *((name, value) for name in ("certificate", "private_key", "chain") for value in (1, 1.5, [], [b""], object)),
        *(("target", value) for value in (None, b"acm", 1, ["acm"])),
        *(("at", value) for value in (1, 1.5, b"2026-11-23", date(2026, 11, 23), NOON.time())),
        *(("hostnames", value) for value in (None, 1, "example.com", b"example.com", [b"example.com"], [None])),
        *(("expires_within", value) for value in (None, 30, "30d")),
        *(("without_key", value) for value in (None, 0, "no")),
        *(("names", value) for value in (("a", "b"), ("a", "b", None), "ab", (), "abc", {"a", "b", "c"}, iter("abc"))),
        *(("tags", value) for value in (1, "ab", ["ab"], [{"a", "b"}], [("a",)], {"a": 1})),
    ],
    ids=lambda value: repr(value).partition(" at 0x")[0],
)
def test_an_argument_of_another_type_is_a_type_error(argument: str, value: object) -> None:
    """The exception names the argument, so that the caller finds it."""
    with pytest.raises(TypeError, match=argument.replace("hostnames", "hostname")):
        good(**{argument: value})


def test_the_argument_is_named_not_the_file() -> None:
    """The mistake is in the code that calls, whatever the file is called."""
    with pytest.raises(TypeError, match=r"^private_key must be bytes, str or a path, not int$"):
        good(private_key=1, names=("a", "b", "c"))


@pytest.mark.parametrize("arguments", [(None,), (1,), ([],), (b"", None), (b"", 1)], ids=repr)
def test_inspect_wants_bytes(arguments: tuple[Any, ...]) -> None:
    """Anything else is the caller's mistake."""
    with pytest.raises(TypeError, match=r"(data|name) must be "):
        pemcheck.inspect(*arguments)


def test_a_mistake_does_not_quote_the_value() -> None:
    """It may be a key in the wrong wrapping."""
    with pytest.raises(TypeError) as caught:
        good(private_key=[KEY])

    assert "BEGIN" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("acn", "did you mean acm?"), ("acm-2017", "did you mean acm-2017-cli?"), ("azure", "there are acm, ")],
)
def test_an_unknown_target_gets_a_hint(name: str, hint: str) -> None:
    """The nearest name, or else all of them."""
    with pytest.raises(pemcheck.TargetError) as caught:
        good(target=name)

    assert hint in str(caught.value)


def test_an_unknown_target_is_a_value_error() -> None:
    """Whoever catches ValueError catches it."""
    with pytest.raises(ValueError, match="there is no target ''"):
        good(target="")


def test_mistakes_are_found_before_anything_is_read() -> None:
    """A wrong target is told whatever the bytes are."""
    with pytest.raises(pemcheck.TargetError):
        pemcheck.check(b"\0" * 10, target="nowhere")


@pytest.mark.parametrize("make", [iter, list, set, lambda names: (each for each in names)])
def test_names_are_looked_for_whatever_they_come_in(make: Callable[[Any], Any]) -> None:
    """What can be read once only is not used up by looking whether it holds names."""
    assert ["cert-does-not-cover-hostname"] == rules(good(hostnames=make(["x.test"])))


def test_tags_are_judged_whatever_they_come_in() -> None:
    """Twice the same key is too much, in an iterator too."""
    pairs = [("Key", "1"), ("Key", "2")]
    assert [["tags-out-of-limits"]] * 2 == [rules(good(tags=tags)) for tags in (pairs, iter(pairs))]


LONG = "a" * 63


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        (f"{LONG}.example", True),
        (f"{LONG}a.example", False),
        (f"{LONG}.{LONG}.{LONG}.{LONG[2:]}", True),
        (f"{LONG}.{LONG}.{LONG}.{LONG[2:]}.", True),
        (f"{LONG}.{LONG}.{LONG}.{LONG[1:]}", False),
        (f"{LONG}.{LONG}.{LONG}.{LONG[2:]}..", False),
        (".", False),
        ("2001:db8::1", True),
    ],
)
def test_no_hostname_is_longer_than_dns_has_them(name: str, is_one: bool) -> None:
    """63 characters a label, 253 in all, not counting a dot at the end."""
    if is_one:
        assert ["cert-does-not-cover-hostname"] == rules(good(hostnames=[name]))
        return
    with pytest.raises(ValueError, match="is neither a hostname nor an IP address"):
        good(hostnames=[name])


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"demands": "xx"}, TypeError, "a target's demands must be tuple of Demand"),
        ({"demands": ("xx",)}, TypeError, "a target's demands must be tuple of Demand"),
        ({"key_algorithms": "RSA_2048"}, TypeError, "a target's key_algorithms must be tuple of str"),
        ({"max_chain_bytes": "many"}, TypeError, "a target's max_chain_bytes must be int"),
        ({"title": None}, TypeError, "a target's title must be str"),
        ({"rule": "no-such-rule"}, pemcheck.TargetError, "the target demands a rule that there is not: 'no-such-rule'"),
        ({"severity": "error"}, TypeError, "a demand's severity must be Severity, its evidence Evidence"),
    ],
    ids=str,
)
def test_a_target_of_ones_own_is_looked_at(changes: dict[str, Any], error: type[Exception], message: str) -> None:
    """What cannot be asked is a mistake, not a crash."""
    from pemcheck.targets import get

    own = get("acm")
    changed = set(changes) <= set(own._fields)
    demands = own.demands if changed else (*own.demands, own.demands[0].replace(**changes))
    with pytest.raises(error, match=f"^{message}$"):
        good(target=own.replace(**changes) if changed else own.replace(demands=demands))


@pytest.mark.parametrize("way", ["cloudformation", " CloudFormation\n"])
def test_a_way_to_import_may_be_spelled_as_its_name(way: str) -> None:
    """Capitals and white space around it do not matter."""
    assert ["cloudformation-cannot-import"] == rules(good(via=way))


def test_an_unknown_way_to_import_is_a_value_error() -> None:
    """A misspelt word must not pass for one about which nothing is known."""
    with pytest.raises(ValueError, match=r"^via: 'cloudfromation' is no known way to import; there are api, "):
        good(via="cloudfromation")


@pytest.mark.parametrize("arn", ["x", "arn:aws:iam::123456789012:server-certificate/x", " "])
def test_the_arn_that_proves_ownership_is_one(arn: str) -> None:
    """It names a certificate in ACM, as --certificate-arn does."""
    with pytest.raises(ValueError, match=r"^the ownership certificate's ARN '.*' is no ARN of a certificate in ACM$"):
        good(ownership_certificate_arn=arn)


@pytest.mark.parametrize(
    "first",
    [
        CERTIFICATE.replace(b"M", b"!", 1),
        CERTIFICATE[:300] + b"\n",
        pem("CERTIFICATE", b"0\x03\x02\x01").encode(),
        pem("CERTIFICATE", b"0\0").encode(),
    ],
    ids=["base64", "cut off", "der", "no certificate"],
)
def test_the_certificate_to_replace_is_not_another(first: bytes) -> None:
    """Where the first one is damaged, the second is not taken for it."""
    with pytest.raises(ValueError, match=r"^replaces: line \d+: what stands before its first .* is damaged \("):
        good(replaces=first + CHAIN)


@pytest.mark.parametrize("before", [KEY, b"Bag Attributes\n"])
def test_what_is_no_certificate_may_stand_before_the_one_to_replace(before: bytes) -> None:
    """A combined file, or text."""
    assert Verdict.ACCEPTED is good(replaces=before + CERTIFICATE).verdict


# ------------------------------------------------------------------------------------------------ public names


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_there(name: str) -> None:
    """What ``__all__`` lists can be had."""
    assert name == getattr(pemcheck, name).__name__


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_documented(name: str) -> None:
    """There is a docstring of its own."""
    assert (vars(getattr(pemcheck, name)).get("__doc__") or getattr(pemcheck, name).__doc__ or "").strip()


def test_public_names_are_listed() -> None:
    """``dir()`` shows them before their first use; so do completions."""
    command = [sys.executable, "-c", "import pemcheck; print(*set(pemcheck.__all__) - set(dir(pemcheck)))"]

    assert "\n" == subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    """As for any module."""
    with pytest.raises(AttributeError, match=r"^module 'pemcheck' has no attribute 'chekc'$"):
        pemcheck.chekc  # noqa: B018


def test_typed() -> None:
    """Type checkers find the marker of PEP 561."""
    assert (Path(pemcheck.__file__).parent / "py.typed").is_file()


@pytest.mark.parametrize("function", [pemcheck.check, pemcheck.inspect])
def test_every_parameter_is_annotated(function: Callable[..., Any]) -> None:
    """Editors can tell what goes in."""
    parameters = python_inspect.signature(function).parameters.values()

    assert [] == [each.name for each in parameters if each.annotation is python_inspect.Parameter.empty]


IMPORTS = ("pemcheck.cli.check", "pemcheck.cli.inspect", "pemcheck.checking", "pemcheck.facts")


@pytest.mark.parametrize("order", list(permutations(IMPORTS, 2)), ids=" ".join)
def test_check_and_inspect_stay_the_functions(order: tuple[str, ...]) -> None:
    """No submodule ever takes their names, whatever is imported before or after."""
    code = f"""\
import pemcheck, {order[0]}
first = pemcheck.check, pemcheck.inspect
import {order[1]}
from pemcheck import *
assert first == (pemcheck.check, pemcheck.inspect) == (check, inspect), first
print(check.__module__, check.__qualname__, inspect.__module__, inspect.__qualname__)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "pemcheck.checking check pemcheck.checking inspect\n" == run.stdout


def test_importing_the_package_loads_nothing_else() -> None:
    """``import pemcheck`` alone is cheap."""
    code = "import sys, pemcheck; print(*sorted(name for name in sys.modules if name.startswith('pemcheck')))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "pemcheck pemcheck.version\n" == run.stdout


# ------------------------------------------------------------------------------------------------ frozen values

SAMPLES = ("clean-p256", "chain-cross-signed", "chain-by-unknown-algorithm", "key-encrypted", "asn1-unreadable")


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_in_a_report_can_be_changed(name: str) -> None:
    """Every value that can be reached refuses."""
    for value in values(check_case(CASES[name])):
        for field in vars(value):
            with pytest.raises(AttributeError, match="is frozen"):
                setattr(value, field, None)


def test_nothing_in_a_report_can_be_removed() -> None:
    """Deleting is changing."""
    with pytest.raises(AttributeError, match="is frozen"):
        del good().findings


def test_the_backend_cannot_be_changed() -> None:
    """All reports of one call share it."""
    with pytest.raises(TypeError, match="item assignment"):
        good().backend["oscrypto"] = "2"  # type: ignore[index, unused-ignore]


def test_the_backend_is_a_mapping() -> None:
    """With the keys that JSON has."""
    assert ["asn1crypto", "oscrypto", "libcrypto", "unavailable"] == list(good().backend)
    assert 4 == len(good().backend)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_report_can_be_hashed(name: str) -> None:
    """Reports can be members of a set."""
    assert 1 == len({check_case(CASES[name]), check_case(CASES[name])})


@pytest.mark.parametrize("name", TYPICAL)
def test_a_report_survives_pickling(name: str) -> None:
    """Workers of another process can send it back."""
    report = check_case(CASES[name])

    assert report == pickle.loads(pickle.dumps(report))


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_a_report_can_be_copied(duplicate: Callable[[Any], Any]) -> None:
    """A copy is equal."""
    report = good()

    assert report == duplicate(report)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_survives_pickling(name: str) -> None:
    """Types and functions are found again where they were."""
    it = getattr(pemcheck, name)

    assert it is pickle.loads(pickle.dumps(it))


def test_the_exception_survives_pickling() -> None:
    """With its sentence."""
    error = pemcheck.TargetError("there is no target")

    assert error.args == pickle.loads(pickle.dumps(error)).args


@pytest.mark.parametrize(
    "it", [pemcheck.Severity, pemcheck.Evidence, pemcheck.Outcome, pemcheck.Verdict], ids=lambda it: str(it.__name__)
)
def test_the_words_are_the_promised_ones(it: type[Enum]) -> None:
    """Scripts compare with them."""
    expected = {
        "Severity": ["error", "warning", "note"],
        "Evidence": ["documented", "formerly-documented", "model", "observed", "inferred"],
        "Outcome": ["pass", "fail", "skip", "n/a"],
        "Verdict": ["accepted", "refused", "undecided"],
    }

    assert expected[it.__name__] == [member.value for member in it]


# ----------------------------------------------------------------------------------- the library and the command


@pytest.mark.parametrize("name", TYPICAL)
def test_the_dictionary_is_what_the_command_prints(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``to_dict()`` and ``--format json`` agree to the last key."""
    case = CASES[name]
    files = case.contents()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(source, "_mode", lambda stream: None)  # the library gets bytes, and knows of no file
    arguments = ["--target", case.target, "--at", case.at, "--format", "json"]
    parts: list[bytes | None] = []
    names: list[str] = []
    for stem in ("certificate", "private-key", "certificate-chain"):
        data = files.get(f"{stem}.pem")
        parts.append(data)
        names.append(f"{stem}.pem" if data is not None else "")
        if data is not None:
            (tmp_path / f"{stem}.pem").write_bytes(data)
            arguments += [f"--{stem}", f"{stem}.pem"]
    main(arguments)
    called = (names[0], names[1], names[2])
    report = pemcheck.check(parts[0], parts[1], parts[2], case.target, case.at, names=called)

    assert report.to_dict() == json.loads(capsys.readouterr().out)


# ------------------------------------------------------------------------------------------------------ inspect


class Sample(NamedTuple):
    """Something to inspect, and what must be said of it."""

    data: bytes | str
    expected: dict[str, Any]


CRL_INFO = der.sequence(
    der.integer(1),
    der.sequence(der.oid("1.2.840.113549.1.1.11"), der.NULL),
    der.children(der.children(leaf().der)[0])[3],
    der.time("2026-01-01"),
    der.time("2026-02-01"),
    der.sequence(der.sequence(der.integer(7), der.time("2026-01-01"))),
)
CRL = der.sequence(CRL_INFO, der.sequence(der.oid("1.2.840.113549.1.1.11"), der.NULL), der.bits(b"\1" * 256))
PKCS12 = CASES["input-is-pkcs12"].contents()["certificate.pem"]

SAMPLES_TO_INSPECT: dict[str, Sample] = {
    "certificate": Sample(CERTIFICATE, {"kind": "certificate", "self_signed": False, "version": 3, "line": 1}),
    "certificate in DER": Sample(leaf().der, {"kind": "certificate", "line": None, "block": 0}),
    "self-signed": Sample(certificate().pem, {"kind": "certificate", "self_signed": True}),
    "as text": Sample(leaf().pem, {"kind": "certificate"}),
    "base64 alone": Sample("".join(leaf().pem.splitlines()[1:-1]), {"kind": "certificate"}),
    "UTF-16": Sample(leaf().pem.encode("utf-16"), {"kind": "certificate"}),
    "pkcs8": Sample(KEY, {"kind": "private_key", "format": "pkcs8", "encrypted": False, "matches": None, "proof": []}),
    "pkcs1": Sample(load_key("rsa-2048-f").pkcs1, {"kind": "private_key", "format": "pkcs1"}),
    "sec1": Sample(load_key("p256-a").sec1, {"kind": "private_key", "format": "sec1"}),
    "openssh": Sample(load_key("openssh-rsa").pem, {"kind": "private_key", "format": "openssh"}),
    "encrypted": Sample(load_key("rsa-encrypted-pkcs8").pem, {"encryption": "pbes2, pbkdf2, aes256_cbc"}),
    "encrypted legacy": Sample(load_key("rsa-encrypted-legacy").pem, {"encrypted": True, "encryption": "AES-128-CBC"}),
    "encrypted openssh": Sample(load_key("openssh-encrypted").pem, {"encrypted": True, "encryption": "aes256-ctr"}),
    "request": Sample(certificate_request(), {"kind": "certificate_request", "subject": "CN=www.example.com"}),
    "public key": Sample(load_key("rsa-1024").spki, {"kind": "public_key"}),
    "crl": Sample(pem("X509 CRL", CRL), {"kind": "crl", "revoked": 1, "next_update": "2026-02-01T00:00:00Z"}),
    "parameters": Sample(
        pem("EC PARAMETERS", der.oid("1.2.840.10045.3.1.7")),
        {"kind": "parameters", "label": "EC PARAMETERS", "curve_oid": "1.2.840.10045.3.1.7"},
    ),
    "pkcs7": Sample(pkcs7(leaf()), {"kind": "pkcs7", "content": "signed data", "certificates": 1, "crls": 0}),
    "pkcs12": Sample(PKCS12, {"kind": "pkcs12", "certificates": 2, "keys": 1, "encryption": [], "mac": None}),
    "jks": Sample(b"\xfe\xed\xfe\xed" + bytes(40), {"kind": "jks"}),
    "unknown": Sample(pem("NEW THING KEY", der.sequence(der.NULL)), {"kind": "unknown"}),
    "damaged key": Sample(pem("PRIVATE KEY", load_key("p256-a").der[:-9]), {"unread": ["public_key"]}),
}  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES_TO_INSPECT)
def test_inspect_knows_every_kind_of_object(name: str) -> None:
    """Each says what can be said without a passphrase."""
    sample = SAMPLES_TO_INSPECT[name]
    found, *_ = pemcheck.inspect(sample.data)
    shown = found.to_dict()

    assert sample.expected == {field: shown[field] for field in sample.expected}


def test_inspect_returns_every_object_in_order() -> None:
    """One fact for each object, at its line."""
    found = pemcheck.inspect(KEY + CERTIFICATE + CHAIN)

    assert ["private_key", "certificate", "certificate"] == [each.to_dict()["kind"] for each in found][:3]
    assert sorted(each.at.line or 0 for each in found) == [each.at.line for each in found]


@pytest.mark.parametrize("data", [b"", b" \n", "", b"\0" * 100, "<html>", b"\x89PNG\r\n"], ids=repr)
def test_inspect_finds_nothing_where_nothing_is(data: bytes | str) -> None:
    """And says so with an empty tuple, not with an exception."""
    assert () == pemcheck.inspect(data)


def test_inspect_calls_the_input_as_it_is_told() -> None:
    """``name`` is the file of every fact."""
    assert {"bundle.pem"} == {each.at.file for each in pemcheck.inspect(CERTIFICATE + CHAIN, "bundle.pem")}


@pytest.mark.parametrize("name", SAMPLES_TO_INSPECT)
def test_the_facts_are_what_the_command_prints(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``to_dict()`` of each, and ``inspect --format json``, agree to the last key."""
    data = SAMPLES_TO_INSPECT[name].data
    data = data.encode() if isinstance(data, str) else data
    monkeypatch.chdir(tmp_path)
    (tmp_path / "some.pem").write_bytes(data)
    main(["inspect", "some.pem", "--format", "json"])
    expected = {"schema": 1, "objects": [each.to_dict() for each in pemcheck.inspect(data, "some.pem")]}

    assert expected == json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", SAMPLES_TO_INSPECT)
def test_facts_survive_pickling(name: str) -> None:
    """As reports do."""
    found = pemcheck.inspect(SAMPLES_TO_INSPECT[name].data)

    assert found == pickle.loads(pickle.dumps(found))


# ------------------------------------------------------------------------------------- which object is the leaf


def owner_of(certificate: Any, key: Any, chain: Any = None) -> tuple[str | None, list[str]]:
    """Return the title of what was judged as the certificate, and the rules that failed."""
    report = pemcheck.check(certificate, key, chain, at=AT)
    found = report.submission.leaf
    return found.title if found else None, rules(report)


def test_the_keys_certificate_is_judged() -> None:
    """Where the key belongs to a certificate of the chain, that one is the leaf, and the finding says so."""
    title, found = owner_of(CHAIN, KEY, CERTIFICATE)

    assert "www.example.com" == title
    assert "cert-is-not-the-leaf" in found


def test_a_cas_key_does_not_make_the_ca_the_leaf() -> None:
    """The key is wrong then, not the certificate."""
    title, found = owner_of(CERTIFICATE, load_key("rsa-2048-b").pem, CHAIN)

    assert "www.example.com" == title
    assert "cert-is-not-the-leaf" in found


def test_the_right_key_is_found_among_several() -> None:
    """The one that belongs to the certificate is judged."""
    report = good(private_key=load_key("rsa-2048-g").pem.encode() + KEY)

    assert ["key-more-than-one"] == rules(report)
    assert report.submission.key is not None
    assert True is report.submission.key.matches


@pytest.mark.parametrize("is_first", [True, False])
def test_a_foreign_key_beside_the_right_one_is_not_accepted(is_first: bool) -> None:
    """Wherever it stands: which of the two the target takes is not documented."""
    foreign = load_key("rsa-2048-g").pem.encode()
    report = good(private_key=foreign + KEY if is_first else KEY + foreign)

    (check,) = [each for each in report.checks if each.rule == "key-does-not-match"]
    line = 1 if is_first else 1 + KEY.count(b"\n")
    assert Verdict.UNDECIDED is report.verdict
    assert (
        f"the private key at private_key:{line} is not known to be the certificate's, and which of the 2 the target "
        "takes is not documented"
    ) == check.reason


def test_the_right_key_given_twice_is_accepted() -> None:
    """In whatever form, and with the warning: whichever of them the target takes, it matches."""
    traditional = pem("RSA PRIVATE KEY", load_key("rsa-2048-f").secret).encode()
    report = good(private_key=traditional + KEY)

    assert Verdict.ACCEPTED is report.verdict
    assert ["key-more-than-one"] == rules(report)


def test_two_foreign_keys_are_refused() -> None:
    """Neither is the certificate's, so it does not matter which one is taken."""
    report = good(private_key=(load_key("rsa-2048-g").pem + load_key("rsa-3072").pem).encode())

    assert Verdict.REFUSED is report.verdict
    assert "key-does-not-match" in rules(report)


def test_a_key_that_signs_for_another_point_is_not_asked() -> None:
    """Where a point is not on its curve, nobody can tell whether the key matches."""
    pair = check_case(CASES["key-point-not-on-curve"]).submission.pair

    assert pair is not None
    assert (None, "a public point is not on its curve") == (pair.matches, pair.reason)


def test_a_key_that_cannot_be_read_is_not_asked() -> None:
    """The pair says why nobody can tell."""
    pair = check_case(CASES["key-cut-off"]).submission.pair

    assert pair is not None
    assert (None, "a key cannot be read") == (pair.matches, pair.reason)


@pytest.mark.parametrize("name", ["private_key", "certificate"])
def test_a_submission_knows_its_place(name: str) -> None:
    """Whatever is given first; even nothing has a place."""
    expected = {"private_key": "private_key", "certificate": "certificate"}[name]
    data = {"private_key": KEY, "certificate": CERTIFICATE}[name]

    assert expected == pemcheck.check(**{name: data}).submission.at.file  # type: ignore[arg-type]


def test_several_targets_share_the_facts() -> None:
    """The bytes are read once for all."""
    submission = gathering.gather([CERTIFICATE, KEY, CHAIN], ["a", "b", "c"])
    wants = [checking.wanted(target, AT) for target in ("acm", "acm-2017-cli")]
    reports = checking.judge_all(submission, wants)

    assert ["acm", "acm-2017-cli"] == [report.target for report in reports]
    assert reports[0].submission is reports[1].submission


@pytest.mark.parametrize("tags", [{"aws:x": "1"}, [("aws:x", "1")], (["aws:x", "1"],)])
def test_tags_are_a_mapping_or_pairs(tags: Any) -> None:
    """As boto3 programs have them in either shape."""
    report = checking.check(CERTIFICATE, KEY, CHAIN, at=AT, tags=tags)
    assert ["tags-out-of-limits"] == [finding.rule for finding in report.findings]


@pytest.mark.parametrize("tags", [1, "ab", {"a": 1}, [("a",)], [None], [("a", "b", "c")]])
def test_other_tags_are_a_type_error(tags: Any) -> None:
    """A caller's own mistake."""
    with pytest.raises(TypeError, match="tags must be a mapping or pairs of str"):
        checking.check(CERTIFICATE, KEY, CHAIN, at=AT, tags=tags)

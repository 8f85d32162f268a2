"""The table keeps its own promises: what a rule is called, reads, says and advises."""

from __future__ import annotations

import ast
import contextlib
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import pemcheck
from fixtures import judged
from fixtures.generate import CASES
from fixtures.judged import FILES
from pemcheck import checking, engine
from pemcheck.facts import Certificate, PrivateKey, PublicKey
from pemcheck.findings import Finding, Outcome, Severity
from pemcheck.rules import BY_NAME, RULES, chain
from pemcheck.rules.key import weak_exponent
from pemcheck.rules.table import Rule, file_of, listed, new, plural
from pemcheck.source import Location, Problem
from pemcheck.submission import Chain, Input, Link, Pair, Replacement, Submission
from pemcheck.targets import Want, known

pytestmark = pytest.mark.once

AT = checking.moment("2026-06-01")
ACM = known()["acm"]

UNREADABLE: dict[type, set[str]] = {
    Certificate: {
        *("version", "serial_number", "signature_algorithm", "tbs_signature_algorithm", "signature", "issuer"),
        *("subject", "not_before", "not_after", "key", "extensions", "subject_alt_names", "key_usage"),
        *("basic_constraints", "subject_key_identifier", "authority_key_identifier", "ocsp_urls", "ca_issuers_urls"),
        *("extended_key_usage", "name_constraints", "scts", "netscape_type"),
    },
    PrivateKey: {"public", "secret"},
    Pair: {"matches"},
    Chain: {"links"},
    Submission: {"self_signed"},
    Input: set(),
    Link: set(),
    Replacement: set(),
}
"""The facts that can be there and yet not be known, by what they belong to."""

DERIVED = {
    (PrivateKey, "faults"): "secret",
    (Submission, "weakness"): "leaf.key",
    (Submission, "key_owner"): "key.public",
    (Submission, "other_requests"): "key.public",
}
"""Facts calculated from others: known only where those are."""

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.name))
every_target = pytest.mark.parametrize("target", list(known()))


@cache
def submission(name: str, files: tuple[str, str, str] = FILES) -> Submission:
    """Return the facts of a case; *files* are what findings call its inputs."""
    mode = judged.mode_of(judged.read_header(CASES[name].header()))
    return judged.gather(CASES[name].contents(), files, mode=mode)


def want(target: str = "acm", name: str = "") -> Want:
    """Return what is asked, with the options of a case."""
    header = judged.read_header(CASES[name].header()) if name else {"hostname": ["www.example.com"]}
    return judged.wanted(target, AT.isoformat(), header)


@cache
def findings(target: str, files: tuple[str, str, str] = FILES) -> dict[str, tuple[Finding, ...]]:
    """Return everything that *target* says to every case."""
    return {name: engine.Questions(want(target, name)).judge(submission(name, files), {}).findings for name in CASES}


def every_finding() -> Iterator[tuple[str, str, Finding]]:
    """Yield target, case and finding of everything that is said to any case."""
    for target in known():
        for name, found in findings(target).items():
            yield from ((target, name, finding) for finding in found)


def words_of(which: str) -> dict[str, str]:
    """Return each text that any finding has for *which*, with the rule that says it."""
    return {getattr(finding, which): finding.rule for _, _, finding in every_finding()}


# ------------------------------------------------------------------------------------------------------- names


def test_names_are_unique() -> None:
    """A rule has one name."""
    assert len(RULES) == len(BY_NAME)


@every_rule
def test_names_are_kebab_case(rule: Rule[Any]) -> None:
    """A name can be typed, and is one word to every shell."""
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", rule.name)


# -------------------------------------------------------------------------------------------------------- words


@every_rule
def test_every_rule_says_why(rule: Rule[Any]) -> None:
    """The reason is one or more whole sentences."""
    assert re.fullmatch(r"\S.*\.", rule.why)


@every_target
def test_what_a_finding_says_can_be_formed(target: str) -> None:
    """No finding is without message and fix, whatever is wrong with the submission."""
    assert [] == [each for found in findings(target).values() for each in found if not (each.message and each.fix)]


@pytest.mark.parametrize("which", ["message", "fix"])
def test_words_are_phrases(which: str) -> None:
    """Messages and fixes are phrases: no full stop, one line, no doubled space."""
    odd = re.compile(r"\.$|\n|  |^\s|\s$")
    assert {} == {words: rule for words, rule in words_of(which).items() if odd.search(words)}


def test_backquotes_come_in_pairs() -> None:
    """What stands between two backquotes is a command, and is never broken over lines."""
    every = {**words_of("message"), **words_of("fix")}
    assert {} == {words: rule for words, rule in every.items() if words.count("`") % 2}


# ----------------------------------------------------------------------------------------------------- commands


def commands(fix: str) -> list[str]:
    """Return the shell commands in a fix."""
    return re.findall(r"`([^`]*)`", fix)


def written(command: str) -> set[str]:
    """Return the files that a shell command writes."""
    words = shlex.split(command.replace(">", " > ").replace(";", " ; "), posix=True)
    found = {after for word, after in zip(words, words[1:]) if word in (">", "-out", "-keyout", "-destkeystore")}
    if "cp" in words:
        found.add(words[words.index("cp") + 2])
    if "puttygen" in words:
        found.add(words[words.index("-o") + 1])
    return found


def read(command: str) -> list[str]:
    """Return the words of a shell command that are not the names of what it writes."""
    words = shlex.split(command.replace(">", " > ").replace("$(cat", " ").replace(")", " ").replace(";", " ; "))
    into = (">", "-out", "-keyout", "-destkeystore")
    words = [word for before, word in zip(["", *words], words) if before not in into]
    if "cp" in words:
        del words[words.index("cp") + 2]
    if "puttygen" in words:
        del words[words.index("-o") + 1]
    return words


def every_command(files: tuple[str, str, str] = FILES) -> dict[str, str]:
    """Return each command of any fix, with the rule that says it."""
    return {
        command: finding.rule
        for target in ("acm", "acm-2017-cli")
        for found in findings(target, files).values()
        for finding in found
        for command in commands(finding.fix)
    }


@pytest.mark.parametrize("files", [FILES, ("new.pem", "new-key.pem", "new-chain.pem"), ("new-certificate.pem",) * 3])
def test_no_command_writes_to_what_it_reads(files: tuple[str, str, str]) -> None:
    """A command that empties its own input before reading it destroys a key."""
    parts = {part: rule for command, rule in every_command(files).items() for part in re.split("&&|;(?= awk)", command)}
    wrong = {part: rule for part, rule in parts.items() if written(part) & set(read(part))}
    assert {} == wrong


def test_no_command_writes_to_what_was_given() -> None:
    """The inputs are the user's, and perhaps the only copy."""
    assert {} == {command: rule for command, rule in every_command().items() if written(command) & set(FILES)}


def test_ssh_keygen_changes_a_copy_only() -> None:
    """It writes in place, so what it is given must have been made by the same command."""
    wrong = {
        command: rule
        for command, rule in every_command().items()
        if "ssh-keygen -p" in command and shlex.split(command)[-1] not in written(command)
    }
    assert {} == wrong


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("sed 's/ *$//' a.pem > b.pem", {"b.pem"}),
        ("openssl x509 -in a.pem -out b.pem", {"b.pem"}),
        ("openssl req -newkey rsa:2048 -keyout k.pem -out r.pem", {"k.pem", "r.pem"}),
        ("cp a.pem b.pem && ssh-keygen -p -f b.pem", {"b.pem"}),
        ("puttygen a.ppk -O private-openssh-new -o b.pem && ssh-keygen -p -f b.pem", {"b.pem"}),
        ("awk 'x' a.pem > b.pem; awk 'y' a.pem > c.pem", {"b.pem", "c.pem"}),
        ("openssl x509 -noout -in a.pem", set()),
    ],
)
def test_what_a_command_writes_is_found(command: str, files: set[str]) -> None:
    """The tests above see what they look for."""
    assert files == written(command)


# -------------------------------------------------------------------------------------------------------- reads


class Recorder:
    """Stands for a fact, and remembers which of the facts that can be unread were asked for."""

    def __init__(self, it: Any, seen: set[str], prefix: str = "") -> None:
        self.__dict__.update(_it=it, _seen=seen, _prefix=prefix)

    # isinstance() must see the fact
    __class__ = property(lambda self: type(self._it))

    def __getattr__(self, name: str) -> Any:
        it, path = self._it, self._prefix + name
        if name in UNREADABLE[type(it)]:
            self._seen.add(path)
            return getattr(it, name)
        if (type(it), name) in DERIVED:
            self._seen.add(self._prefix + DERIVED[type(it), name])
            return getattr(it, name)
        defined = getattr(type(it), name, None)
        if isinstance(defined, property) and defined.fget is not None:
            return defined.fget(self)
        if callable(defined):
            return defined.__get__(self)
        return self._wrapped(getattr(it, name), path)

    def _wrapped(self, value: Any, path: str) -> Any:
        if type(value) in UNREADABLE:
            return Recorder(value, self._seen, path + ".")
        if isinstance(value, tuple):
            return tuple(self._wrapped(each, path) for each in value)
        return value


def asked(rule: Rule[Any], it: Any) -> set[str]:
    """Return what *rule* reads to judge *it*."""
    seen: set[str] = set()
    assert rule.ok is not None
    for target in known().values():
        for demand in [each for each in target.demands if each.rule == rule.name]:
            asking = Want(target, AT, ("www.example.com", "example.net"), demand=demand)
            stand_in = Recorder(it, seen)
            if rule.applies is None or rule.applies(stand_in, asking):
                with contextlib.suppress(ValueError):  # what cannot be told was asked all the same
                    rule.ok(stand_in, asking)
    return seen


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.ok], ids=lambda rule: str(rule.name))
def test_a_rule_reads_what_it_says_it_reads(rule: Rule[Any]) -> None:
    """``reads`` names everything that can be unread and that the question touches, so skipping is safe."""
    seen: set[str] = set()
    for name in CASES:
        for it in rule.on.of(submission(name)):
            if not any(engine._unread(it, path) for path in rule.reads):
                seen |= asked(rule, it)
    assert set(rule.reads) == seen


def test_whatever_is_unread_can_be() -> None:
    """The list of facts that can be unread is complete, as far as the cases go."""
    found = {
        (type(it), name)
        for case in CASES
        for it in [each for given in submission(case).inputs for each in given.objects if type(each) in UNREADABLE]
        for name in it.unread
    }
    assert set() == {(kind, name) for kind, name in found if name not in UNREADABLE[kind]}


def without(it: Any, path: str) -> Any:
    """Return *it* with what *path* names unread."""
    name, _, rest = path.partition(".")
    if not rest:
        return it.replace(unread=it.unread | {name})
    below = getattr(it, name)
    if isinstance(below, tuple):
        return it.replace(**{name: tuple(without(each, rest) for each in below)})
    return it.replace(**{name: without(below, rest)})


def outcome(rule: Rule[Any], it: Any) -> Outcome:
    """Return what becomes of *rule*, asked about *it* by the target that asks it most severely."""
    demand = next(each for target in known().values() for each in target.demands if each.rule == rule.name)
    asked = want().replace(trusted=True, demand=demand)
    return engine._ask_about(rule, it, [asked], asked, None)[0].outcome


ASKED = ("clean-rsa-2048", "key-does-not-match", "chain-root-only", "clean-reimport")
"""Cases in which something is in the scope of every rule."""


@pytest.mark.parametrize(
    ("rule", "path"),
    [(rule, path) for rule in RULES for path in rule.reads],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_a_rule_is_skipped_where_something_it_reads_is_unread(rule: Rule[Any], path: str) -> None:
    """What could not be read is never passed."""
    submissions = [submission(name) for name in ASKED]
    submissions.append(submissions[0].replace(leaf=None))
    field, _, deeper = path.partition(".")
    found = [it for each in submissions for it in rule.on.of(each) if hasattr(it, field)]
    it = next(it for it in found if not deeper or getattr(it, field) is not None)
    assert Outcome.SKIP is outcome(rule, without(it, path))


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.reads], ids=lambda rule: str(rule.name))
def test_a_rule_is_asked_where_all_that_it_reads_was_read(rule: Rule[Any]) -> None:
    """What could be read is not skipped."""
    it = next(it for name in ASKED for it in rule.on.of(submission(name)))
    assert Outcome.SKIP is not outcome(rule, it)


# ------------------------------------------------------------------------------------------------------ readers


def literals(*paths: str) -> set[str]:
    """Return the strings in some modules that look like the name of a rule."""
    root = Path(pemcheck.__file__).parent
    files = [file for path in paths for file in sorted(root.glob(path))]
    strings = [
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return {text for text in strings if re.fullmatch(r"(input|pem|der|asn1|cert|key|chain|roles)(-[a-z0-9]+)+", text)}


def test_readers_report_only_rules_of_the_table() -> None:
    """No problem is lost because nobody knows its name."""
    assert set() == literals("*.py", "asn1/*.py", "rules/*.py") - set(BY_NAME)


def test_every_problem_in_the_cases_is_a_rule() -> None:
    """Nor is one whose name is put together."""
    reported = {problem.rule for name in CASES for each in submission(name).inputs for problem in each.problems}
    assert set() == reported - set(BY_NAME)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.ok is None], ids=lambda rule: str(rule.name))
def test_a_rule_without_a_question_is_reported_by_a_reader(rule: Rule[Any]) -> None:
    """A row that nobody reports could never be broken."""
    reported = {problem.rule for name in CASES for each in submission(name).inputs for problem in each.problems}
    assert rule.name in reported


# ----------------------------------------------------------------------------------- what no case can be made for


@pytest.mark.parametrize(
    ("it", "message"),
    [
        (
            submission("clean-rsa-2048").pair,
            "two proofs that the key is the certificate's disagree: arithmetic says yes, oscrypto says no",
        ),
        (
            submission("clean-rsa-2048").path,
            "two proofs of a signature disagree: arithmetic says yes, oscrypto says no",
        ),
    ],
    ids=["pair", "link"],
)
def test_proofs_that_disagree_are_said(it: Pair | Chain, message: str) -> None:
    """A bug in either implementation shows as a disagreement."""
    answers = (("arithmetic", True), ("oscrypto", False))
    clean = submission("clean-rsa-2048")
    if isinstance(it, Pair):
        changed = clean.replace(pair=it.replace(answers=answers, matches=None, unread=frozenset(("matches",))))
    else:
        changed = clean.replace(path=it.replace(links=(it.links[0].replace(answers=answers, signed=None),)))
    found = engine.Questions(want()).judge(changed, {}).findings
    expected = [("answers-disagree", f"{message} (AWS documents no such rule)")]
    assert expected == [(each.rule, each.message) for each in found]


@pytest.mark.parametrize(
    ("sha256", "title"),
    [
        ("0687260331a72403d909f105e69bcf0d32e1bd2493ffc6d9206d11bcd6770739", "DST Root CA X3"),
        ("6d99fb265eb1c5b3744765fcbc648f3cd8e1bffafdc4c2f99b9d47cf7ff1c24f", "ISRG Root X1 signed by DST Root CA X3"),
        ("687fa451382278fff0c8b11f8d43d576671c6eb2bceab413fb83d965d06d2ff2", "AddTrust External CA Root"),
    ],
)
def test_the_certificates_that_broke_the_world_are_known(sha256: str, title: str) -> None:
    """By the SHA-256 of their DER."""
    assert chain.KNOWN_BAD[sha256].startswith(f"{title}, expired on ")


def test_a_known_bad_certificate_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has its own words, and that it has expired is not said twice."""
    given = submission("chain-cert-expired")
    monkeypatch.setitem(chain.KNOWN_BAD, given.chain[0].sha256, "Old Root, expired on 2021-09-30")
    found = engine.Questions(want()).judge(given, {}).findings
    assert [("chain-known-bad-cert", Severity.WARNING)] == [(each.rule, each.severity) for each in found]


# ------------------------------------------------------------------------------------------------- the small parts


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("cert.pem", "cert.pem"),
        ("/etc/ssl/a_b-c@1.pem", "/etc/ssl/a_b-c@1.pem"),
        ("my cert.pem", "'my cert.pem'"),
        ("it's.pem", "'it'\\''s.pem'"),
        ("$(rm -rf ~).pem", "'$(rm -rf ~).pem'"),
        ("-rf.pem", "./-rf.pem"),
    ],
)
def test_a_file_is_one_harmless_word_of_a_shell(name: str, word: str) -> None:
    """A command can be pasted, whatever the file is called."""
    assert word == file_of(Input("certificate", Location(name), 0))


@pytest.mark.parametrize(
    ("file", "what", "name"),
    [
        ("cert.pem", "", "new.pem"),
        ("cert.pem", "key", "new-key.pem"),
        ("new-key.pem", "key", "new-new-key.pem"),
    ],
)
def test_what_a_command_writes_has_another_name(file: str, what: str, name: str) -> None:
    """Also where the file has been written by such a command."""
    assert name == new(Input("certificate", Location(file), 0), what)


@pytest.mark.parametrize(("count", "words"), [(0, "0 keys"), (1, "1 key"), (2, "2 keys"), (1234, "1,234 keys")])
def test_nouns_are_counted(count: int, words: str) -> None:
    """One is singular."""
    assert words == plural(count, "key")


@pytest.mark.parametrize(
    ("exponent", "fault"),
    [
        (-3, "is not an odd number of at least 3"),
        (1, "is not an odd number of at least 3"),
        (65536, "is not an odd number of at least 3"),
        (3, "is below 65537"),
        (65537, ""),
    ],
)
def test_weak_exponents_are_told_apart(exponent: int, fault: str) -> None:
    """Even ones are no RSA, small ones have been attacked (BR 6.1.6)."""
    assert fault == weak_exponent(PublicKey("RSA_2048", "rsa", "", numbers=(15, exponent)))


def test_a_key_without_a_public_half_of_its_own_is_still_said_not_to_match() -> None:
    """There is nothing to compare but the answer."""
    pair = submission("key-does-not-match").pair
    assert pair is not None
    changed = pair.replace(key=pair.key.replace(public=None))
    found = engine.Questions(want()).judge(submission("key-does-not-match").replace(pair=changed), {}).findings
    assert ["the private key is not the key of the certificate www.example.com"] == [each.message for each in found]


def test_one_key_stored_as_two_algorithms_is_not_called_another_key() -> None:
    """RSASSA-PSS and RSA may share their numbers; what differs is what the key may be used for."""
    pair = submission("clean-rsa-2048").pair
    assert pair is not None
    restricted = pair.certificate.key.replace(kind="rsassa_pss", algorithm="RSASSA_PSS_2048")
    changed = pair.replace(certificate=pair.certificate.replace(key=restricted), matches=False)
    found = engine.Questions(want()).judge(submission("clean-rsa-2048").replace(pair=changed), {}).findings

    title = pair.certificate.title
    expected = f"the private key is stored as RSA_2048, the certificate {title} has it as RSASSA_PSS_2048"
    assert expected in [each.message for each in found if each.rule == "key-does-not-match"]


def test_what_was_not_looked_at_is_said() -> None:
    """Beyond its cap a reader stops, and the verdict does not hide it."""
    given = submission("clean-rsa-2048")
    first = given.inputs[0]
    problem = Problem("input-too-large", first.at, "only the first 4194304 bytes were looked at", "cap")
    changed = given.replace(inputs=(first.replace(problems=(problem,)), *given.inputs[1:]))
    found = engine.Questions(want()).judge(changed, {}).findings
    assert [(Severity.ERROR, problem.detail)] == [(each.severity, each.message) for each in found]


def test_a_list_is_cut() -> None:
    """A certificate with a thousand names fills no screen."""
    assert "a, b … and 998 more" == listed(["a", "b", *"c" * 998], 2)


def test_serial_numbers_may_have_159_bits() -> None:
    """Twenty octets, and positive (RFC 5280 section 4.1.2.2)."""
    rule = BY_NAME["cert-serial-out-of-range"]
    leaf = submission("clean-rsa-2048").leaf
    assert leaf is not None
    serials = (-1, 0, 1, (1 << 159) - 1, 1 << 159)
    outcomes = [outcome(rule, leaf.replace(serial_number=serial)) for serial in serials]
    assert [Outcome.FAIL, Outcome.FAIL, Outcome.PASS, Outcome.PASS, Outcome.FAIL] == outcomes


@pytest.mark.parametrize("name", ["<stdin>", "env:CERTIFICATE"])
def test_a_command_names_no_source_that_is_no_file(name: str) -> None:
    """Standard input and the environment are no files: the user puts in his own."""
    assert "FILE" == file_of(Problem("pem-no-final-newline", Location(name)))


def test_a_label_that_nobody_knows_is_told_with_what_it_should_be() -> None:
    """What is in the block may be a certificate all the same."""
    contents = {**CASES["clean-rsa-2048"].contents()}
    contents["certificate.pem"] = contents["certificate.pem"].replace(b" CERTIFICATE-", b" SOMETHING ELSE-")
    found = engine.Questions(want()).judge(judged.gather(contents), {}).findings

    (fix,) = {each.fix for each in found if each.rule == "pem-wrong-label"}
    assert "if it holds a certificate, write CERTIFICATE into its BEGIN and END lines" in fix


def test_quoted_printable_is_named_with_what_undoes_it() -> None:
    """As mail carries a file: every = is =3D."""
    clean = (CASES[name].contents() for name in CASES if name.startswith("clean-"))
    contents = {**next(each for each in clean if b"=" in each["certificate.pem"])}
    contents["certificate.pem"] = contents["certificate.pem"].replace(b"=", b"=3D")
    found = engine.Questions(want()).judge(judged.gather(contents), {}).findings

    fixes = [each.fix for each in found if each.rule == "pem-bad-base64"]
    assert ["`python3 -m quopri -d certificate.pem > new.pem`"] == [fix.partition(", or ")[0] for fix in fixes]

"""Faults of bytes and PEM framing: the catalogue's sections A and H."""

from __future__ import annotations

from ..armor import QUOTED_PRINTABLE
from ..source import OTHERWISE, READ, Problem, printable
from ..submission import Input
from ..targets import Want
from ..version import program
from .looks import is_locked, openers, providers, take_apart
from .table import INPUT, READER, Rule, always, file_of, new

_NOT_PEM = "The certificate body/chain provided is not in a valid PEM format"
_PEM_WHY = "The target reads PEM (RFC 7468) and nothing else; what it cannot read it refuses, without saying where."
_COPY_AGAIN = "copy the file again from where it was issued, as a file and not through a terminal, mail or web page"

_OPENSSL = {"certificate": "x509", "private key": "pkey"}
"""The command that reads what the input of a role should hold, where that is one block."""
_PROVIDER = (
    "-srcstoretype BKS -providerclass org.bouncycastle.jce.provider.BouncyCastleProvider -providerpath bcprov.jar "
)


def _rewrite(it: Problem, want: Want) -> str:
    """Return the commands that keep the blocks alone, where there are any; with a colon before them."""
    if it.way == OTHERWISE:
        return ""
    margin = "s/^[[:space:]]*//; " if it.way else ""
    return f": `sed -n '{margin}/^-----BEGIN /,/^-----END /p' {file_of(it)} > {new(it)}`{_or_openssl(it, want)}"


def _or_openssl(it: Problem, want: Want) -> str:
    """Return the command of openssl that writes one block anew; nothing where it finds none, or leaves others out."""
    if want.role not in _OPENSSL or not it.alone or it.coded or it.way:
        return ""
    return f"; with openssl: `openssl {_OPENSSL[want.role]} -in {file_of(it)} -out {new(it)}`"


def _label(want: Want) -> str:
    return "PRIVATE KEY" if want.role == "private key" else "CERTIFICATE"


def _too_large(it: Input, want: Want) -> bool:
    limit = _limit(it, want)
    # nobody uploads the wrapper, and what is in it is smaller
    return limit is None or it.size <= limit or bool(it.wrapper)


def _limit(it: Input, want: Want) -> int | None:
    """Return the size limit of a field; the private key has a rule of its own."""
    limits = {"certificate": want.target.max_certificate_bytes, "certificate chain": want.target.max_chain_bytes}
    return limits.get(it.role)


def _too_large_says(it: Input | Problem, want: Want) -> str:
    if isinstance(it, Problem):
        return f"{it.detail}"
    return f"the {it.role} has {it.size:,} bytes; {want.target.title} takes at most {_limit(it, want):,}"


def _der_fix(it: Problem, want: Want) -> str:
    what, way = ("pkey", "export the key as PKCS#8 PEM from where it was made") if "key" in it.detail else ("x509", "")
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    command = f"`(echo '{begin}'; base64 -w64 {file_of(it)}; echo '{end}') > {new(it)}`"
    return (
        f"{way or f'write it as PEM: {command}'}; with openssl: "
        f"`openssl {what} -inform DER -in {file_of(it)} -out {new(it)}`"
    )


def _not_decrypted_fix(it: Problem, want: Want) -> str:
    key = it.field == "secret"
    pkey = f"pkey {providers(it.way)}".rstrip()
    shown = f"`openssl {pkey if key else 'pkcs12'} -in {file_of(it)}{'' if key else ' -info'} -noout`"
    copy = new(it, "key" if key else "bundle")
    convert = f"`openssl {pkey if key else 'pkcs12 -nodes'} -in {file_of(it)} -out {copy}`"
    if it.sort == "missing":
        return f"name the passphrase with --passphrase-file FILE or --passphrase-env NAME; with openssl: {shown} asks"
    if it.sort in ("empty", "wrong"):
        return f"find the right passphrase, and pass it as it is, without quotes; with openssl: {shown} tells"
    if it.sort == "expensive":
        return f"pass --allow-expensive if you trust where the file comes from; with openssl: {convert}"
    if it.sort == "damaged":
        return f"{_COPY_AGAIN}; with openssl: {shown} tells whether it is read there"
    where = "install OpenSSL's libcrypto, or open it elsewhere" if it.sort == "no-backend" else "open it elsewhere"
    return f"{where}, where it was made for example; with openssl: {convert}"


def _decode_fix(it: Problem, want: Want) -> str:
    if it.sort == "block":
        return (
            f"decode what stands between the outer BEGIN and END: `sed '/^-----/d' {file_of(it)} | base64 -d > "
            f"{new(it)}`; on Windows `certutil -decode {file_of(it)} {new(it)}`"
        )
    if it.sort.isdecimal():
        again = " | base64 -d" * (int(it.sort) - 1)
        return f"decode it as often: `base64 -d {file_of(it)}{again} > {new(it)}`"
    return (
        f"decode it once: `base64 -d {file_of(it)} > {new(it)}`, or `tr -d '\\r\\n' < {file_of(it)} | openssl base64 "
        f"-d -A -out {new(it)}`"
    )


def _base64_fix(it: Problem, want: Want) -> str:
    if QUOTED_PRINTABLE in it.detail:
        return f"`python3 -m quopri -d {file_of(it)} > {new(it)}`, or {_COPY_AGAIN}"
    if "URL-safe" in it.detail:
        return f"`sed '/^-----/!y,_-,/+,' {file_of(it)} > {new(it)}`, or {_COPY_AGAIN}"
    if "HTML" in it.detail:
        decode = "sys.stdout.write(html.unescape(sys.stdin.read()))"
        return f'`python3 -c "import html, sys; {decode}" < {file_of(it)} > {new(it)}`, or {_COPY_AGAIN}'
    return f"{_COPY_AGAIN}; afterwards `openssl x509 -noout -in FILE` prints nothing"


def _lines_fix(it: Problem, want: Want) -> str:
    if ">" in it.detail:
        return f"`sed -E 's/^(> ?)+//' {file_of(it)} > {new(it)}`, or {_COPY_AGAIN}"
    if "written as \\n" in it.detail:
        unescape = "{gsub(/\\\\r|[\",]/, \"\"); gsub(/\\\\n/, \"\\n\"); print}"
        cut = r"{/^ *$/d;s/.*-----BEGIN/-----BEGIN/;s/^ *//;s/\(-----END [A-Z0-9 ]*-----\).*/\1/;p;}"
        return (
            f"restore the line ends: `awk '{unescape}' {file_of(it)} | sed -n '/-----BEGIN/,/-----END/{cut}' > "
            f"{new(it)}`, or {_COPY_AGAIN}"
        )
    if "(CR)" in it.detail:
        return f"restore the line ends: `tr '\\r' '\\n' < {file_of(it)} > {new(it)}`, or {_COPY_AGAIN}"
    marker = "-----(BEGIN|END) [A-Z0-9 ]+-----"
    return (
        f"restore the line ends: `awk '{{gsub(/{marker}/, \"\\n&\\n\"); print}}' {file_of(it)} | "
        f"awk '!/^-----/{{gsub(/[ \\t]+/, \"\\n\")}} 1' | awk NF > {new(it)}`, or {_COPY_AGAIN}"
    )


def _nothing_says(it: Problem, want: Want) -> str:
    if is_locked(it):
        return f"this is {it.detail.replace('of which not everything could be looked into', 'that stays closed')}"
    what = "text of another kind" if it.detail == "text without a PEM block" else it.detail
    return f"there is no PEM block in here; it looks like {what}"


def _label_fix(it: Problem, want: Want) -> str:
    if "REQUEST" in it.detail:
        return "send the request to a CA, and import the certificate that comes back"
    if it.sort == "trusted":  # behind the certificate stands what is not in one
        return f"with openssl: `openssl x509 -in {file_of(it)} -out {new(it)}`"
    if it.detail.endswith(("CRL", "PUBLIC KEY", "PARAMETERS")):
        return "pass the certificate itself; nothing can be made of this block, which is not what is imported"
    return (
        f"if it holds a certificate, write CERTIFICATE into its BEGIN and END lines; with openssl: `openssl x509 -in "
        f"{file_of(it)} -out {new(it)}`"
    )


RULES = (
    Rule(
        name="input-empty",
        on=READER,
        says=lambda it, want: f"the input is empty: {it.detail}",
        why="A field that is given must hold something; the service's model has a minimum of one byte.",
        fix="pass the right file, or leave the option out if there is no chain",
    ),
    Rule(
        name="input-too-large",
        on=INPUT,
        ok=_too_large,
        says=_too_large_says,
        why="The service's model limits the size of each field; the client does not check it, the server refuses.",
        fix=lambda it, want: (
            "send only what the field is for: one certificate as certificate, only CA certificates as chain, no "
            f"text between the blocks; with openssl: `openssl x509 -in {file_of(it)} -out {new(it)}` keeps the first "
            "certificate alone"
        ),
        aws_says="Member must have length less than or equal to N",
    ),
    Rule(
        name="input-is-der",
        on=READER,
        says=lambda it, want: f"this is {it.detail or 'DER'} in binary form (DER), not PEM",
        why="The target takes PEM only: DER-encoded material results in an error.",
        repaired=always,
        fix=_der_fix,
        aws_says=_NOT_PEM,
    ),
    Rule(
        name="input-is-wrapped",
        on=READER,
        says=lambda it, want: f"this is {it.detail}",
        why="The target takes certificate, private key and chain apart, each as PEM; what is inside is judged as well.",
        repaired=always,
        fix=take_apart,
        aws_says=_NOT_PEM,
    ),
    Rule(
        name="input-is-pkcs12",
        on=READER,
        says="this is a PKCS#12 container (.p12, .pfx), not PEM",
        why="The target wants certificate, private key and chain apart, each in PEM.",
        repaired=always,
        fix=lambda it, want: (
            "export certificate, key and chain apart from the key store it came from; with openssl: `openssl pkcs12 "
            f"-in {file_of(it)} -nodes -out {new(it, 'bundle')}` (add -legacy for files written before 2022), then "
            "split it"
        ),
        aws_says=_NOT_PEM,
    ),
    Rule(
        name="input-is-jks",
        on=READER,
        says=lambda it, want: f"this is a Java key store ({it.detail.upper()}), not PEM, and stays closed",
        why="The target takes PEM only; pemcheck opens no Java key store.",
        fix=lambda it, want: (
            f"`keytool -importkeystore -srckeystore {file_of(it)} {_PROVIDER if it.detail == 'bks' else ''}"
            f"-destkeystore {new(it, 'store', 'p12')} -deststoretype PKCS12`, "
            f"then `{program()} fix {new(it, 'store', 'p12')} --passphrase-file FILE --out-dir new`; or with openssl "
            f"`openssl pkcs12 -in {new(it, 'store', 'p12')} -nodes -out {new(it, 'bundle')}`, and split it"
        ),
        aws_says=_NOT_PEM,
    ),
    Rule(
        name="input-is-pkcs7",
        on=READER,
        says="this is a PKCS#7 bundle (.p7b), not a PEM certificate",
        why="The target takes blocks labelled CERTIFICATE only.",
        repaired=always,
        fix=lambda it, want: (
            "ask the CA for the PEM download instead; with openssl: `openssl pkcs7 -print_certs "
            f"{'' if it.sort == 'pem' else '-inform DER '}-in {file_of(it)} -out {new(it, 'bundle')}`, then drop its "
            "subject= and issuer= lines"
        ),
        aws_says=_NOT_PEM,
    ),
    Rule(
        name="input-not-decrypted",
        on=READER,
        says=lambda it, want: (
            f"the {'private key' if it.field == 'secret' else 'PKCS#12 container'} stays closed: {it.detail}"
        ),
        why="What stays closed cannot be judged; the target takes nothing that is encrypted.",
        fix=_not_decrypted_fix,
    ),
    Rule(
        name="input-is-path",
        on=READER,
        says="this is the name of a file where its content is wanted",
        why="Without the prefix fileb:// or file:// the client sends the name itself, and the service cannot read it.",
        fix=lambda it, want: (
            f"put file:// before the path, in the command to AWS: `{printable(it.at.file)} file://PATH`"
            if want.command and it.at.file.startswith("--")  # an option, where it is no file that holds the name
            else "put fileb:// before the path (`aws acm`), or file:// (`aws iam`); to pemcheck pass the path itself"
        ),
        aws_says="The private key is not supported. / The certificate is not valid.",
    ),
    Rule(
        name="input-encoded-twice",
        on=READER,
        says=lambda it, want: (
            f"this is {it.detail} encoded in base64 {f'{it.sort} times' if it.sort.isdecimal() else 'once'} more"
        ),
        why=_PEM_WHY,
        repaired=always,
        fix=_decode_fix,
        aws_says=_NOT_PEM,
    ),
    Rule(
        name="input-without-markers",
        on=READER,
        says=lambda it, want: f"this is base64 without its BEGIN and END lines{': ' + it.detail if it.detail else ''}",
        why="PEM stands between a BEGIN and an END line; without them it is not recognised.",
        repaired=always,
        fix=lambda it, want: (
            f"put -----BEGIN {_label(want)}----- and -----END {_label(want)}----- on lines of their own around it; "
            f"with openssl: `base64 -d {file_of(it)} | openssl {_OPENSSL.get(want.role, 'x509')} -inform DER -out "
            f"{new(it)}`"
        ),
        aws_says=_NOT_PEM,
    ),
    Rule(
        name="input-is-utf16",
        on=READER,
        says=lambda it, want: f"the text is {it.detail}: two bytes for each character",
        why="PEM is ASCII; Windows PowerShell's > writes UTF-16.",
        repaired=always,
        fix=lambda it, want: (
            f"`iconv -f UTF-16 -t US-ASCII {file_of(it)} > {new(it)}`; in PowerShell `Set-Content -Encoding ascii`"
        ),
        aws_says=_NOT_PEM,
    ),
    Rule(
        name="input-has-bom",
        on=READER,
        says="the text starts with a UTF-8 byte order mark (EF BB BF)",
        why="It stands before the first BEGIN line, and not every reader skips it.",
        repaired=always,
        fix=lambda it, want: (
            f"save the file as UTF-8 without BOM, or `sed '1s/^\\xEF\\xBB\\xBF//' {file_of(it)} > {new(it)}`"
        ),
    ),
    Rule(
        name="input-has-forbidden-characters",
        on=READER,
        says=lambda it, want: (
            f"the character {it.detail} stands "
            f"{'inside a PEM block or its markers' if it.sort == 'inside' else 'outside of the PEM blocks'}"
        ),
        why=(
            "Nothing but printable ASCII belongs in PEM; such characters come from word processors, mails and PDF "
            "files."
        ),
        fix=f"delete the character, write dashes as the plain hyphen-minus, or {_COPY_AGAIN}",
    ),
    Rule(
        name="input-has-non-ascii",
        on=READER,
        says=lambda it, want: f"characters that are not ASCII stand outside of the PEM blocks: {it.detail}",
        why="Text outside of the blocks is not needed, and not every reader skips it.",
        repaired=always,
        fix=lambda it, want: f"delete these lines{_rewrite(it, want)}",
    ),
    Rule(
        name="pem-crlf-line-ends",
        on=READER,
        says=lambda it, want: f"lines end in CR LF, as on Windows: {it.detail}",
        why="AWS says nothing about it and most readers take it; some tools see a difference at every deployment.",
        repaired=always,
        fix=lambda it, want: f"`tr -d '\\r' < {file_of(it)} > {new(it)}`",
    ),
    Rule(
        name="pem-trailing-spaces",
        on=READER,
        says=lambda it, want: f"lines of PEM end in spaces or tabs: {it.detail}",
        why="ACM takes such a line for the end of the certificate, and then sees a second one.",
        repaired=always,
        fix=lambda it, want: f"`sed 's/[[:space:]]*$//' {file_of(it)} > {new(it)}`{_or_openssl(it, want)}",
        aws_says=(
            "The certificate field contains more than one certificate. You can specify only one certificate in this "
            "field."
        ),
    ),
    Rule(
        name="pem-blank-or-indented-lines",
        on=READER,
        says=lambda it, want: f"blank or indented lines inside PEM: {it.detail}",
        why="A PEM file must be passed as it was issued: no added lines, no added spaces (YAML and heredocs indent).",
        repaired=always,
        fix=lambda it, want: f"`sed '/^[[:space:]]*$/d; s/^[[:space:]]*//' {file_of(it)} > {new(it)}`",
    ),
    Rule(
        name="pem-markers-share-a-line",
        on=READER,
        says="an END line and the next BEGIN line stand on one line",
        why="Files without a final line end were joined; most readers then lose the second block without a word.",
        repaired=always,
        fix=lambda it, want: (
            "break the line between them: "
            f"`awk '{{gsub(/-----[ \\t]*-----BEGIN/, \"-----\\n-----BEGIN\"); print}}' {file_of(it)} > {new(it)}`; "
            "next time join files with `awk 1 a.pem b.pem`"
        ),
        aws_says=_NOT_PEM,
    ),
    Rule(
        name="pem-on-one-line",
        on=READER,
        says=lambda it, want: f"the PEM block is not on lines of its own: {it.detail}",
        why="Markers must stand on lines of their own; variables and JSON often flatten them.",
        repaired=always,
        fix=_lines_fix,
        aws_says=_NOT_PEM,
    ),
    Rule(
        name="pem-marker-malformed",
        on=READER,
        says=lambda it, want: f"a BEGIN or END line is malformed: {it.detail}",
        why="A marker is five dashes, BEGIN or END, a label in capitals, five dashes, and nothing else on its line.",
        repaired=lambda it: it.way == READ,
        fix=lambda it, want: f"correct the line by hand, or {_COPY_AGAIN}",
        aws_says=_NOT_PEM,
    ),
    Rule(
        name="pem-bad-base64",
        on=READER,
        says=lambda it, want: f"the base64 of the block cannot be decoded: {it.detail}",
        why="A block that cannot be decoded cannot be imported.",
        fix=_base64_fix,
        aws_says=_NOT_PEM,
    ),
    Rule(
        name="pem-text-outside-blocks",
        on=READER,
        says=lambda it, want: (
            f"text stands outside of the PEM blocks (such as `openssl -text` or Bag Attributes write): {it.detail}"
        ),
        why="RFC 7468 readers skip it; IAM has refused chains for it, and whether ACM does is not known.",
        repaired=always,
        fix=lambda it, want: f"delete everything that is not between BEGIN and END{_rewrite(it, want)}",
    ),
    Rule(
        name="pem-headers-in-block",
        on=READER,
        says=lambda it, want: f"the block has header lines of RFC 1421 (Name: value) before its base64: {it.detail}",
        why="RFC 7468 has no headers; not all software skips them.",
        repaired=always,
        fix=lambda it, want: (
            "delete the header lines and the empty line behind them: "
            f"`sed '/^[A-Za-z][A-Za-z0-9-]*: /d; /^[[:space:]]*$/d' {file_of(it)} > {new(it)}`"
        ),
    ),
    Rule(
        name="pem-wrong-label",
        on=READER,
        says=lambda it, want: (
            f"the block is labelled {it.detail}, not CERTIFICATE{f'; {it.way}' if it.way else ''}"
        ),
        why="Only blocks that begin with -----BEGIN CERTIFICATE----- are certificates to the target.",
        repaired=lambda it: it.sort == "trusted",
        fix=_label_fix,
        aws_says=_NOT_PEM,
    ),
    Rule(
        name="pem-no-final-newline",
        on=READER,
        says="the file does not end in a line end",
        why="Harmless alone; joined with another file it puts two markers on one line.",
        repaired=always,
        fix=lambda it, want: f"`awk 1 {file_of(it)} > {new(it)}`",
    ),
    Rule(
        name="pem-nothing-found",
        on=READER,
        says=_nothing_says,
        why=_PEM_WHY,
        fix=openers,
        aws_says=_NOT_PEM,
    ),
    Rule(
        name="der-malformed",
        on=READER,
        says=lambda it, want: f"the bytes are not correct DER: {it.detail}",
        why="Implementations differ in what they forgive; what is not DER may be refused, or read differently.",
        fix=lambda it, want: (
            f"{_COPY_AGAIN}, or ask its issuer for it again"
            + ("" if it.sort == "unreadable" else _or_openssl(it, want))
        ),
        aws_says="Unable to parse certificate. Please ensure the certificate is in PEM format.",
    ),
    Rule(
        name="asn1-unreadable",
        on=READER,
        says=lambda it, want: f"the field {it.at.path or it.field} cannot be read: {it.detail}",
        why="What cannot be read cannot be judged, and a target may refuse it.",
        fix=f"have it issued again, or {_COPY_AGAIN}",
        aws_says="Unable to parse certificate. Please ensure the certificate is in PEM format.",
    ),
)

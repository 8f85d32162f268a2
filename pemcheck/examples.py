"""What ``explain`` shows of each rule; ``python docs/generate.py`` writes it."""

from __future__ import annotations

EXAMPLES: dict[str, dict[str, str]] = {
    "input-empty": {
        "text": "certificate-chain.pem: error: input-empty\n    the input is empty: nothing but white space\n    why:  A field that is given must hold something; the service's model has a\n          minimum of one byte.\n    fix:  pass the right file, or leave the option out if there is no chain\n    see:  https://github.com/boto/botocore/tree/develop/botocore/data/acm/2015-12-08 (model)",
        "message": "the input is empty: nothing but white space",
        "fix": "pass the right file, or leave the option out if there is no chain"
    },
    "input-too-large": {
        "text": "certificate.pem: error: input-too-large\n    the certificate has 41,440 bytes; AWS Certificate Manager takes at most\n    32,768\n    why:  The service's model limits the size of each field; the client does not\n          check it, the server refuses.\n    fix:  send only what the field is for: one certificate as certificate, only\n          CA certificates as chain, no text between the blocks; with openssl:\n          `openssl x509 -in certificate.pem -out new.pem` keeps the first\n          certificate alone\n    see:  https://github.com/boto/botocore/tree/develop/botocore/data/acm/2015-12-08 (model)",
        "message": "the certificate has 41,440 bytes; AWS Certificate Manager takes at most 32,768",
        "fix": "send only what the field is for: one certificate as certificate, only CA certificates as chain, no text between the blocks; with openssl: `openssl x509 -in certificate.pem -out new.pem` keeps the first certificate alone"
    },
    "input-is-der": {
        "text": "certificate.pem: error: input-is-der\n    this is a certificate in binary form (DER), not PEM\n    why:  The target takes PEM only: DER-encoded material results in an error.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or write it as PEM:\n          `(echo '-----BEGIN CERTIFICATE-----'; base64 -w64 certificate.pem; echo '-----END CERTIFICATE-----') > new.pem`;\n          with openssl:\n          `openssl x509 -inform DER -in certificate.pem -out new.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "this is a certificate in binary form (DER), not PEM",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or write it as PEM: `(echo '-----BEGIN CERTIFICATE-----'; base64 -w64 certificate.pem; echo '-----END CERTIFICATE-----') > new.pem`; with openssl: `openssl x509 -inform DER -in certificate.pem -out new.pem`"
    },
    "input-is-wrapped": {
        "text": "certificate.pem: error: input-is-wrapped\n    this is a ZIP archive, not PEM; it holds www.crt, ca/i1.crt, www.key\n    why:  The target takes certificate, private key and chain apart, each as\n          PEM; what is inside is judged as well.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --out-dir new`;\n          or `python3 -m zipfile -e certificate.pem DIR`, or\n          `unzip -o certificate.pem -d DIR`; then pass the files themselves, not\n          the archive\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "this is a ZIP archive, not PEM; it holds www.crt, ca/i1.crt, www.key",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --out-dir new`; or `python3 -m zipfile -e certificate.pem DIR`, or `unzip -o certificate.pem -d DIR`; then pass the files themselves, not the archive"
    },
    "input-is-pkcs12": {
        "text": "certificate.pem: error: input-is-pkcs12\n    this is a PKCS#12 container (.p12, .pfx), not PEM\n    why:  The target wants certificate, private key and chain apart, each in\n          PEM.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --out-dir new`;\n          or export certificate, key and chain apart from the key store it came\n          from; with openssl:\n          `openssl pkcs12 -in certificate.pem -nodes -out new-bundle.pem` (add\n          -legacy for files written before 2022), then split it\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "this is a PKCS#12 container (.p12, .pfx), not PEM",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --out-dir new`; or export certificate, key and chain apart from the key store it came from; with openssl: `openssl pkcs12 -in certificate.pem -nodes -out new-bundle.pem` (add -legacy for files written before 2022), then split it"
    },
    "input-is-jks": {
        "text": "certificate.pem: error: input-is-jks\n    this is a Java key store (JKS), not PEM, and stays closed\n    why:  The target takes PEM only; pemcheck opens no Java key store.\n    fix:  `keytool -importkeystore -srckeystore certificate.pem -destkeystore new-store.p12 -deststoretype PKCS12`,\n          then\n          `python -m pemcheck fix new-store.p12 --passphrase-file FILE --out-dir new`;\n          or with openssl\n          `openssl pkcs12 -in new-store.p12 -nodes -out new-bundle.pem`, and\n          split it\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "this is a Java key store (JKS), not PEM, and stays closed",
        "fix": "`keytool -importkeystore -srckeystore certificate.pem -destkeystore new-store.p12 -deststoretype PKCS12`, then `python -m pemcheck fix new-store.p12 --passphrase-file FILE --out-dir new`; or with openssl `openssl pkcs12 -in new-store.p12 -nodes -out new-bundle.pem`, and split it"
    },
    "input-is-pkcs7": {
        "text": "certificate-chain.pem:1: error: input-is-pkcs7\n    this is a PKCS#7 bundle (.p7b), not a PEM certificate\n    why:  The target takes blocks labelled CERTIFICATE only.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or ask the CA for the PEM download instead; with openssl:\n          `openssl pkcs7 -print_certs -in certificate-chain.pem -out new-bundle.pem`,\n          then drop its subject= and issuer= lines\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "this is a PKCS#7 bundle (.p7b), not a PEM certificate",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or ask the CA for the PEM download instead; with openssl: `openssl pkcs7 -print_certs -in certificate-chain.pem -out new-bundle.pem`, then drop its subject= and issuer= lines"
    },
    "input-not-decrypted": {
        "text": "certificate.pem: warning: input-not-decrypted\n    the PKCS#12 container stays closed: it needs a passphrase, and none was\n    given\n    why:  What stays closed cannot be judged; the target takes nothing that is\n          encrypted.\n    fix:  name the passphrase with --passphrase-file FILE or --passphrase-env\n          NAME; with openssl: `openssl pkcs12 -in certificate.pem -info -noout`\n          asks\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "the PKCS#12 container stays closed: it needs a passphrase, and none was given",
        "fix": "name the passphrase with --passphrase-file FILE or --passphrase-env NAME; with openssl: `openssl pkcs12 -in certificate.pem -info -noout` asks"
    },
    "input-is-path": {
        "text": "certificate.pem:1: error: input-is-path\n    this is the name of a file where its content is wanted\n    why:  Without the prefix fileb:// or file:// the client sends the name\n          itself, and the service cannot read it.\n    fix:  put fileb:// before the path (`aws acm`), or file:// (`aws iam`); to\n          pemcheck pass the path itself\n    see:  https://repost.aws/knowledge-center/acm-import-troubleshooting (observed)",
        "message": "this is the name of a file where its content is wanted",
        "fix": "put fileb:// before the path (`aws acm`), or file:// (`aws iam`); to pemcheck pass the path itself"
    },
    "input-encoded-twice": {
        "text": "certificate.pem:1: error: input-encoded-twice\n    this is PEM encoded in base64 once more\n    why:  The target reads PEM (RFC 7468) and nothing else; what it cannot read\n          it refuses, without saying where.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or decode it once: `base64 -d certificate.pem > new.pem`, or\n          `tr -d '\\r\\n' < certificate.pem | openssl base64 -d -A -out new.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "this is PEM encoded in base64 once more",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or decode it once: `base64 -d certificate.pem > new.pem`, or `tr -d '\\r\\n' < certificate.pem | openssl base64 -d -A -out new.pem`"
    },
    "input-without-markers": {
        "text": "certificate.pem:1: error: input-without-markers\n    this is base64 without its BEGIN and END lines\n    why:  PEM stands between a BEGIN and an END line; without them it is not\n          recognised.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or put -----BEGIN CERTIFICATE----- and -----END CERTIFICATE----- on\n          lines of their own around it; with openssl:\n          `base64 -d certificate.pem | openssl x509 -inform DER -out new.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "this is base64 without its BEGIN and END lines",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or put -----BEGIN CERTIFICATE----- and -----END CERTIFICATE----- on lines of their own around it; with openssl: `base64 -d certificate.pem | openssl x509 -inform DER -out new.pem`"
    },
    "input-is-utf16": {
        "text": "certificate.pem:1: error: input-is-utf16\n    the text is UTF-16, LE: two bytes for each character\n    why:  PEM is ASCII; Windows PowerShell's > writes UTF-16.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or `iconv -f UTF-16 -t US-ASCII certificate.pem > new.pem`; in\n          PowerShell `Set-Content -Encoding ascii`\n    see:  https://github.com/awslabs/aws-c-io/issues/280 (observed)",
        "message": "the text is UTF-16, LE: two bytes for each character",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or `iconv -f UTF-16 -t US-ASCII certificate.pem > new.pem`; in PowerShell `Set-Content -Encoding ascii`"
    },
    "input-has-bom": {
        "text": "certificate.pem:1:1: warning: input-has-bom\n    the text starts with a UTF-8 byte order mark (EF BB BF) (AWS documents no\n    such rule)\n    1 | \\u{feff}-----BEGIN CERTIFICATE-----\n      | ^\n    why:  It stands before the first BEGIN line, and not every reader skips it.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or save the file as UTF-8 without BOM, or\n          `sed '1s/^\\xEF\\xBB\\xBF//' certificate.pem > new.pem`\n    see:  https://www.rfc-editor.org/rfc/rfc7468 (inferred)",
        "message": "the text starts with a UTF-8 byte order mark (EF BB BF) (AWS documents no such rule)",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or save the file as UTF-8 without BOM, or `sed '1s/^\\xEF\\xBB\\xBF//' certificate.pem > new.pem`"
    },
    "input-has-forbidden-characters": {
        "text": "certificate.pem:6:21: error: input-has-forbidden-characters\n    the character U+200B stands inside a PEM block or its markers (AWS documents\n    no such rule)\n    6 | ....................\\u{200b}......................................\n      |                     ^\n    why:  Nothing but printable ASCII belongs in PEM; such characters come from\n          word processors, mails and PDF files.\n    fix:  delete the character, write dashes as the plain hyphen-minus, or copy\n          the file again from where it was issued, as a file and not through a\n          terminal, mail or web page\n    see:  https://www.rfc-editor.org/rfc/rfc7468 (inferred)",
        "message": "the character U+200B stands inside a PEM block or its markers (AWS documents no such rule)",
        "fix": "delete the character, write dashes as the plain hyphen-minus, or copy the file again from where it was issued, as a file and not through a terminal, mail or web page"
    },
    "input-has-non-ascii": {
        "text": "certificate-chain.pem:1: warning: input-has-non-ascii\n    characters that are not ASCII stand outside of the PEM blocks: 1 line (AWS\n    documents no such rule)\n    why:  Text outside of the blocks is not needed, and not every reader skips\n          it.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or delete these lines:\n          `sed -n '/^-----BEGIN /,/^-----END /p' certificate-chain.pem > new.pem`\n    see:  https://www.rfc-editor.org/rfc/rfc7468 (inferred)",
        "message": "characters that are not ASCII stand outside of the PEM blocks: 1 line (AWS documents no such rule)",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or delete these lines: `sed -n '/^-----BEGIN /,/^-----END /p' certificate-chain.pem > new.pem`"
    },
    "pem-crlf-line-ends": {
        "text": "certificate.pem:1: note: pem-crlf-line-ends\n    lines end in CR LF, as on Windows: 24 lines, from this one on (AWS documents\n    no such rule)\n    why:  AWS says nothing about it and most readers take it; some tools see a\n          difference at every deployment.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or `tr -d '\\r' < certificate.pem > new.pem`\n    see:  https://www.rfc-editor.org/rfc/rfc7468 (inferred)",
        "message": "lines end in CR LF, as on Windows: 24 lines, from this one on (AWS documents no such rule)",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or `tr -d '\\r' < certificate.pem > new.pem`"
    },
    "pem-trailing-spaces": {
        "text": "certificate.pem:4:65: error: pem-trailing-spaces\n    lines of PEM end in spaces or tabs: 2 lines, from this one on\n    4 | aWF0ZSBJMTAeFw0yNjAxMDEwMDAwMDBaFw0yNzAxMDEwMDAwMDBaMDkxCzAJBgNV\n      |                                                                 ^\n    why:  ACM takes such a line for the end of the certificate, and then sees a\n          second one.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or `sed 's/[[:space:]]*$//' certificate.pem > new.pem`; with openssl:\n          `openssl x509 -in certificate.pem -out new.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-format.html (documented)",
        "message": "lines of PEM end in spaces or tabs: 2 lines, from this one on",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or `sed 's/[[:space:]]*$//' certificate.pem > new.pem`; with openssl: `openssl x509 -in certificate.pem -out new.pem`"
    },
    "pem-blank-or-indented-lines": {
        "text": "certificate.pem:2:1: error: pem-blank-or-indented-lines\n    blank or indented lines inside PEM: 23 lines, from this one on\n    2 |   MIID+jCCAuKgAwIBAgIQRcTAf59dxeHCIlPs5W2rjjANBgkqhkiG9w0BAQsFADA3\n      | ^\n    why:  A PEM file must be passed as it was issued: no added lines, no added\n          spaces (YAML and heredocs indent).\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or\n          `sed '/^[[:space:]]*$/d; s/^[[:space:]]*//' certificate.pem > new.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/troubleshoot-import.html (documented)",
        "message": "blank or indented lines inside PEM: 23 lines, from this one on",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or `sed '/^[[:space:]]*$/d; s/^[[:space:]]*//' certificate.pem > new.pem`"
    },
    "pem-markers-share-a-line": {
        "text": "certificate-chain.pem:22:26: error: pem-markers-share-a-line\n    an END line and the next BEGIN line stand on one line\n    22 | -----END CERTIFICATE----------BEGIN CERTIFICATE-----\n       |                          ^\n    why:  Files without a final line end were joined; most readers then lose the\n          second block without a word.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or break the line between them:\n          `awk '{gsub(/-----[ \\t]*-----BEGIN/, \"-----\\n-----BEGIN\"); print}' certificate-chain.pem > new.pem`;\n          next time join files with `awk 1 a.pem b.pem`\n    see:  https://github.com/zenhack/simp_le/issues/149 (observed)",
        "message": "an END line and the next BEGIN line stand on one line",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or break the line between them: `awk '{gsub(/-----[ \\t]*-----BEGIN/, \"-----\\n-----BEGIN\"); print}' certificate-chain.pem > new.pem`; next time join files with `awk 1 a.pem b.pem`"
    },
    "pem-on-one-line": {
        "text": "certificate.pem:1:29: error: pem-on-one-line\n    the PEM block is not on lines of its own: its markers and its base64 stand\n    on one line (AWS documents no such rule)\n    1 | -----BEGIN CERTIFICATE----- ......................................\n      |                             ^\n    why:  Markers must stand on lines of their own; variables and JSON often\n          flatten them.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or restore the line ends:\n          `awk '{gsub(/-----(BEGIN|END) [A-Z0-9 ]+-----/, \"\\n&\\n\"); print}' certificate.pem | awk '!/^-----/{gsub(/[ \\t]+/, \"\\n\")} 1' | awk NF > new.pem`,\n          or copy the file again from where it was issued, as a file and not\n          through a terminal, mail or web page\n    see:  https://www.rfc-editor.org/rfc/rfc7468 (inferred)",
        "message": "the PEM block is not on lines of its own: its markers and its base64 stand on one line (AWS documents no such rule)",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or restore the line ends: `awk '{gsub(/-----(BEGIN|END) [A-Z0-9 ]+-----/, \"\\n&\\n\"); print}' certificate.pem | awk '!/^-----/{gsub(/[ \\t]+/, \"\\n\")} 1' | awk NF > new.pem`, or copy the file again from where it was issued, as a file and not through a terminal, mail or web page"
    },
    "pem-marker-malformed": {
        "text": "certificate.pem:1:1: error: pem-marker-malformed\n    a BEGIN or END line is malformed: its dashes are 4 before and 5 behind, not\n    5 and 5 (AWS documents no such rule)\n    1 | ----BEGIN CERTIFICATE-----\n      | ^\n    why:  A marker is five dashes, BEGIN or END, a label in capitals, five\n          dashes, and nothing else on its line.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or correct the line by hand, or copy the file again from where it was\n          issued, as a file and not through a terminal, mail or web page\n    see:  https://www.rfc-editor.org/rfc/rfc7468 (inferred)",
        "message": "a BEGIN or END line is malformed: its dashes are 4 before and 5 behind, not 5 and 5 (AWS documents no such rule)",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or correct the line by hand, or copy the file again from where it was issued, as a file and not through a terminal, mail or web page"
    },
    "pem-bad-base64": {
        "text": "certificate.pem:5:11: error: pem-bad-base64\n    the base64 of the block cannot be decoded: the character ! is not base64\n    (AWS documents no such rule)\n    5 | ..........!.....................................................\n      |           ^\n    why:  A block that cannot be decoded cannot be imported.\n    fix:  copy the file again from where it was issued, as a file and not\n          through a terminal, mail or web page; afterwards\n          `openssl x509 -noout -in FILE` prints nothing\n    see:  https://www.rfc-editor.org/rfc/rfc7468 (inferred)",
        "message": "the base64 of the block cannot be decoded: the character ! is not base64 (AWS documents no such rule)",
        "fix": "copy the file again from where it was issued, as a file and not through a terminal, mail or web page; afterwards `openssl x509 -noout -in FILE` prints nothing"
    },
    "pem-text-outside-blocks": {
        "text": "certificate-chain.pem:1: warning: pem-text-outside-blocks\n    text stands outside of the PEM blocks (such as `openssl -text` or Bag\n    Attributes write): 2 lines, from this one on (AWS documents no such rule)\n    why:  RFC 7468 readers skip it; IAM has refused chains for it, and whether\n          ACM does is not known.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or delete everything that is not between BEGIN and END:\n          `sed -n '/^-----BEGIN /,/^-----END /p' certificate-chain.pem > new.pem`\n    see:  https://www.rfc-editor.org/rfc/rfc7468 (inferred)",
        "message": "text stands outside of the PEM blocks (such as `openssl -text` or Bag Attributes write): 2 lines, from this one on (AWS documents no such rule)",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or delete everything that is not between BEGIN and END: `sed -n '/^-----BEGIN /,/^-----END /p' certificate-chain.pem > new.pem`"
    },
    "pem-headers-in-block": {
        "text": "certificate.pem:2: warning: pem-headers-in-block\n    the block has header lines of RFC 1421 (Name: value) before its base64: 1\n    (AWS documents no such rule)\n    why:  RFC 7468 has no headers; not all software skips them.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or delete the header lines and the empty line behind them:\n          `sed '/^[A-Za-z][A-Za-z0-9-]*: /d; /^[[:space:]]*$/d' certificate.pem > new.pem`\n    see:  https://www.rfc-editor.org/rfc/rfc7468 (inferred)",
        "message": "the block has header lines of RFC 1421 (Name: value) before its base64: 1 (AWS documents no such rule)",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or delete the header lines and the empty line behind them: `sed '/^[A-Za-z][A-Za-z0-9-]*: /d; /^[[:space:]]*$/d' certificate.pem > new.pem`"
    },
    "pem-wrong-label": {
        "text": "certificate.pem:1: error: pem-wrong-label\n    the block is labelled CERTIFICATE REQUEST, not CERTIFICATE; it is a request\n    that was made with the private key given\n    why:  Only blocks that begin with -----BEGIN CERTIFICATE----- are\n          certificates to the target.\n    fix:  send the request to a CA, and import the certificate that comes back\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-format.html (documented)",
        "message": "the block is labelled CERTIFICATE REQUEST, not CERTIFICATE; it is a request that was made with the private key given",
        "fix": "send the request to a CA, and import the certificate that comes back"
    },
    "pem-no-final-newline": {
        "text": "certificate.pem:24: note: pem-no-final-newline\n    the file does not end in a line end (AWS documents no such rule)\n    why:  Harmless alone; joined with another file it puts two markers on one\n          line.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or `awk 1 certificate.pem > new.pem`\n    see:  https://www.rfc-editor.org/rfc/rfc7468 (inferred)",
        "message": "the file does not end in a line end (AWS documents no such rule)",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or `awk 1 certificate.pem > new.pem`"
    },
    "pem-nothing-found": {
        "text": "certificate-chain.pem: error: pem-nothing-found\n    there is no PEM block in here; it looks like an HTML page (AWS documents no\n    such rule)\n    why:  The target reads PEM (RFC 7468) and nothing else; what it cannot read\n          it refuses, without saying where.\n    fix:  download it again while logged in, and look at it before you pass it:\n          this page came instead of the file (with curl, -f refuses error pages)\n    see:  https://www.rfc-editor.org/rfc/rfc7468 (inferred)",
        "message": "there is no PEM block in here; it looks like an HTML page (AWS documents no such rule)",
        "fix": "download it again while logged in, and look at it before you pass it: this page came instead of the file (with curl, -f refuses error pages)"
    },
    "der-malformed": {
        "text": "certificate-chain.pem:1: error: der-malformed\n    the bytes are not correct DER: byte 0: its length runs past its container\n    (873 bytes left) (AWS documents no such rule)\n    why:  Implementations differ in what they forgive; what is not DER may be\n          refused, or read differently.\n    fix:  copy the file again from where it was issued, as a file and not\n          through a terminal, mail or web page, or ask its issuer for it again\n    see:  https://www.itu.int/rec/T-REC-X.690 (inferred)",
        "message": "the bytes are not correct DER: byte 0: its length runs past its container (873 bytes left) (AWS documents no such rule)",
        "fix": "copy the file again from where it was issued, as a file and not through a terminal, mail or web page, or ask its issuer for it again"
    },
    "asn1-unreadable": {
        "text": "certificate.pem:1: error: asn1-unreadable\n    the field tbsCertificate.validity.notAfter cannot be read: '270101000000' is\n    not a moment in UTC (AWS documents no such rule)\n    why:  What cannot be read cannot be judged, and a target may refuse it.\n    fix:  have it issued again, or copy the file again from where it was issued,\n          as a file and not through a terminal, mail or web page\n    see:  https://www.itu.int/rec/T-REC-X.690 (inferred)",
        "message": "the field tbsCertificate.validity.notAfter cannot be read: '270101000000' is not a moment in UTC (AWS documents no such rule)",
        "fix": "have it issued again, or copy the file again from where it was issued, as a file and not through a terminal, mail or web page"
    },
    "cert-newer-without-key": {
        "text": "certificate.pem:1: warning: cert-newer-without-key\n    www.example.com (certificate-chain.pem:23) is a newer certificate for the\n    same names, issued on 2026-05-01, until 2027-05-01, and its private key is\n    not here; what is judged was issued on 2026-01-01 (AWS documents no such\n    rule)\n    also: certificate-chain.pem:23\n    why:  Whoever imports the older one has to do it again soon; most often the\n          key of the renewal was forgotten.\n    fix:  pass the newer certificate with the private key that its request was\n          made with\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-format.html (inferred)",
        "message": "www.example.com (certificate-chain.pem:23) is a newer certificate for the same names, issued on 2026-05-01, until 2027-05-01, and its private key is not here; what is judged was issued on 2026-01-01 (AWS documents no such rule)",
        "fix": "pass the newer certificate with the private key that its request was made with"
    },
    "cert-missing": {
        "text": "certificate: error: cert-missing\n    there is no certificate; none was given\n    why:  The certificate is what is imported; without it nothing else counts.\n    fix:  pass the file that begins with -----BEGIN CERTIFICATE-----\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "there is no certificate; none was given",
        "fix": "pass the file that begins with -----BEGIN CERTIFICATE-----"
    },
    "cert-more-than-one": {
        "text": "certificate.pem:25: error: cert-more-than-one\n    the certificate input holds 2 certificates: www.example.com, Test\n    Intermediate I1\n    why:  This field is for one certificate: ACM refuses more, and IAM moves the\n          others into the chain by itself.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --out-dir new`;\n          or split it:\n          `awk '/BEGIN CERT/{n++;p=1} p*(n==1); /END CERT/{p=0}' certificate.pem > new-certificate.pem; awk '/BEGIN CERT/{n++;p=1} p*(n>1); /END CERT/{p=0}' certificate.pem > new-chain.pem`,\n          and pass the second as the certificate chain; with openssl:\n          `openssl x509 -in certificate.pem -out new-certificate.pem` writes the\n          first\n    see:  https://repost.aws/knowledge-center/acm-import-troubleshooting (documented)",
        "message": "the certificate input holds 2 certificates: www.example.com, Test Intermediate I1",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --out-dir new`; or split it: `awk '/BEGIN CERT/{n++;p=1} p*(n==1); /END CERT/{p=0}' certificate.pem > new-certificate.pem; awk '/BEGIN CERT/{n++;p=1} p*(n>1); /END CERT/{p=0}' certificate.pem > new-chain.pem`, and pass the second as the certificate chain; with openssl: `openssl x509 -in certificate.pem -out new-certificate.pem` writes the first"
    },
    "cert-contains-key": {
        "text": "certificate.pem:25: error: cert-contains-key\n    the certificate input holds a private key: it is a secret and does not\n    belong here\n    why:  Certificate, chain and key are imported apart; a key in a certificate\n          file is soon published.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or cut the private key's block out into a file of its own, and replace\n          the key if this file was ever published; with openssl:\n          `openssl x509 -in certificate.pem -out new-certificate.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-format.html (documented)",
        "message": "the certificate input holds a private key: it is a secret and does not belong here",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or cut the private key's block out into a file of its own, and replace the key if this file was ever published; with openssl: `openssl x509 -in certificate.pem -out new-certificate.pem`"
    },
    "roles-swapped": {
        "text": "certificate.pem: error: roles-swapped\n    certificate and private key are swapped: the certificate input holds the\n    key, and the other way round\n    also: private-key.pem\n    why:  Each field is read for what it is meant for, and neither can be.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or swap the two arguments\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "certificate and private key are swapped: the certificate input holds the key, and the other way round",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or swap the two arguments"
    },
    "chain-contains-non-cert": {
        "text": "certificate-chain.pem:1: error: chain-contains-non-cert\n    the certificate chain input holds a private key: it is a secret and does not\n    belong here\n    why:  The chain consists of CA certificates only.\n    fix:  pass the file with the CA certificates (chain.pem), and replace the\n          key if this file was ever published\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-format.html (documented)",
        "message": "the certificate chain input holds a private key: it is a secret and does not belong here",
        "fix": "pass the file with the CA certificates (chain.pem), and replace the key if this file was ever published"
    },
    "cert-is-not-the-leaf": {
        "text": "certificate.pem:1: error: cert-is-not-the-leaf\n    the private key belongs to www.example.com (certificate-chain.pem:1), but\n    the certificate given is Test Intermediate I1; everything else is judged as\n    though www.example.com were the certificate\n    also: certificate-chain.pem:1\n    why:  The certificate must be the one that the private key belongs to.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or pass www.example.com as the certificate, and the others as its\n          chain; with openssl: `openssl x509 -noout -pubkey -in FILE` and\n          `openssl pkey -pubout -in KEY` print the same for a pair\n    see:  https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html (documented)",
        "message": "the private key belongs to www.example.com (certificate-chain.pem:1), but the certificate given is Test Intermediate I1; everything else is judged as though www.example.com were the certificate",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or pass www.example.com as the certificate, and the others as its chain; with openssl: `openssl x509 -noout -pubkey -in FILE` and `openssl pkey -pubout -in KEY` print the same for a pair"
    },
    "key-missing": {
        "text": "private key: error: key-missing\n    there is no private key; none was given\n    why:  The import always needs the private key.\n    fix:  pass the file that begins with -----BEGIN PRIVATE KEY-----\n          (--without-key if it lies elsewhere and is not to be judged)\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "there is no private key; none was given",
        "fix": "pass the file that begins with -----BEGIN PRIVATE KEY----- (--without-key if it lies elsewhere and is not to be judged)"
    },
    "key-more-than-one": {
        "text": "private-key.pem:29: warning: key-more-than-one\n    the private key input holds 2 private keys, at lines 1, 29 (AWS documents no\n    such rule)\n    why:  Only one key belongs to the certificate; which one the target takes is\n          not documented.\n    fix:  keep only the block of the key that belongs to the certificate;\n          `openssl pkey -pubout` prints its public half\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-format.html (inferred)",
        "message": "the private key input holds 2 private keys, at lines 1, 29 (AWS documents no such rule)",
        "fix": "keep only the block of the key that belongs to the certificate; `openssl pkey -pubout` prints its public half"
    },
    "key-contains-cert": {
        "text": "private-key.pem:29: warning: key-contains-cert\n    the private key input holds 1 certificate besides the key (AWS documents no\n    such rule)\n    why:  It is a bundle such as HAProxy uses; each field is meant for one\n          thing.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or cut the certificates out; with openssl:\n          `openssl pkey -in private-key.pem -out new-key.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-format.html (inferred)",
        "message": "the private key input holds 1 certificate besides the key (AWS documents no such rule)",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or cut the certificates out; with openssl: `openssl pkey -in private-key.pem -out new-key.pem`"
    },
    "key-encrypted": {
        "text": "private-key.pem:1: error: key-encrypted\n    the private key is encrypted (pbes2, pbkdf2, aes256_cbc): it needs a\n    passphrase\n    why:  Nobody is there to be asked for the passphrase: the key must be given\n          unencrypted.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --passphrase-file FILE --out-dir new`;\n          or decrypt a copy:\n          `cp private-key.pem new-key.pem && chmod 600 new-key.pem && ssh-keygen -p -m PEM -N '' -f new-key.pem`;\n          with openssl: `openssl pkey -in private-key.pem -out new-key.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "the private key is encrypted (pbes2, pbkdf2, aes256_cbc): it needs a passphrase",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --passphrase-file FILE --out-dir new`; or decrypt a copy: `cp private-key.pem new-key.pem && chmod 600 new-key.pem && ssh-keygen -p -m PEM -N '' -f new-key.pem`; with openssl: `openssl pkey -in private-key.pem -out new-key.pem`"
    },
    "key-format-not-accepted": {
        "text": "private-key.pem:1: error: key-format-not-accepted\n    the private key is in a format the target does not read: OPENSSH PRIVATE KEY\n    why:  The target takes PRIVATE KEY (PKCS#8), RSA PRIVATE KEY and EC PRIVATE\n          KEY.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or convert a copy:\n          `cp private-key.pem new-key.pem && chmod 600 new-key.pem && ssh-keygen -p -m PEM -N '' -f new-key.pem`,\n          which openssl reads too: `openssl pkey -noout -in new-key.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-format.html (documented)",
        "message": "the private key is in a format the target does not read: OPENSSH PRIVATE KEY",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or convert a copy: `cp private-key.pem new-key.pem && chmod 600 new-key.pem && ssh-keygen -p -m PEM -N '' -f new-key.pem`, which openssl reads too: `openssl pkey -noout -in new-key.pem`"
    },
    "key-label-wrong": {
        "text": "private-key.pem:1: warning: key-label-wrong\n    the block is labelled RSA PRIVATE KEY, but what it holds belongs under\n    PRIVATE KEY (AWS documents no such rule)\n    why:  Readers that go by the label fail on it; whether the target does is\n          not documented.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or write PRIVATE KEY into the BEGIN and END lines; with openssl:\n          `openssl pkey -in private-key.pem -out new-key.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-format.html (inferred)",
        "message": "the block is labelled RSA PRIVATE KEY, but what it holds belongs under PRIVATE KEY (AWS documents no such rule)",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or write PRIVATE KEY into the BEGIN and END lines; with openssl: `openssl pkey -in private-key.pem -out new-key.pem`"
    },
    "key-is-pkcs8": {
        "text": "private-key.pem:1: note: key-is-pkcs8\n    the private key is PKCS#8 (PRIVATE KEY); the documents of the time show only\n    RSA PRIVATE KEY\n    why:  Whether PKCS#8 was taken in 2017 is not documented.\n    fix:  only if it is refused:\n          `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --target acm-2017-cli --out-dir new`,\n          or\n          `cp private-key.pem new-key.pem && chmod 600 new-key.pem && ssh-keygen -p -m PEM -N '' -f new-key.pem`,\n          or with openssl:\n          `openssl rsa -traditional -in private-key.pem -out new-key.pem`\n    see:  https://github.com/awsdocs/amazon-cloudfront-developer-guide (formerly-documented)",
        "message": "the private key is PKCS#8 (PRIVATE KEY); the documents of the time show only RSA PRIVATE KEY",
        "fix": "only if it is refused: `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --target acm-2017-cli --out-dir new`, or `cp private-key.pem new-key.pem && chmod 600 new-key.pem && ssh-keygen -p -m PEM -N '' -f new-key.pem`, or with openssl: `openssl rsa -traditional -in private-key.pem -out new-key.pem`"
    },
    "key-pkcs8-version-2": {
        "text": "private-key.pem:1: warning: key-pkcs8-version-2\n    the private key is PKCS#8 of version 2: its public key stands beside it (RFC\n    5958) (AWS documents no such rule)\n    why:  OpenSSL 3.0 does not read such a key, not even a sound one; newer\n          readers do.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or export the key again as PKCS#8 without its public key, which every\n          reader calculates\n    see:  https://www.rfc-editor.org/rfc/rfc5958 (inferred)",
        "message": "the private key is PKCS#8 of version 2: its public key stands beside it (RFC 5958) (AWS documents no such rule)",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or export the key again as PKCS#8 without its public key, which every reader calculates"
    },
    "key-too-large": {
        "text": "private-key.pem: error: key-too-large\n    the private key input has 9,896 bytes, more than 8,192\n    why:  The page allows 5,120 bytes and the service's model 8,192; an RSA 4096\n          key needs about 3,300.\n    fix:  keep only the private key's own block; if that alone is too large, a\n          smaller key is needed; with openssl:\n          `openssl pkey -in private-key.pem -out new-key.pem`\n    see:  https://github.com/boto/botocore/tree/develop/botocore/data/acm/2015-12-08 (model)",
        "message": "the private key input has 9,896 bytes, more than 8,192",
        "fix": "keep only the private key's own block; if that alone is too large, a smaller key is needed; with openssl: `openssl pkey -in private-key.pem -out new-key.pem`"
    },
    "key-file-readable-by-others": {
        "text": "private-key.pem:1: note: key-file-readable-by-others\n    the private key's file is not its owner's alone: its group and everybody may\n    read it (mode 0644) (AWS documents no such rule)\n    why:  Whoever reads the key can pass for the server; the import itself does\n          not look at the file.\n    fix:  `chmod 600 private-key.pem`; if somebody may have read it, use a new\n          key and certificate\n    see:  https://github.com/cabforum/servercert/blob/main/docs/BR.md (inferred)",
        "message": "the private key's file is not its owner's alone: its group and everybody may read it (mode 0644) (AWS documents no such rule)",
        "fix": "`chmod 600 private-key.pem`; if somebody may have read it, use a new key and certificate"
    },
    "key-unreadable": {
        "text": "private-key.pem:1: error: key-unreadable\n    the private key cannot be decoded: it is none of PKCS#1, PKCS#8, SEC 1 or\n    OpenSSH (AWS documents no such rule)\n    why:  A key that cannot be read cannot be imported.\n    fix:  export the key again from where it was made, or take it from a backup;\n          `openssl pkey -noout -in FILE` tells whether openssl reads it\n    see:  https://www.rfc-editor.org/rfc/rfc5915 (inferred)",
        "message": "the private key cannot be decoded: it is none of PKCS#1, PKCS#8, SEC 1 or OpenSSH (AWS documents no such rule)",
        "fix": "export the key again from where it was made, or take it from a backup; `openssl pkey -noout -in FILE` tells whether openssl reads it"
    },
    "key-algorithm-not-accepted": {
        "text": "private-key.pem:1: error: key-algorithm-not-accepted\n    the private key is Ed25519; AWS Certificate Manager takes RSA_1024,\n    RSA_2048, RSA_3072, RSA_4096, EC_prime256v1, EC_secp384r1, EC_secp521r1\n    why:  The target takes a closed list of key algorithms.\n    fix:  make a new key and have the certificate reissued for it: ask the CA or\n          ACME client for RSA 2048 or P-256; with openssl:\n          `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -out new-request.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "the private key is Ed25519; AWS Certificate Manager takes RSA_1024, RSA_2048, RSA_3072, RSA_4096, EC_prime256v1, EC_secp384r1, EC_secp521r1",
        "fix": "make a new key and have the certificate reissued for it: ask the CA or ACME client for RSA 2048 or P-256; with openssl: `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -out new-request.pem`"
    },
    "key-size-not-accepted": {
        "text": "private-key.pem:1: error: key-size-not-accepted\n    the private key is RSA_2056; AWS Certificate Manager takes RSA_1024,\n    RSA_2048, RSA_3072, RSA_4096, EC_prime256v1, EC_secp384r1, EC_secp521r1\n    why:  The target takes a closed list of key sizes.\n    fix:  make a new key and have the certificate reissued for it: ask the CA or\n          ACME client for RSA 2048 or P-256; with openssl:\n          `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -out new-request.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "the private key is RSA_2056; AWS Certificate Manager takes RSA_1024, RSA_2048, RSA_3072, RSA_4096, EC_prime256v1, EC_secp384r1, EC_secp521r1",
        "fix": "make a new key and have the certificate reissued for it: ask the CA or ACME client for RSA 2048 or P-256; with openssl: `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -out new-request.pem`"
    },
    "key-curve-not-accepted": {
        "text": "private-key.pem:1: error: key-curve-not-accepted\n    the private key is on the curve EC_1.3.132.0.10 (secp256k1); AWS Certificate\n    Manager takes RSA_1024, RSA_2048, RSA_3072, RSA_4096, EC_prime256v1,\n    EC_secp384r1, EC_secp521r1\n    why:  The target takes a closed list of elliptic curves.\n    fix:  make a new key and have the certificate reissued for it: ask the CA or\n          ACME client for RSA 2048 or P-256; with openssl:\n          `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -out new-request.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "the private key is on the curve EC_1.3.132.0.10 (secp256k1); AWS Certificate Manager takes RSA_1024, RSA_2048, RSA_3072, RSA_4096, EC_prime256v1, EC_secp384r1, EC_secp521r1",
        "fix": "make a new key and have the certificate reissued for it: ask the CA or ACME client for RSA 2048 or P-256; with openssl: `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -out new-request.pem`"
    },
    "key-explicit-curve": {
        "text": "private-key.pem:1: error: key-explicit-curve\n    the private key spells out its curve's parameters instead of naming it; they\n    are those of prime256v1\n    why:  Only named curves are on the target's list; explicit parameters are\n          refused by most libraries.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or export the key again with a named curve; with openssl:\n          `openssl ec -in private-key.pem -param_enc named_curve -out new-key.pem`;\n          a certificate made from it must be reissued\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "the private key spells out its curve's parameters instead of naming it; they are those of prime256v1",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or export the key again with a named curve; with openssl: `openssl ec -in private-key.pem -param_enc named_curve -out new-key.pem`; a certificate made from it must be reissued"
    },
    "key-without-curve": {
        "text": "private-key.pem:1: error: key-without-curve\n    the EC private key does not say which curve it is on (RFC 5915 parameters\n    are missing) (AWS documents no such rule)\n    why:  Without its curve the number is no key.\n    fix:  export the key again from where it was made, as PKCS#8; with openssl,\n          from the original:\n          `openssl pkcs8 -topk8 -nocrypt -in ORIGINAL -out new-key.pem`\n    see:  https://www.rfc-editor.org/rfc/rfc5915 (inferred)",
        "message": "the EC private key does not say which curve it is on (RFC 5915 parameters are missing) (AWS documents no such rule)",
        "fix": "export the key again from where it was made, as PKCS#8; with openssl, from the original: `openssl pkcs8 -topk8 -nocrypt -in ORIGINAL -out new-key.pem`"
    },
    "key-ec-parameters-block": {
        "text": "private-key.pem:1: note: key-ec-parameters-block\n    an EC PARAMETERS block stands beside the private key\n    why:  ACM removes it before using the key; other readers take it for the key\n          and fail.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or delete the block; with openssl:\n          `openssl ec -in private-key.pem -out new-key.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-format.html (documented)",
        "message": "an EC PARAMETERS block stands beside the private key",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or delete the block; with openssl: `openssl ec -in private-key.pem -out new-key.pem`"
    },
    "key-ec-parameters-only": {
        "text": "private-key.pem:1: error: key-ec-parameters-only\n    there are EC PARAMETERS, but no private key: the file names a curve only\n    why:  The parameters are public and the same for everybody; the key itself\n          is missing.\n    fix:  pass the private key; with openssl a new one comes from\n          `openssl ecparam -name prime256v1 -genkey -noout -out new-key.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-format.html (documented)",
        "message": "there are EC PARAMETERS, but no private key: the file names a curve only",
        "fix": "pass the private key; with openssl a new one comes from `openssl ecparam -name prime256v1 -genkey -noout -out new-key.pem`"
    },
    "key-point-not-on-curve": {
        "text": "certificate.pem:1: error: key-point-not-on-curve\n    the certificate's public point does not lie on its curve prime256v1\n    why:  Such a number is no key: it may be damaged, or made to attack whoever\n          uses it.\n    fix:  make a new key and have the certificate reissued for it: ask the CA or\n          ACME client for RSA 2048 or P-256; with openssl, a request to send\n          there:\n          `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "the certificate's public point does not lie on its curve prime256v1",
        "fix": "make a new key and have the certificate reissued for it: ask the CA or ACME client for RSA 2048 or P-256; with openssl, a request to send there: `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`"
    },
    "key-inconsistent": {
        "text": "private-key.pem:1: warning: key-inconsistent\n    the private key contradicts itself: exponent1 is not privateExponent mod\n    (prime1 - 1) (AWS documents no such rule)\n    why:  Some libraries repair such a key silently, others refuse it or sign\n          wrongly.\n    fix:  export the key again from where it was made, or make a new one;\n          `openssl pkey -noout -check -in private-key.pem` says what openssl\n          makes of this one\n    see:  https://www.rfc-editor.org/rfc/rfc8017 (inferred)",
        "message": "the private key contradicts itself: exponent1 is not privateExponent mod (prime1 - 1) (AWS documents no such rule)",
        "fix": "export the key again from where it was made, or make a new one; `openssl pkey -noout -check -in private-key.pem` says what openssl makes of this one"
    },
    "key-multi-prime": {
        "text": "private-key.pem:1: warning: key-multi-prime\n    the RSA key has 3 primes (AWS documents no such rule)\n    why:  Keys of more than two primes (RFC 8017 version 1) are rarely\n          supported.\n    fix:  make a new key and have the certificate reissued for it: ask the CA or\n          ACME client for RSA 2048 or P-256; with openssl:\n          `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -out new-request.pem`\n    see:  https://www.rfc-editor.org/rfc/rfc8017 (inferred)",
        "message": "the RSA key has 3 primes (AWS documents no such rule)",
        "fix": "make a new key and have the certificate reissued for it: ask the CA or ACME client for RSA 2048 or P-256; with openssl: `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -out new-request.pem`"
    },
    "key-weak-exponent": {
        "text": "certificate.pem:1: warning: key-weak-exponent\n    the RSA public exponent 3 is below 65537 (AWS documents no such rule)\n    why:  Small exponents have been the door to attacks, and even ones are no\n          RSA.\n    fix:  make a new key and have the certificate reissued for it: ask the CA or\n          ACME client for RSA 2048 or P-256; with openssl, a request to send\n          there:\n          `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`\n    see:  https://github.com/cabforum/servercert/blob/main/docs/BR.md (inferred)",
        "message": "the RSA public exponent 3 is below 65537 (AWS documents no such rule)",
        "fix": "make a new key and have the certificate reissued for it: ask the CA or ACME client for RSA 2048 or P-256; with openssl, a request to send there: `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`"
    },
    "key-known-weak": {
        "text": "certificate.pem:1: warning: key-known-weak\n    the RSA key can be broken: its two primes are so close that Fermat's method\n    factors it in 37 steps (AWS documents no such rule)\n    why:  The private key can be calculated from the certificate; CAs must\n          refuse and revoke such keys.\n    fix:  make a new key and have the certificate reissued for it: ask the CA or\n          ACME client for RSA 2048 or P-256; with openssl, a request to send\n          there:\n          `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`\n    see:  https://github.com/cabforum/servercert/blob/main/docs/BR.md (inferred)",
        "message": "the RSA key can be broken: its two primes are so close that Fermat's method factors it in 37 steps (AWS documents no such rule)",
        "fix": "make a new key and have the certificate reissued for it: ask the CA or ACME client for RSA 2048 or P-256; with openssl, a request to send there: `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`"
    },
    "key-does-not-match": {
        "text": "private-key.pem:1: error: key-does-not-match\n    the private key is not the key of the certificate www.example.com: its\n    public key's SHA-256 begins 4a882424a7789f0e, the certificate's\n    94e345ce16e5e8f1\n    also: certificate.pem:1\n    why:  The target proves that key and certificate belong together before it\n          imports them.\n    fix:  find the key that the certificate's request was made with (not the\n          ACME account key, not the key of an older renewal); with openssl:\n          `openssl x509 -noout -pubkey -in CERTIFICATE` and\n          `openssl pkey -pubout -in KEY` print the same for a pair\n    see:  https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html (documented)",
        "message": "the private key is not the key of the certificate www.example.com: its public key's SHA-256 begins 4a882424a7789f0e, the certificate's 94e345ce16e5e8f1",
        "fix": "find the key that the certificate's request was made with (not the ACME account key, not the key of an older renewal); with openssl: `openssl x509 -noout -pubkey -in CERTIFICATE` and `openssl pkey -pubout -in KEY` print the same for a pair"
    },
    "cert-not-version-3": {
        "text": "certificate.pem:1: error: cert-not-version-3\n    this is an X.509 version 1 certificate, not version 3\n    why:  Only version 3 has extensions, and with them subject alternative names\n          and usages.\n    fix:  have the certificate issued again by its CA, with extensions; with\n          openssl, a request to send there:\n          `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com' -out new-request.pem`\n          (openssl x509 -req without -extfile makes version 1)\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "this is an X.509 version 1 certificate, not version 3",
        "fix": "have the certificate issued again by its CA, with extensions; with openssl, a request to send there: `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com' -out new-request.pem` (openssl x509 -req without -extfile makes version 1)"
    },
    "cert-expired": {
        "text": "certificate.pem:1: error: cert-expired\n    the certificate expired at 2026-03-01 00:00:00Z, 92 days before 2026-06-01\n    00:00:00Z\n    why:  A certificate can be imported only while it is valid.\n    fix:  renew the certificate where it was issued, and pass the new one; with\n          openssl, a request to send there:\n          `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "the certificate expired at 2026-03-01 00:00:00Z, 92 days before 2026-06-01 00:00:00Z",
        "fix": "renew the certificate where it was issued, and pass the new one; with openssl, a request to send there: `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`"
    },
    "cert-not-yet-valid": {
        "text": "certificate.pem:1: error: cert-not-yet-valid\n    the certificate is valid only from 2026-07-01 00:00:00Z; it is 2026-06-01\n    00:00:00Z\n    why:  A certificate cannot be imported before its validity begins.\n    fix:  wait until then, or set the issuer's clock right and have the\n          certificate issued again by its CA\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "the certificate is valid only from 2026-07-01 00:00:00Z; it is 2026-06-01 00:00:00Z",
        "fix": "wait until then, or set the issuer's clock right and have the certificate issued again by its CA"
    },
    "cert-validity-inverted": {
        "text": "certificate.pem:1: error: cert-validity-inverted\n    the validity ends (2026-01-01 00:00:00Z) before it begins (2026-07-01\n    00:00:00Z)\n    why:  There is no moment at which such a certificate is valid.\n    fix:  have the certificate issued again by its CA\n    see:  https://www.rfc-editor.org/rfc/rfc5280 (documented)",
        "message": "the validity ends (2026-01-01 00:00:00Z) before it begins (2026-07-01 00:00:00Z)",
        "fix": "have the certificate issued again by its CA"
    },
    "cert-expires-soon": {
        "text": "certificate.pem:1: warning: cert-expires-soon\n    the certificate expires in 10 days, at 2026-06-11 00:00:00Z (AWS documents\n    no such rule)\n    why:  Imported certificates are not renewed by AWS.\n    fix:  renew the certificate before the upload\n    see:  https://www.rfc-editor.org/rfc/rfc5280 (inferred)",
        "message": "the certificate expires in 10 days, at 2026-06-11 00:00:00Z (AWS documents no such rule)",
        "fix": "renew the certificate before the upload"
    },
    "cert-issuer-empty": {
        "text": "certificate.pem:1: error: cert-issuer-empty\n    the certificate names no issuer\n    why:  The issuer field must not be empty.\n    fix:  have it issued by a CA that has a name; with openssl, a request to\n          send there:\n          `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html (documented)",
        "message": "the certificate names no issuer",
        "fix": "have it issued by a CA that has a name; with openssl, a request to send there: `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`"
    },
    "cert-ocsp-url-too-long": {
        "text": "certificate.pem:1: error: cert-ocsp-url-too-long\n    an OCSP URL has 1,024 characters; at most 1,000 are allowed\n    why:  AWS limits the OCSP authority URL to 1,000 characters.\n    fix:  have the certificate issued again by its CA, with a shorter URL\n    see:  https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html (documented)",
        "message": "an OCSP URL has 1,024 characters; at most 1,000 are allowed",
        "fix": "have the certificate issued again by its CA, with a shorter URL"
    },
    "cert-key-algorithm-not-accepted": {
        "text": "certificate.pem:1: error: cert-key-algorithm-not-accepted\n    the certificate's key is RSA_2056; AWS Certificate Manager takes RSA_1024,\n    RSA_2048, RSA_3072, RSA_4096, EC_prime256v1, EC_secp384r1, EC_secp521r1\n    also: private-key.pem:1\n    why:  A target takes certain key algorithms and sizes; its documents say\n          which.\n    fix:  make a new key and have the certificate reissued for it: ask the CA or\n          ACME client for RSA 2048 or P-256; with openssl, a request to send\n          there:\n          `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "the certificate's key is RSA_2056; AWS Certificate Manager takes RSA_1024, RSA_2048, RSA_3072, RSA_4096, EC_prime256v1, EC_secp384r1, EC_secp521r1",
        "fix": "make a new key and have the certificate reissued for it: ask the CA or ACME client for RSA 2048 or P-256; with openssl, a request to send there: `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`"
    },
    "cert-key-not-rsa": {
        "text": "certificate.pem:1: note: cert-key-not-rsa\n    the key is EC_prime256v1: the page lists it and demands an RSA public key in\n    the same breath\n    why:  The documentation contradicts itself; the service's model of the same\n          weeks lists the curves.\n    fix:  nothing, or an RSA certificate where it must be certain\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (formerly-documented)",
        "message": "the key is EC_prime256v1: the page lists it and demands an RSA public key in the same breath",
        "fix": "nothing, or an RSA certificate where it must be certain"
    },
    "cert-explicit-curve": {
        "text": "certificate.pem:1: error: cert-explicit-curve\n    the certificate spells out its curve's parameters instead of naming it\n    why:  Only named curves are on the target's list; most TLS libraries refuse\n          explicit parameters.\n    fix:  make a new key and have the certificate reissued for it: ask the CA or\n          ACME client for RSA 2048 or P-256; with openssl, a request to send\n          there:\n          `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "the certificate spells out its curve's parameters instead of naming it",
        "fix": "make a new key and have the certificate reissued for it: ask the CA or ACME client for RSA 2048 or P-256; with openssl, a request to send there: `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`"
    },
    "cert-pss-key": {
        "text": "certificate.pem:1: error: cert-pss-key\n    the key is restricted to RSASSA-PSS (RSASSA_PSS_2048); the target's list has\n    plain RSA only\n    why:  Keys of this type are not on the target's list, and few TLS clients\n          take them.\n    fix:  make a new key and have the certificate reissued for it: ask the CA or\n          ACME client for RSA 2048 or P-256; with openssl, a request to send\n          there:\n          `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "the key is restricted to RSASSA-PSS (RSASSA_PSS_2048); the target's list has plain RSA only",
        "fix": "make a new key and have the certificate reissued for it: ask the CA or ACME client for RSA 2048 or P-256; with openssl, a request to send there: `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`"
    },
    "cert-key-identifier-malformed": {
        "text": "certificate.pem:1: note: cert-key-identifier-malformed\n    the key's AlgorithmIdentifier is encoded as 300b06092a864886f70d010101, not\n    as the Baseline Requirements have it (AWS documents no such rule)\n    why:  Public CAs must encode it byte for byte; some clients compare it so.\n    fix:  have the certificate issued again by its CA\n    see:  https://github.com/cabforum/servercert/blob/main/docs/BR.md (inferred)",
        "message": "the key's AlgorithmIdentifier is encoded as 300b06092a864886f70d010101, not as the Baseline Requirements have it (AWS documents no such rule)",
        "fix": "have the certificate issued again by its CA"
    },
    "cert-issuer-key-type-differs": {
        "text": "certificate.pem:1: warning: cert-issuer-key-type-differs\n    the certificate's key is EC, the CA's that signed it is RSA\n    why:  The API reference demands that both match; nobody is known to have\n          been refused for it.\n    fix:  if it is refused, ask the CA for an intermediate with the same type of\n          key, or take a key of the CA's type\n    see:  https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html (documented)",
        "message": "the certificate's key is EC, the CA's that signed it is RSA",
        "fix": "if it is refused, ask the CA for an intermediate with the same type of key, or take a key of the CA's type"
    },
    "cert-signature-algorithms-differ": {
        "text": "certificate.pem:1: error: cert-signature-algorithms-differ\n    the certificate names two signature algorithms: sha512_rsa inside,\n    sha256_rsa outside\n    why:  Both must be the same (RFC 5280 section 4.1.1.2); libraries refuse it\n          as damaged.\n    fix:  have the certificate issued again by its CA\n    see:  https://www.rfc-editor.org/rfc/rfc5280 (documented)",
        "message": "the certificate names two signature algorithms: sha512_rsa inside, sha256_rsa outside",
        "fix": "have the certificate issued again by its CA"
    },
    "cert-weak-key": {
        "text": "certificate.pem:1: note: cert-weak-key\n    the RSA key has 1,024 bits: the target's list has it, but clients refuse\n    fewer than 2,048 (AWS documents no such rule)\n    why:  Browsers, and TLS libraries by default (OpenSSL's security level 2),\n          do not connect to such a server.\n    fix:  make a new key and have the certificate reissued for it: ask the CA or\n          ACME client for RSA 2048 or P-256; with openssl, a request to send\n          there:\n          `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`\n    see:  https://github.com/cabforum/servercert/blob/main/docs/BR.md (inferred)",
        "message": "the RSA key has 1,024 bits: the target's list has it, but clients refuse fewer than 2,048 (AWS documents no such rule)",
        "fix": "make a new key and have the certificate reissued for it: ask the CA or ACME client for RSA 2048 or P-256; with openssl, a request to send there: `openssl req -new -newkey rsa:2048 -nodes -keyout new-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`"
    },
    "cert-weak-signature": {
        "text": "certificate.pem:1: note: cert-weak-signature\n    the certificate is signed with sha1_rsa\n    why:  ACM has imported such certificates; browsers and load balancers do not\n          take them.\n    fix:  have the certificate issued again by its CA, signed with SHA-256; with\n          openssl:\n          `openssl req -x509 -days 365 -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com' -addext basicConstraints=critical,CA:FALSE -addext extendedKeyUsage=serverAuth -out new-certificate.pem`\n    see:  https://github.com/hashicorp/terraform/issues/19957 (observed)",
        "message": "the certificate is signed with sha1_rsa",
        "fix": "have the certificate issued again by its CA, signed with SHA-256; with openssl: `openssl req -x509 -days 365 -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com' -addext basicConstraints=critical,CA:FALSE -addext extendedKeyUsage=serverAuth -out new-certificate.pem`"
    },
    "cert-not-for-tls-servers": {
        "text": "certificate.pem:1: warning: cert-not-for-tls-servers\n    the certificate is for codeSigning, not for TLS servers\n    why:  TLS clients refuse a server whose certificate is not for serverAuth.\n    fix:  have the certificate issued again by its CA, with serverAuth; with\n          openssl, a request to send there:\n          `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -addext extendedKeyUsage=serverAuth -out new-request.pem`\n    see:  https://github.com/acantril/learn-cantrill-io-labs/issues/161 (observed)",
        "message": "the certificate is for codeSigning, not for TLS servers",
        "fix": "have the certificate issued again by its CA, with serverAuth; with openssl, a request to send there: `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -addext extendedKeyUsage=serverAuth -out new-request.pem`"
    },
    "cert-without-eku": {
        "text": "certificate.pem:1: note: cert-without-eku\n    the certificate has no extended key usage extension (AWS documents no such\n    rule)\n    why:  Apple's systems and public CAs demand serverAuth; a re-import can\n          never add the extension.\n    fix:  have the certificate issued again by its CA, with serverAuth; with\n          openssl, a request to send there:\n          `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -addext extendedKeyUsage=serverAuth -out new-request.pem`\n    see:  https://github.com/cabforum/servercert/blob/main/docs/BR.md (inferred)",
        "message": "the certificate has no extended key usage extension (AWS documents no such rule)",
        "fix": "have the certificate issued again by its CA, with serverAuth; with openssl, a request to send there: `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -addext extendedKeyUsage=serverAuth -out new-request.pem`"
    },
    "cert-for-other-uses": {
        "text": "certificate.pem:1: warning: cert-for-other-uses\n    besides TLS servers the certificate is for timeStamping (AWS documents no\n    such rule)\n    why:  A TLS certificate is for TLS; other uses widen what a stolen key is\n          good for.\n    fix:  have the certificate issued again by its CA, with serverAuth alone;\n          with openssl, a request to send there:\n          `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -addext extendedKeyUsage=serverAuth -out new-request.pem`\n    see:  https://github.com/cabforum/servercert/blob/main/docs/BR.md (inferred)",
        "message": "besides TLS servers the certificate is for timeStamping (AWS documents no such rule)",
        "fix": "have the certificate issued again by its CA, with serverAuth alone; with openssl, a request to send there: `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -addext extendedKeyUsage=serverAuth -out new-request.pem`"
    },
    "cert-allows-client-auth": {
        "text": "certificate.pem:1: note: cert-allows-client-auth\n    the certificate is for TLS clients too (clientAuth) (AWS documents no such\n    rule)\n    why:  Public CAs stop issuing such certificates; Chrome refuses those issued\n          from 2027-03-15.\n    fix:  ask the CA for its profile with serverAuth alone\n    see:  https://github.com/cabforum/servercert/blob/main/docs/BR.md (inferred)",
        "message": "the certificate is for TLS clients too (clientAuth) (AWS documents no such rule)",
        "fix": "ask the CA for its profile with serverAuth alone"
    },
    "cert-key-usage-unsuitable": {
        "text": "certificate.pem:1: note: cert-key-usage-unsuitable\n    the key usage allows keyAgreement (AWS documents no such rule)\n    why:  It is unusual for a TLS server, and a re-import can never remove a\n          usage.\n    fix:  have the certificate issued again by its CA, with digitalSignature;\n          with openssl, a request to send there:\n          `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -addext keyUsage=critical,digitalSignature -out new-request.pem`\n    see:  https://github.com/cabforum/servercert/blob/main/docs/BR.md (inferred)",
        "message": "the key usage allows keyAgreement (AWS documents no such rule)",
        "fix": "have the certificate issued again by its CA, with digitalSignature; with openssl, a request to send there: `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -addext keyUsage=critical,digitalSignature -out new-request.pem`"
    },
    "cert-netscape-type-unsuitable": {
        "text": "certificate.pem:1: warning: cert-netscape-type-unsuitable\n    Netscape's certificate type, an old extension, allows no TLS server (AWS\n    documents no such rule)\n    why:  OpenSSL heeds it still: its clients refuse such a certificate as a\n          server's.\n    fix:  have the certificate issued again by its CA, without this extension\n    see:  https://www.rfc-editor.org/rfc/rfc5280 (inferred)",
        "message": "Netscape's certificate type, an old extension, allows no TLS server (AWS documents no such rule)",
        "fix": "have the certificate issued again by its CA, without this extension"
    },
    "cert-is-ca": {
        "text": "certificate.pem:1: note: cert-is-ca\n    the certificate is a CA certificate (basicConstraints cA TRUE)\n    why:  Some clients refuse a CA certificate as a server's;\n          `openssl req -x509` makes such by default.\n    fix:  have an end-entity certificate issued; with openssl:\n          `openssl req -x509 -days 365 -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com' -addext basicConstraints=critical,CA:FALSE -addext extendedKeyUsage=serverAuth -out new-certificate.pem`\n    see:  https://github.com/acantril/learn-cantrill-io-labs/issues/161 (observed)",
        "message": "the certificate is a CA certificate (basicConstraints cA TRUE)",
        "fix": "have an end-entity certificate issued; with openssl: `openssl req -x509 -days 365 -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com' -addext basicConstraints=critical,CA:FALSE -addext extendedKeyUsage=serverAuth -out new-certificate.pem`"
    },
    "cert-basic-constraints-unsuitable": {
        "text": "certificate.pem:1: warning: cert-basic-constraints-unsuitable\n    the basic constraints of www.example.com are not as they must be: they state\n    a path length, and that this is no CA (AWS documents no such rule)\n    why:  RFC 5280 section 4.2.1.9 rules it out; `openssl verify -x509_strict`\n          and others as strict refuse it.\n    fix:  have the certificate issued again by its CA, with sound\n          basicConstraints\n    see:  https://www.rfc-editor.org/rfc/rfc5280 (inferred)",
        "message": "the basic constraints of www.example.com are not as they must be: they state a path length, and that this is no CA (AWS documents no such rule)",
        "fix": "have the certificate issued again by its CA, with sound basicConstraints"
    },
    "cert-san-not-critical": {
        "text": "certificate.pem:1: note: cert-san-not-critical\n    the subject is empty, and the subject alternative name extension is not\n    critical (AWS documents no such rule)\n    why:  Whoever passed over the extension would know no name at all, so it\n          must be critical (RFC 5280 4.2.1.6).\n    fix:  have the certificate issued again by its CA, with the extension\n          critical, or with a subject\n    see:  https://www.rfc-editor.org/rfc/rfc5280 (inferred)",
        "message": "the subject is empty, and the subject alternative name extension is not critical (AWS documents no such rule)",
        "fix": "have the certificate issued again by its CA, with the extension critical, or with a subject"
    },
    "cert-self-issued-not-self-signed": {
        "text": "certificate.pem:1: error: cert-self-issued-not-self-signed\n    issuer and subject are the same name, but the certificate is not signed with\n    its own key\n    why:  It is not self-signed, and no chain explains who signed it.\n    fix:  pass the chain of the CA that signed it, or sign it again with its own\n          key; with openssl:\n          `openssl x509 -in FILE -signkey KEY -out new-certificate.pem`\n    see:  https://repost.aws/knowledge-center/acm-import-troubleshooting (observed)",
        "message": "issuer and subject are the same name, but the certificate is not signed with its own key",
        "fix": "pass the chain of the CA that signed it, or sign it again with its own key; with openssl: `openssl x509 -in FILE -signkey KEY -out new-certificate.pem`"
    },
    "cert-is-precertificate": {
        "text": "certificate.pem:1: error: cert-is-precertificate\n    this is a precertificate (RFC 6962): its poison extension makes it invalid\n    on purpose\n    why:  A precertificate goes to transparency logs; it is not the certificate.\n    fix:  pass the final certificate that the CA issued after it\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-format.html (documented)",
        "message": "this is a precertificate (RFC 6962): its poison extension makes it invalid on purpose",
        "fix": "pass the final certificate that the CA issued after it"
    },
    "cert-unknown-critical-extension": {
        "text": "certificate.pem:1: warning: cert-unknown-critical-extension\n    the certificate has a critical extension that is not commonly processed:\n    1.2.3.4.5 (AWS documents no such rule)\n    why:  Whoever cannot process a critical extension must refuse the\n          certificate (RFC 5280 section 4.2).\n    fix:  have the certificate issued again by its CA, without it or with it not\n          critical\n    see:  https://www.rfc-editor.org/rfc/rfc5280 (inferred)",
        "message": "the certificate has a critical extension that is not commonly processed: 1.2.3.4.5 (AWS documents no such rule)",
        "fix": "have the certificate issued again by its CA, without it or with it not critical"
    },
    "cert-duplicate-extension": {
        "text": "certificate.pem:1: warning: cert-duplicate-extension\n    an extension stands twice: key_usage; the first was judged (AWS documents no\n    such rule)\n    why:  No extension may stand twice (RFC 5280 section 4.2); readers differ in\n          which one counts.\n    fix:  have the certificate issued again by its CA\n    see:  https://www.rfc-editor.org/rfc/rfc5280 (inferred)",
        "message": "an extension stands twice: key_usage; the first was judged (AWS documents no such rule)",
        "fix": "have the certificate issued again by its CA"
    },
    "cert-serial-out-of-range": {
        "text": "certificate.pem:1: note: cert-serial-out-of-range\n    the serial number is negative (AWS documents no such rule)\n    why:  It must be positive and at most 20 octets (RFC 5280 section 4.1.2.2).\n    fix:  have the certificate issued again by its CA\n    see:  https://github.com/cabforum/servercert/blob/main/docs/BR.md (inferred)",
        "message": "the serial number is negative (AWS documents no such rule)",
        "fix": "have the certificate issued again by its CA"
    },
    "cert-trailing-data": {
        "text": "certificate.pem:1: warning: cert-trailing-data\n    1,022 more bytes in its block, behind the certificate (AWS documents no such\n    rule)\n    why:  Some readers refuse it, others never see what follows.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or have the file written anew from where it was issued; with openssl:\n          `openssl x509 -in certificate.pem -out new-certificate.pem`\n    see:  https://www.rfc-editor.org/rfc/rfc5280 (inferred)",
        "message": "1,022 more bytes in its block, behind the certificate (AWS documents no such rule)",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or have the file written anew from where it was issued; with openssl: `openssl x509 -in certificate.pem -out new-certificate.pem`"
    },
    "cert-no-domain": {
        "text": "certificate.pem:1: warning: cert-no-domain\n    the certificate is for no domain: there is no DNS name or IP address among\n    its subject alternative names, and its CN server is not a fully qualified\n    domain name\n    why:  It may import, but no load balancer, distribution or VPN endpoint can\n          use it.\n    fix:  have the certificate issued again with all its names as subject\n          alternative names, with your own name for www.example.com; with\n          openssl, a request to send there:\n          `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com' -out new-request.pem`\n    see:  https://github.com/acantril/learn-cantrill-io-labs/issues/161 (observed)",
        "message": "the certificate is for no domain: there is no DNS name or IP address among its subject alternative names, and its CN server is not a fully qualified domain name",
        "fix": "have the certificate issued again with all its names as subject alternative names, with your own name for www.example.com; with openssl, a request to send there: `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com' -out new-request.pem`"
    },
    "cert-single-label": {
        "text": "certificate.pem:1: note: cert-single-label\n    none of the DNS names has a dot: server\n    why:  It imports (AWS's own VPN recipe does so); only fully qualified names\n          work elsewhere.\n    fix:  have the certificate issued again with all its names as subject\n          alternative names, with your own name for www.example.com; with\n          openssl, a request to send there:\n          `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com' -out new-request.pem`\n    see:  https://github.com/acantril/learn-cantrill-io-labs/issues/161 (observed)",
        "message": "none of the DNS names has a dot: server",
        "fix": "have the certificate issued again with all its names as subject alternative names, with your own name for www.example.com; with openssl, a request to send there: `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com' -out new-request.pem`"
    },
    "cert-only-ip-addresses": {
        "text": "certificate.pem:1: error: cert-only-ip-addresses\n    the certificate is for IP addresses only: 8.8.8.8\n    why:  ACM takes IP addresses since 2020; most of what uses its certificates\n          wants a domain name.\n    fix:  have the certificate issued again with a DNS name among its subject\n          alternative names, with your own name for www.example.com; with\n          openssl, a request to send there:\n          `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,IP:8.8.8.8' -out new-request.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (formerly-documented)",
        "message": "the certificate is for IP addresses only: 8.8.8.8",
        "fix": "have the certificate issued again with a DNS name among its subject alternative names, with your own name for www.example.com; with openssl, a request to send there: `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,IP:8.8.8.8' -out new-request.pem`"
    },
    "cert-without-san": {
        "text": "certificate.pem:1: note: cert-without-san\n    there are no subject alternative names; www.example.com stands in the CN\n    alone (AWS documents no such rule)\n    why:  Browsers and CloudFront look at subject alternative names only.\n    fix:  have the certificate issued again with all its names as subject\n          alternative names; with openssl, a request to send there:\n          `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com' -out new-request.pem`\n    see:  https://github.com/cabforum/servercert/blob/main/docs/BR.md (inferred)",
        "message": "there are no subject alternative names; www.example.com stands in the CN alone (AWS documents no such rule)",
        "fix": "have the certificate issued again with all its names as subject alternative names; with openssl, a request to send there: `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com' -out new-request.pem`"
    },
    "cert-cn-not-in-san": {
        "text": "certificate.pem:1: warning: cert-cn-not-in-san\n    the CN example.net is not among the subject alternative names\n    (www.example.com, example.com) (AWS documents no such rule)\n    why:  Clients ignore the CN where there are alternative names, so it\n          promises a name that does not work.\n    fix:  have the certificate issued again with all its names as subject\n          alternative names; with openssl, a request to send there:\n          `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`\n    see:  https://github.com/cabforum/servercert/blob/main/docs/BR.md (inferred)",
        "message": "the CN example.net is not among the subject alternative names (www.example.com, example.com) (AWS documents no such rule)",
        "fix": "have the certificate issued again with all its names as subject alternative names; with openssl, a request to send there: `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`"
    },
    "cert-san-malformed": {
        "text": "certificate.pem:1: note: cert-san-malformed\n    a subject alternative name is not one for a public TLS server:\n    DNS:my_host.example.com has an underscore (AWS documents no such rule)\n    why:  Public CAs must not issue such names, and clients may not match them.\n    fix:  have the certificate issued again with all its names as subject\n          alternative names; with openssl, a request to send there:\n          `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com' -out new-request.pem`\n    see:  https://github.com/cabforum/servercert/blob/main/docs/BR.md (inferred)",
        "message": "a subject alternative name is not one for a public TLS server: DNS:my_host.example.com has an underscore (AWS documents no such rule)",
        "fix": "have the certificate issued again with all its names as subject alternative names; with openssl, a request to send there: `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com' -out new-request.pem`"
    },
    "cert-does-not-cover-hostname": {
        "text": "certificate.pem:1: warning: cert-does-not-cover-hostname\n    the certificate does not cover api.example.com; it is for www.example.com,\n    example.com (AWS documents no such rule)\n    why:  A wildcard stands for exactly one label (*.example.com covers neither\n          example.com nor a.b.example.com), and no DNS name for an IP address.\n    fix:  have the certificate issued again with all its names as subject\n          alternative names; with openssl, a request to send there:\n          `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:api.example.com,DNS:example.com' -out new-request.pem`\n    see:  https://www.rfc-editor.org/rfc/rfc9525 (inferred)",
        "message": "the certificate does not cover api.example.com; it is for www.example.com, example.com (AWS documents no such rule)",
        "fix": "have the certificate issued again with all its names as subject alternative names; with openssl, a request to send there: `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:api.example.com,DNS:example.com' -out new-request.pem`"
    },
    "cert-many-names": {
        "text": "certificate.pem:1: note: cert-many-names\n    the certificate has 12 names\n    why:  ACM's quota of names does not apply to imported certificates; other\n          services have limits of their own.\n    fix:  nothing has to be done\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html (documented)",
        "message": "the certificate has 12 names",
        "fix": "nothing has to be done"
    },
    "chain-missing": {
        "text": "certificate.pem:1: warning: chain-missing\n    there is no certificate chain, and www.example.com is not self-signed: it\n    was issued by CN=Test Intermediate I1,O=Example Trust\n    why:  Clients know roots, not intermediates; a server that does not send its\n          chain is not trusted.\n    fix:  pass the CA's chain file (chain.pem) as --certificate-chain; if there\n          is none, get the certificate of CN=Test Intermediate I1,O=Example\n          Trust (subject key identifier\n          2d3def047daf7ab663f42b760e66a6b6bdda6fc8) from\n          http://ca.example.com/i1.cer; with openssl, if it comes as DER:\n          `openssl x509 -inform DER -in FILE -out new-issuer.pem`\n    see:  https://github.com/certd/certd/issues/746 (observed)",
        "message": "there is no certificate chain, and www.example.com is not self-signed: it was issued by CN=Test Intermediate I1,O=Example Trust",
        "fix": "pass the CA's chain file (chain.pem) as --certificate-chain; if there is none, get the certificate of CN=Test Intermediate I1,O=Example Trust (subject key identifier 2d3def047daf7ab663f42b760e66a6b6bdda6fc8) from http://ca.example.com/i1.cer; with openssl, if it comes as DER: `openssl x509 -inform DER -in FILE -out new-issuer.pem`"
    },
    "chain-not-needed": {
        "text": "certificate-chain.pem:1: note: chain-not-needed\n    the certificate is self-signed, so the chain is not needed (AWS documents no\n    such rule)\n    why:  Nothing in a chain can certify a certificate that certifies itself.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or leave the chain out\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (inferred)",
        "message": "the certificate is self-signed, so the chain is not needed (AWS documents no such rule)",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or leave the chain out"
    },
    "chain-contains-leaf": {
        "text": "certificate-chain.pem:1: error: chain-contains-leaf\n    the chain contains the certificate itself (www.example.com)\n    why:  The chain begins with the certificate's issuer; the end-entity\n          certificate has its own field.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or pass chain.pem, not fullchain.pem; or delete this block; with\n          openssl, to see which it is: `openssl x509 -noout -subject -in FILE`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/troubleshoot-import.html (documented)",
        "message": "the chain contains the certificate itself (www.example.com)",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or pass chain.pem, not fullchain.pem; or delete this block; with openssl, to see which it is: `openssl x509 -noout -subject -in FILE`"
    },
    "chain-does-not-start-with-issuer": {
        "text": "certificate-chain.pem:1: error: chain-does-not-start-with-issuer\n    the chain does not start with the certificate's issuer: www.example.com was\n    issued by CN=Test Intermediate I1,O=Example Trust, the chain starts with\n    CN=Foreign Intermediate,O=Somebody Else\n    why:  The import follows the chain upwards: each certificate must directly\n          certify the one before it.\n    fix:  get the certificate of CN=Test Intermediate I1,O=Example Trust\n          (subject key identifier 2d3def047daf7ab663f42b760e66a6b6bdda6fc8) from\n          http://ca.example.com/i1.cer; with openssl, if it comes as DER:\n          `openssl x509 -inform DER -in FILE -out new-issuer.pem`; CAs change\n          their intermediates, so take the one of this renewal\n    see:  https://repost.aws/knowledge-center/acm-import-troubleshooting (documented)",
        "message": "the chain does not start with the certificate's issuer: www.example.com was issued by CN=Test Intermediate I1,O=Example Trust, the chain starts with CN=Foreign Intermediate,O=Somebody Else",
        "fix": "get the certificate of CN=Test Intermediate I1,O=Example Trust (subject key identifier 2d3def047daf7ab663f42b760e66a6b6bdda6fc8) from http://ca.example.com/i1.cer; with openssl, if it comes as DER: `openssl x509 -inform DER -in FILE -out new-issuer.pem`; CAs change their intermediates, so take the one of this renewal"
    },
    "chain-root-only": {
        "text": "certificate-chain.pem:1: error: chain-root-only\n    the chain holds the root Test Root R1, but not CN=Test Intermediate\n    I1,O=Example Trust, which issued the certificate\n    why:  The import follows the chain upwards: each certificate must directly\n          certify the one before it.\n    fix:  get the certificate of CN=Test Intermediate I1,O=Example Trust\n          (subject key identifier 2d3def047daf7ab663f42b760e66a6b6bdda6fc8) from\n          http://ca.example.com/i1.cer; with openssl, if it comes as DER:\n          `openssl x509 -inform DER -in FILE -out new-issuer.pem`, and put it\n          before the root\n    see:  https://repost.aws/knowledge-center/acm-import-troubleshooting (observed)",
        "message": "the chain holds the root Test Root R1, but not CN=Test Intermediate I1,O=Example Trust, which issued the certificate",
        "fix": "get the certificate of CN=Test Intermediate I1,O=Example Trust (subject key identifier 2d3def047daf7ab663f42b760e66a6b6bdda6fc8) from http://ca.example.com/i1.cer; with openssl, if it comes as DER: `openssl x509 -inform DER -in FILE -out new-issuer.pem`, and put it before the root"
    },
    "chain-out-of-order": {
        "text": "certificate-chain.pem:1: error: chain-out-of-order\n    the chain stands as Test Intermediate I1, Test Intermediate I2; from the\n    certificate upwards it must be Test Intermediate I2, Test Intermediate I1\n    why:  The import follows the chain upwards: each certificate must directly\n          certify the one before it.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or put the blocks in this order: Test Intermediate I2\n          (certificate-chain.pem:23), Test Intermediate I1\n          (certificate-chain.pem:1); with openssl, to see what a file is:\n          `openssl x509 -noout -subject -issuer -in FILE`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/troubleshoot-import.html (documented)",
        "message": "the chain stands as Test Intermediate I1, Test Intermediate I2; from the certificate upwards it must be Test Intermediate I2, Test Intermediate I1",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or put the blocks in this order: Test Intermediate I2 (certificate-chain.pem:23), Test Intermediate I1 (certificate-chain.pem:1); with openssl, to see what a file is: `openssl x509 -noout -subject -issuer -in FILE`"
    },
    "chain-link-missing": {
        "text": "certificate-chain.pem:23: error: chain-link-missing\n    after Test Intermediate I3 the chain breaks off: it was issued by CN=Test\n    Intermediate I2,O=Example Trust, which is not there, and Test Intermediate\n    I1 comes next\n    also: certificate-chain.pem:1\n    why:  The import follows the chain upwards: each certificate must directly\n          certify the one before it.\n    fix:  get the certificate of CN=Test Intermediate I2,O=Example Trust\n          (subject key identifier 45e7aa7f3c0cf0850d00b3bd6d9fbb19638c964a) from\n          http://ca.example.com/root.cer; with openssl, if it comes as DER:\n          `openssl x509 -inform DER -in FILE -out new-issuer.pem`, and put it\n          between the two; or drop Test Intermediate I1 if it does not belong\n          here\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/troubleshoot-import.html (documented)",
        "message": "after Test Intermediate I3 the chain breaks off: it was issued by CN=Test Intermediate I2,O=Example Trust, which is not there, and Test Intermediate I1 comes next",
        "fix": "get the certificate of CN=Test Intermediate I2,O=Example Trust (subject key identifier 45e7aa7f3c0cf0850d00b3bd6d9fbb19638c964a) from http://ca.example.com/root.cer; with openssl, if it comes as DER: `openssl x509 -inform DER -in FILE -out new-issuer.pem`, and put it between the two; or drop Test Intermediate I1 if it does not belong here"
    },
    "chain-signature-does-not-verify": {
        "text": "certificate-chain.pem:1: error: chain-signature-does-not-verify\n    Test Intermediate I1 has the name of the issuer of www.example.com, but the\n    signature does not verify with its key\n    also: certificate.pem:1\n    why:  The certificate was changed after it was signed, or this is a CA\n          certificate of the same name with another key: re-keyed, cross-signed,\n          out of date.\n    fix:  get the certificate of CN=Test Intermediate I1,O=Example Trust from\n          http://ca.example.com/i1.cer; with openssl, if it comes as DER:\n          `openssl x509 -inform DER -in FILE -out new-issuer.pem`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/troubleshoot-import.html (documented)",
        "message": "Test Intermediate I1 has the name of the issuer of www.example.com, but the signature does not verify with its key",
        "fix": "get the certificate of CN=Test Intermediate I1,O=Example Trust from http://ca.example.com/i1.cer; with openssl, if it comes as DER: `openssl x509 -inform DER -in FILE -out new-issuer.pem`"
    },
    "chain-names-match-only-relaxed": {
        "text": "certificate.pem:1: note: chain-names-match-only-relaxed\n    the issuer of www.example.com, CN=TEST intermediate \uff291,O=Example Trust, is\n    the subject of its CA, CN=Test Intermediate I1,O=Example Trust, only where\n    case, white space and forms of characters do not count (AWS documents no\n    such rule)\n    also: certificate-chain.pem:1\n    why:  RFC 5280 section 7.1 takes them for the same name, and the signature\n          verifies; but verifiers that compare bytes, such as Go's, find no\n          issuer.\n    fix:  if clients find no path, ask the CA for a certificate whose issuer is\n          its own subject byte for byte; with openssl, to see how a name is\n          encoded:\n          `openssl x509 -noout -subject -issuer -nameopt multiline,show_type -in FILE`\n    see:  https://www.rfc-editor.org/rfc/rfc5280 (inferred)",
        "message": "the issuer of www.example.com, CN=TEST intermediate \uff291,O=Example Trust, is the subject of its CA, CN=Test Intermediate I1,O=Example Trust, only where case, white space and forms of characters do not count (AWS documents no such rule)",
        "fix": "if clients find no path, ask the CA for a certificate whose issuer is its own subject byte for byte; with openssl, to see how a name is encoded: `openssl x509 -noout -subject -issuer -nameopt multiline,show_type -in FILE`"
    },
    "chain-contains-unrelated": {
        "text": "certificate-chain.pem:23: error: chain-contains-unrelated\n    the chain contains what does not belong: not on the certificate's path:\n    Foreign Intermediate\n    why:  Every certificate of the chain must certify the one before it.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or delete these blocks; with openssl, to see what a block is:\n          `openssl x509 -noout -subject -issuer -in FILE`\n    see:  https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html (documented)",
        "message": "the chain contains what does not belong: not on the certificate's path: Foreign Intermediate",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or delete these blocks; with openssl, to see what a block is: `openssl x509 -noout -subject -issuer -in FILE`"
    },
    "chain-contains-duplicate": {
        "text": "certificate-chain.pem:23: warning: chain-contains-duplicate\n    the chain contains a certificate more than once: Test Intermediate I2 (AWS\n    documents no such rule)\n    why:  A certificate does not certify itself, so the second one breaks the\n          order; whether it is refused is not known.\n    fix:  `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`;\n          or delete the repeated blocks\n    see:  https://www.rfc-editor.org/rfc/rfc5280 (inferred)",
        "message": "the chain contains a certificate more than once: Test Intermediate I2 (AWS documents no such rule)",
        "fix": "`python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`; or delete the repeated blocks"
    },
    "chain-contains-root": {
        "text": "certificate-chain.pem:23: note: chain-contains-root\n    the chain includes the root Test Root R1\n    why:  Clients have public roots already, and never trust one that a server\n          sends; a private CA's root may stay.\n    fix:  if the CA is public, or the target wants no root, delete this block,\n          as\n          `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new`\n          does; else it may stay, as the last\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-format.html (documented)",
        "message": "the chain includes the root Test Root R1",
        "fix": "if the CA is public, or the target wants no root, delete this block, as `python -m pemcheck fix --certificate certificate.pem --private-key private-key.pem --certificate-chain certificate-chain.pem --out-dir new` does; else it may stay, as the last"
    },
    "chain-does-not-reach-root": {
        "text": "certificate-chain.pem:1: note: chain-does-not-reach-root\n    the chain ends at Test Intermediate I1, whose issuer CN=Test Root\n    R1,O=Example Trust is not there, nor does it say where to get it\n    why:  Public roots are left out on purpose; a private root must be known to\n          every client, or be included.\n    fix:  if the CA is private, append its root's certificate; with --keep-root\n          the command fix keeps one that was given\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/troubleshoot-import.html (formerly-documented)",
        "message": "the chain ends at Test Intermediate I1, whose issuer CN=Test Root R1,O=Example Trust is not there, nor does it say where to get it",
        "fix": "if the CA is private, append its root's certificate; with --keep-root the command fix keeps one that was given"
    },
    "chain-too-long": {
        "text": "certificate-chain.pem:1: note: chain-too-long\n    the chain has 6 certificates (AWS documents no such rule)\n    why:  Every handshake sends it; other services take at most five.\n    fix:  leave out what no client needs: the root, cross-signed roots\n    see:  https://github.com/cabforum/servercert/blob/main/docs/BR.md (inferred)",
        "message": "the chain has 6 certificates (AWS documents no such rule)",
        "fix": "leave out what no client needs: the root, cross-signed roots"
    },
    "chain-cert-expired": {
        "text": "certificate-chain.pem:1: warning: chain-cert-expired\n    Test Intermediate I1 in the chain expired on 2026-05-01 (AWS documents no\n    such rule)\n    why:  Clients refuse a path through an expired certificate; whether the\n          import looks is not documented.\n    fix:  take the CA's current intermediate, or drop an expired cross-signed\n          root\n    see:  https://www.rfc-editor.org/rfc/rfc5280 (inferred)",
        "message": "Test Intermediate I1 in the chain expired on 2026-05-01 (AWS documents no such rule)",
        "fix": "take the CA's current intermediate, or drop an expired cross-signed root"
    },
    "chain-cert-not-yet-valid": {
        "text": "certificate-chain.pem:1: warning: chain-cert-not-yet-valid\n    Test Intermediate I1 in the chain is valid only from 2026-07-01 (AWS\n    documents no such rule)\n    why:  Clients refuse a path through a certificate that is not valid yet.\n    fix:  wait until then, or take another intermediate\n    see:  https://www.rfc-editor.org/rfc/rfc5280 (inferred)",
        "message": "Test Intermediate I1 in the chain is valid only from 2026-07-01 (AWS documents no such rule)",
        "fix": "wait until then, or take another intermediate"
    },
    "chain-cert-not-a-ca": {
        "text": "certificate-chain.pem:1: warning: chain-cert-not-a-ca\n    Test Intermediate I1 in the chain is not a CA certificate (no\n    basicConstraints cA TRUE) (AWS documents no such rule)\n    why:  What an end-entity certificate signs, clients do not trust.\n    fix:  use the CA's own certificates for the chain\n    see:  https://www.rfc-editor.org/rfc/rfc5280 (inferred)",
        "message": "Test Intermediate I1 in the chain is not a CA certificate (no basicConstraints cA TRUE) (AWS documents no such rule)",
        "fix": "use the CA's own certificates for the chain"
    },
    "chain-cert-explicit-curve": {
        "text": "certificate-chain.pem:1: warning: chain-cert-explicit-curve\n    Test Explicit EC in the chain spells out its curve's parameters instead of\n    naming it (AWS documents no such rule)\n    why:  Most TLS libraries refuse explicit parameters.\n    fix:  ask the CA for another intermediate, and have the certificate reissued\n          from it\n    see:  https://www.rfc-editor.org/rfc/rfc5280 (inferred)",
        "message": "Test Explicit EC in the chain spells out its curve's parameters instead of naming it (AWS documents no such rule)",
        "fix": "ask the CA for another intermediate, and have the certificate reissued from it"
    },
    "chain-cert-not-version-3": {
        "text": "certificate-chain.pem:1: warning: chain-cert-not-version-3\n    Test Intermediate I1 in the chain is X.509 version 1 (AWS documents no such\n    rule)\n    why:  Without extensions nothing says that it is a CA.\n    fix:  ask the CA for another intermediate, and have the certificate reissued\n          from it\n    see:  https://www.rfc-editor.org/rfc/rfc5280 (inferred)",
        "message": "Test Intermediate I1 in the chain is X.509 version 1 (AWS documents no such rule)",
        "fix": "ask the CA for another intermediate, and have the certificate reissued from it"
    },
    "chain-cert-not-for-tls-servers": {
        "text": "certificate-chain.pem:1: warning: chain-cert-not-for-tls-servers\n    Test Intermediate I1 in the chain may issue certificates for emailProtection\n    only, not for TLS servers (AWS documents no such rule)\n    why:  Clients apply an intermediate's extended key usage to what it issues.\n    fix:  ask the CA for another intermediate, and have the certificate reissued\n          from it\n    see:  https://www.rfc-editor.org/rfc/rfc5280 (inferred)",
        "message": "Test Intermediate I1 in the chain may issue certificates for emailProtection only, not for TLS servers (AWS documents no such rule)",
        "fix": "ask the CA for another intermediate, and have the certificate reissued from it"
    },
    "chain-cert-unknown-critical-extension": {
        "text": "certificate-chain.pem:1: warning: chain-cert-unknown-critical-extension\n    Test Intermediate I1 in the chain has a critical extension that is not\n    commonly processed: 1.2.3.4.5 (AWS documents no such rule)\n    why:  Whoever cannot process a critical extension must refuse the\n          certificate (RFC 5280 section 4.2).\n    fix:  ask the CA for another intermediate, and have the certificate reissued\n          from it\n    see:  https://www.rfc-editor.org/rfc/rfc5280 (inferred)",
        "message": "Test Intermediate I1 in the chain has a critical extension that is not commonly processed: 1.2.3.4.5 (AWS documents no such rule)",
        "fix": "ask the CA for another intermediate, and have the certificate reissued from it"
    },
    "chain-cert-weak-key": {
        "text": "certificate-chain.pem:1: warning: chain-cert-weak-key\n    the key of Test Small in the chain is weak: it has 1,024 bits, fewer than\n    2,048 (AWS documents no such rule)\n    why:  Whoever calculates a CA's private key can issue certificates for any\n          name; clients refuse such chains.\n    fix:  ask the CA for another intermediate, and have the certificate reissued\n          from it\n    see:  https://github.com/cabforum/servercert/blob/main/docs/BR.md (inferred)",
        "message": "the key of Test Small in the chain is weak: it has 1,024 bits, fewer than 2,048 (AWS documents no such rule)",
        "fix": "ask the CA for another intermediate, and have the certificate reissued from it"
    },
    "chain-weak-signature": {
        "text": "certificate-chain.pem:1: note: chain-weak-signature\n    Test Intermediate I1 in the chain is signed with sha1_rsa (AWS documents no\n    such rule)\n    why:  Clients no longer trust SHA-1 and MD5 below the root.\n    fix:  ask the CA for another intermediate, and have the certificate reissued\n          from it\n    see:  https://github.com/cabforum/servercert/blob/main/docs/BR.md (inferred)",
        "message": "Test Intermediate I1 in the chain is signed with sha1_rsa (AWS documents no such rule)",
        "fix": "ask the CA for another intermediate, and have the certificate reissued from it"
    },
    "chain-path-length-exceeded": {
        "text": "certificate-chain.pem:1: warning: chain-path-length-exceeded\n    the path is longer than a CA allows: Above allows 0 CA certificates below\n    it, and has 1 (AWS documents no such rule)\n    why:  Clients refuse a path that exceeds a CA's path length constraint (RFC\n          5280 section 4.2.1.9).\n    fix:  ask the CA for another intermediate, and have the certificate reissued\n          from it\n    see:  https://www.rfc-editor.org/rfc/rfc5280 (inferred)",
        "message": "the path is longer than a CA allows: Above allows 0 CA certificates below it, and has 1 (AWS documents no such rule)",
        "fix": "ask the CA for another intermediate, and have the certificate reissued from it"
    },
    "chain-name-constraints-violated": {
        "text": "certificate.pem:1: warning: chain-name-constraints-violated\n    a name is not allowed to the CA above it: dNSName www.example.com is outside\n    the permitted example.net (Test Intermediate I1 says so) (AWS documents no\n    such rule)\n    why:  Clients refuse names outside of a CA's name constraints (RFC 5280\n          section 4.2.1.10).\n    fix:  have the certificate issued for other names, or by another CA\n    see:  https://www.rfc-editor.org/rfc/rfc5280 (inferred)",
        "message": "a name is not allowed to the CA above it: dNSName www.example.com is outside the permitted example.net (Test Intermediate I1 says so) (AWS documents no such rule)",
        "fix": "have the certificate issued for other names, or by another CA"
    },
    "cert-signature-algorithm-not-listed": {
        "text": "certificate.pem:1: error: cert-signature-algorithm-not-listed\n    the certificate is signed with sha224_rsa (encoded as\n    300d06092a864886f70d01010e0500)\n    why:  Public CAs sign with few algorithms, encoded byte for byte; what\n          differs, some readers refuse.\n    fix:  have the certificate issued again by its CA, signed with RSA or ECDSA\n          and SHA-256; with openssl, a request to send there:\n          `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`\n    see:  https://github.com/cabforum/servercert/blob/main/docs/BR.md (documented)",
        "message": "the certificate is signed with sha224_rsa (encoded as 300d06092a864886f70d01010e0500)",
        "fix": "have the certificate issued again by its CA, signed with RSA or ECDSA and SHA-256; with openssl, a request to send there: `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`"
    },
    "chain-signature-algorithm-not-listed": {
        "text": "certificate-chain.pem:1: error: chain-signature-algorithm-not-listed\n    Test Intermediate I1 in the chain is signed with sha224_rsa (encoded as\n    300d06092a864886f70d01010e0500)\n    why:  Public CAs sign with few algorithms, encoded byte for byte; what\n          differs, some readers refuse.\n    fix:  ask the CA for another intermediate, and have the certificate reissued\n          from it\n    see:  https://github.com/cabforum/servercert/blob/main/docs/BR.md (documented)",
        "message": "Test Intermediate I1 in the chain is signed with sha224_rsa (encoded as 300d06092a864886f70d01010e0500)",
        "fix": "ask the CA for another intermediate, and have the certificate reissued from it"
    },
    "cert-self-signed": {
        "text": "certificate.pem:1: error: cert-self-signed\n    the certificate is self-signed\n    why:  Only those who were told to trust this very certificate do; browsers\n          and CloudFront do not.\n    fix:  get a certificate from a public CA; with openssl, a request to send\n          there:\n          `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com' -out new-request.pem`\n    see:  https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-requirements (documented)",
        "message": "the certificate is self-signed",
        "fix": "get a certificate from a public CA; with openssl, a request to send there: `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com' -out new-request.pem`"
    },
    "cert-not-publicly-trusted": {
        "text": "certificate.pem:1: error: cert-not-publicly-trusted\n    no path leads from the certificate through this chain to a root of\n    trust-store.pem\n    why:  CloudFront, and what is built on it, takes certificates of the CAs\n          that Mozilla trusts; browsers have such lists too.\n    fix:  get a certificate from a public CA; with openssl, a request to send\n          there:\n          `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`\n    see:  https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html (documented)",
        "message": "no path leads from the certificate through this chain to a root of trust-store.pem",
        "fix": "get a certificate from a public CA; with openssl, a request to send there: `openssl req -new -key private-key.pem -subj '/CN=www.example.com' -addext 'subjectAltName=DNS:www.example.com,DNS:example.com' -out new-request.pem`"
    },
    "chain-root-key-identifier-differs": {
        "text": "certificate-chain.pem:1: warning: chain-root-key-identifier-differs\n    Test Root R1, a root of trust-store.pem, signed Test Intermediate I1, but is\n    not the one that it asks for: its key identifier is\n    616e6f74686572206b6579206964656e746966696572, the certificate asks for\n    5285fe7efec4ffdabb1a63b06c4532ede0f08b5d\n    why:  The signature verifies, which is enough for RFC 5280; but openssl\n          looks for the root that a certificate asks for, finds none, and\n          refuses it.\n    fix:  get the certificate of CN=Test Root R1,O=Example Trust (subject key\n          identifier 5285fe7efec4ffdabb1a63b06c4532ede0f08b5d) from\n          http://ca.example.com/root.cer; with openssl, if it comes as DER:\n          `openssl x509 -inform DER -in FILE -out new-issuer.pem`, and put it\n          into the clients' trust stores; if there is no such root, have the\n          certificate issued again by the root that there is\n    see:  https://www.rfc-editor.org/rfc/rfc5280 (documented)",
        "message": "Test Root R1, a root of trust-store.pem, signed Test Intermediate I1, but is not the one that it asks for: its key identifier is 616e6f74686572206b6579206964656e746966696572, the certificate asks for 5285fe7efec4ffdabb1a63b06c4532ede0f08b5d",
        "fix": "get the certificate of CN=Test Root R1,O=Example Trust (subject key identifier 5285fe7efec4ffdabb1a63b06c4532ede0f08b5d) from http://ca.example.com/root.cer; with openssl, if it comes as DER: `openssl x509 -inform DER -in FILE -out new-issuer.pem`, and put it into the clients' trust stores; if there is no such root, have the certificate issued again by the root that there is"
    },
    "cert-validity-too-long": {
        "text": "certificate.pem:1: error: cert-validity-too-long\n    the certificate is valid for 287 days; issued on 2026-03-20, it may be valid\n    for at most 200\n    why:  Browsers refuse what public CAs issue for too long, Apple's systems\n          whatever lives over 825 days.\n    fix:  have a certificate issued that is valid for 200 days or fewer\n    see:  https://github.com/cabforum/servercert/blob/main/docs/BR.md (documented)",
        "message": "the certificate is valid for 287 days; issued on 2026-03-20, it may be valid for at most 200",
        "fix": "have a certificate issued that is valid for 200 days or fewer"
    },
    "cert-without-scts": {
        "text": "certificate.pem:1: warning: cert-without-scts\n    timestamps of no transparency logs are embedded; a lifetime of 366 days asks\n    for 3\n    why:  Chrome and Apple's systems want proof that a public CA's certificate\n          was logged; servers rarely send it.\n    fix:  ask the CA for a certificate with embedded SCTs; public CAs embed them\n          unless told otherwise\n    see:  https://googlechrome.github.io/CertificateTransparency/ct_policy.html (documented)",
        "message": "timestamps of no transparency logs are embedded; a lifetime of 366 days asks for 3",
        "fix": "ask the CA for a certificate with embedded SCTs; public CAs embed them unless told otherwise"
    },
    "hostname-not-lowercase": {
        "text": "--hostname: error: hostname-not-lowercase\n    the alternate domain name has capitals: WWW.example.com\n    why:  CloudFront takes alternate domain names in lower case only; in\n          certificates capitals do not matter.\n    fix:  write www.example.com\n    see:  https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-requirements (documented)",
        "message": "the alternate domain name has capitals: WWW.example.com",
        "fix": "write www.example.com"
    },
    "reimport-key-type-differs": {
        "text": "certificate.pem:1: error: reimport-key-type-differs\n    the key is RSA_3072, that of the certificate to replace is RSA_2048\n    also: replaces.pem:1\n    why:  A re-import cannot change key type and size; ACME clients switched\n          their default to ECDSA.\n    fix:  have the certificate issued for an RSA_2048 key, or import it as a new\n          certificate (without --certificate-arn) and attach that one to your\n          services\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-reimport.html (documented)",
        "message": "the key is RSA_3072, that of the certificate to replace is RSA_2048",
        "fix": "have the certificate issued for an RSA_2048 key, or import it as a new certificate (without --certificate-arn) and attach that one to your services"
    },
    "reimport-key-usage-removed": {
        "text": "certificate.pem:1: error: reimport-key-usage-removed\n    the key usage lacks keyEncipherment, which the certificate to replace allows\n    also: replaces.pem:1\n    why:  A re-import may add key usages and remove none, but for\n          keyEncipherment of ECDSA certificates.\n    fix:  ask the CA for the key usage of the old certificate, or import it as a\n          new certificate (without --certificate-arn) and attach that one to\n          your services\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-reimport.html (documented)",
        "message": "the key usage lacks keyEncipherment, which the certificate to replace allows",
        "fix": "ask the CA for the key usage of the old certificate, or import it as a new certificate (without --certificate-arn) and attach that one to your services"
    },
    "reimport-eku-removed": {
        "text": "certificate.pem:1: error: reimport-eku-removed\n    the extended key usage lacks emailProtection, which the certificate to\n    replace has\n    also: replaces.pem:1\n    why:  A re-import may remove no extended key usage but clientAuth.\n    fix:  ask the CA for the extended key usages of the old certificate, or\n          import it as a new certificate (without --certificate-arn) and attach\n          that one to your services\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-reimport.html (documented)",
        "message": "the extended key usage lacks emailProtection, which the certificate to replace has",
        "fix": "ask the CA for the extended key usages of the old certificate, or import it as a new certificate (without --certificate-arn) and attach that one to your services"
    },
    "reimport-usage-extension-added": {
        "text": "certificate.pem:1: error: reimport-usage-extension-added\n    the extension extKeyUsage is new: the certificate to replace has none\n    also: replaces.pem:1\n    why:  Usages can be added only where the extension was there before.\n    fix:  ask the CA for a certificate without it, or import it as a new\n          certificate (without --certificate-arn) and attach that one to your\n          services\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "the extension extKeyUsage is new: the certificate to replace has none",
        "fix": "ask the CA for a certificate without it, or import it as a new certificate (without --certificate-arn) and attach that one to your services"
    },
    "reimport-domains-removed": {
        "text": "certificate.pem:1: error: reimport-domains-removed\n    the certificate has no name left; the one to replace is for www.example.com,\n    example.com\n    also: replaces.pem:1\n    why:  A re-import cannot remove all domain names.\n    fix:  have the certificate issued with its DNS names, or import it as a new\n          certificate (without --certificate-arn) and attach that one to your\n          services\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-reimport.html (documented)",
        "message": "the certificate has no name left; the one to replace is for www.example.com, example.com",
        "fix": "have the certificate issued with its DNS names, or import it as a new certificate (without --certificate-arn) and attach that one to your services"
    },
    "reimport-names-removed": {
        "text": "certificate.pem:1: warning: reimport-names-removed\n    the certificate is no longer for shop.example.com (AWS documents no such\n    rule)\n    also: replaces.pem:1\n    why:  Whoever connects by a name that is gone gets an error; the import\n          itself takes it.\n    fix:  have the certificate issued with all names that are still in use\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-reimport.html (inferred)",
        "message": "the certificate is no longer for shop.example.com (AWS documents no such rule)",
        "fix": "have the certificate issued with all names that are still in use"
    },
    "reimport-expires-earlier": {
        "text": "certificate.pem:1: warning: reimport-expires-earlier\n    the certificate ends at 2027-01-01 00:00:00Z, before the one that it is to\n    replace (2027-05-01 00:00:00Z) (AWS documents no such rule)\n    also: replaces.pem:1\n    why:  A renewal ends later; perhaps the files of the old and the new\n          certificate are mixed up.\n    fix:  look whether --certificate and --replaces are the right way round\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-reimport.html (inferred)",
        "message": "the certificate ends at 2027-01-01 00:00:00Z, before the one that it is to replace (2027-05-01 00:00:00Z) (AWS documents no such rule)",
        "fix": "look whether --certificate and --replaces are the right way round"
    },
    "request-key-differs": {
        "text": "private-key.pem:29: note: request-key-differs\n    the certificate request beside it was made with another key than the private\n    key: CN=www.example.com (AWS documents no such rule)\n    why:  Whatever a CA issues for this request belongs to the other key; it is\n          not what is to be imported now.\n    fix:  nothing needs to be done if the request is a leftover; else pass the\n          private key that it was made with:\n          `openssl req -in REQUEST -noout -pubkey` and\n          `openssl pkey -in KEY -pubout` print the same for a pair\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-format.html (inferred)",
        "message": "the certificate request beside it was made with another key than the private key: CN=www.example.com (AWS documents no such rule)",
        "fix": "nothing needs to be done if the request is a leftover; else pass the private key that it was made with: `openssl req -in REQUEST -noout -pubkey` and `openssl pkey -in KEY -pubout` print the same for a pair"
    },
    "region-not-us-east-1": {
        "text": "--region: error: region-not-us-east-1\n    the import goes to 'eu-central-1'; Amazon CloudFront takes certificates from\n    us-east-1 only\n    why:  CloudFront, and what is built on it, looks for certificates in US East\n          (N. Virginia).\n    fix:  import with --region us-east-1\n    see:  https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html (documented)",
        "message": "the import goes to 'eu-central-1'; Amazon CloudFront takes certificates from us-east-1 only",
        "fix": "import with --region us-east-1"
    },
    "region-unknown": {
        "text": "--region: warning: region-unknown\n    'us-esat-1' is not made as the names of AWS regions are (AWS documents no\n    such rule)\n    why:  The AWS CLI takes any name of a region, and then finds no service\n          there.\n    fix:  if us-east-1 is meant, write that\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html (inferred)",
        "message": "'us-esat-1' is not made as the names of AWS regions are (AWS documents no such rule)",
        "fix": "if us-east-1 is meant, write that"
    },
    "arn-malformed": {
        "text": "--certificate-arn: error: arn-malformed\n    this is no ARN of a certificate in ACM:\n    'arn:aws:iam::123456789012:server-certificate/example'\n    why:  A re-import names the certificate that it replaces by its ARN.\n    fix:  copy the ARN from `aws acm list-certificates`:\n          arn:aws:acm:REGION:ACCOUNT:certificate/ID\n    see:  https://github.com/boto/botocore/tree/develop/botocore/data/acm/2015-12-08 (model)",
        "message": "this is no ARN of a certificate in ACM: 'arn:aws:iam::123456789012:server-certificate/example'",
        "fix": "copy the ARN from `aws acm list-certificates`: arn:aws:acm:REGION:ACCOUNT:certificate/ID"
    },
    "arn-in-another-region": {
        "text": "--certificate-arn: error: arn-in-another-region\n    the import goes to 'us-east-1', the certificate to replace is in\n    'eu-central-1'\n    why:  A certificate in ACM belongs to its region; another region does not\n          find it.\n    fix:  re-import with --region eu-central-1, or leave --certificate-arn out:\n          that imports a new certificate\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html (documented)",
        "message": "the import goes to 'us-east-1', the certificate to replace is in 'eu-central-1'",
        "fix": "re-import with --region eu-central-1, or leave --certificate-arn out: that imports a new certificate"
    },
    "tags-out-of-limits": {
        "text": "--tags: error: tags-out-of-limits\n    the key 'aws:owner' has the prefix aws:, which is reserved\n    why:  The service's model limits number, length and characters of tags; the\n          client does not check them.\n    fix:  mend or leave out the tag\n    see:  https://github.com/boto/botocore/tree/develop/botocore/data/acm/2015-12-08 (model)",
        "message": "the key 'aws:owner' has the prefix aws:, which is reserved",
        "fix": "mend or leave out the tag"
    },
    "reimport-with-tags": {
        "text": "--tags: error: reimport-with-tags\n    tags are given together with --certificate-arn, that is for a re-import\n    why:  Tags can be given only when a certificate is imported for the first\n          time.\n    fix:  leave --tags out, and run `aws acm add-tags-to-certificate` afterwards\n    see:  https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html (documented)",
        "message": "tags are given together with --certificate-arn, that is for a re-import",
        "fix": "leave --tags out, and run `aws acm add-tags-to-certificate` afterwards"
    },
    "iam-name-malformed": {
        "text": "--server-certificate-name: error: iam-name-malformed\n    'www example com' is no name for a server certificate: 1 to 128 of the\n    characters A-Z a-z 0-9 and _+=,.@-\n    why:  The service's model limits the name.\n    fix:  choose a name without spaces and other characters\n    see:  https://github.com/boto/botocore/tree/develop/botocore/data/iam/2010-05-08 (model)",
        "message": "'www example com' is no name for a server certificate: 1 to 128 of the characters A-Z a-z 0-9 and _+=,.@-",
        "fix": "choose a name without spaces and other characters"
    },
    "iam-path-malformed": {
        "text": "--path: error: iam-path-malformed\n    '/cloudfront' is no path for a server certificate: / alone, or printable\n    ASCII between / and /, at most 512 characters\n    why:  The service's model limits the path.\n    fix:  begin and end it with /, as in /cloudfront/example/\n    see:  https://github.com/boto/botocore/tree/develop/botocore/data/iam/2010-05-08 (model)",
        "message": "'/cloudfront' is no path for a server certificate: / alone, or printable ASCII between / and /, at most 512 characters",
        "fix": "begin and end it with /, as in /cloudfront/example/"
    },
    "iam-path-not-for-cloudfront": {
        "text": "--path: error: iam-path-not-for-cloudfront\n    the path is '/web/', which CloudFront does not list\n    why:  CloudFront sees only server certificates in IAM whose path begins with\n          /cloudfront and ends with a slash.\n    fix:  upload with --path /cloudfront/example/, or import into ACM in\n          us-east-1\n    see:  https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_server-certs.html (documented)",
        "message": "the path is '/web/', which CloudFront does not list",
        "fix": "upload with --path /cloudfront/example/, or import into ACM in us-east-1"
    },
    "iam-update-unsupported": {
        "text": "certificate.pem:1: note: iam-update-unsupported\n    a server certificate in IAM cannot be changed: there is no re-import\n    why:  IAM lets you change name and path of a server certificate, not its\n          body, key or chain.\n    fix:  upload it under a new --server-certificate-name, switch your services\n          over, then delete the old one\n    see:  https://github.com/ansible-collections/amazon.aws/blob/main/plugins/modules/iam_server_certificate.py (observed)",
        "message": "a server certificate in IAM cannot be changed: there is no re-import",
        "fix": "upload it under a new --server-certificate-name, switch your services over, then delete the old one"
    },
    "file-prefix-not-fileb": {
        "text": "the AWS command: error: file-prefix-not-fileb\n    the command gives --certificate, --private-key without the prefix fileb://\n    why:  These fields are binary: version 2 of the AWS CLI takes a bare text,\n          or what file:// reads, for base64.\n    fix:  write fileb:// before each path; versions 1 and 2 of the AWS CLI both\n          take it\n    see:  https://github.com/aws/aws-cli/issues/5041 (observed)",
        "message": "the command gives --certificate, --private-key without the prefix fileb://",
        "fix": "write fileb:// before each path; versions 1 and 2 of the AWS CLI both take it"
    },
    "cloudformation-cannot-import": {
        "text": "--via: error: cloudformation-cannot-import\n    AWS CloudFormation cannot import certificates into ACM\n    why:  There is no resource type for it: AWS::CertificateManager::Certificate\n          only requests certificates.\n    fix:  import with the console, the API, the AWS CLI or Terraform, and give\n          the stack the ARN as a parameter\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html (documented)",
        "message": "AWS CloudFormation cannot import certificates into ACM",
        "fix": "import with the console, the API, the AWS CLI or Terraform, and give the stack the ARN as a parameter"
    },
    "mutual-tls-ownership-missing": {
        "text": "--mutual-tls: error: mutual-tls-ownership-missing\n    mutual TLS with an imported certificate needs a second certificate that\n    proves who owns the domain\n    why:  API Gateway takes an imported certificate with mutual TLS only with\n          ownershipVerificationCertificateArn.\n    fix:  request a public ACM certificate for the same name, and pass its ARN\n          as --ownership-certificate-arn\n    see:  https://github.com/boto/botocore/tree/develop/botocore/data/apigateway/2015-07-09 (documented)",
        "message": "mutual TLS with an imported certificate needs a second certificate that proves who owns the domain",
        "fix": "request a public ACM certificate for the same name, and pass its ARN as --ownership-certificate-arn"
    },
    "quota-note": {
        "text": "--replaces: note: quota-note\n    without --certificate-arn this import makes a new certificate and leaves the\n    old one in place\n    why:  An account holds 2,500 imported certificates and may import 5,000 in\n          365 days; deleted ones count too.\n    fix:  give --certificate-arn to re-import, or delete the old certificate\n          once nothing uses it\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html (documented)",
        "message": "without --certificate-arn this import makes a new certificate and leaves the old one in place",
        "fix": "give --certificate-arn to re-import, or delete the old certificate once nothing uses it"
    },
    "listing-hides-key-type": {
        "text": "certificate.pem:1: note: listing-hides-key-type\n    lists of certificates leave RSA_4096 out unless they are asked for it\n    why:  By default ListCertificates shows RSA_1024 and RSA_2048 only, so tools\n          find no certificate.\n    fix:  name the key type:\n          `aws acm list-certificates --includes keyTypes=RSA_4096`\n    see:  https://docs.aws.amazon.com/acm/latest/userguide/troubleshoot-import.html (documented)",
        "message": "lists of certificates leave RSA_4096 out unless they are asked for it",
        "fix": "name the key type: `aws acm list-certificates --includes keyTypes=RSA_4096`"
    }
}

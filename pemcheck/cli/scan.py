"""``scan``: every certificate in files and folders, as they come."""

from __future__ import annotations

import gc
import sys
import time
from argparse import Namespace
from collections.abc import Sequence
from contextlib import closing, suppress
from typing import IO, TYPE_CHECKING, Any

from . import CANNOT_TELL, INTERRUPTED, OK, REFUSED, Failure, complain, write
from .chosen import target as chosen_target
from .files import period, refuse_two_words
from .options import Parser, add_common, add_help, parser
from .output import as_bytes, fit_paper, roots, write_file
from .overwriting import Outputs
from .passphrase import add_options as add_passphrase
from .passphrase import as_given, given
from .policy import add_options as add_policy
from .policy import known_findings, note_lapsed, note_more_lapsed, policy_of, write_baseline, written_before
from .settings import Settings, settings_of, show

if TYPE_CHECKING:
    from ..policy import Known, Policy
    from ..render.rows import Row
    from ..render.scanned_forms import Form
    from ..scanning import Result, Scan, Skipped, Summary

_FORMATS = ("text", "concise", "jsonl", "sarif", "junit", "github", "gitlab", "markdown")
_EPILOG = """\
PATH is a file, a folder with all below it, or - (standard input). What git
ignores is left out. A certificate is judged with its private key and what leads
upwards from it, wherever these stand; one without a key here, as a certificate.

exit status: 0 all accepted, or nothing found, 1 one is refused, 2 one cannot be
  told, or something could not be read or opened or is damaged, 130 interrupted

examples:
  python -m pemcheck scan /etc/ssl /srv --html fleet.html
  kubectl get secrets -A -o json | python -m pemcheck scan - --format jsonl
"""
_PATIENCE, _PAUSE = 1.0, 0.2
"""Seconds before progress is shown, and between two showings."""


def command() -> Parser:
    """Return what reads the command's arguments."""
    found = parser("scan", "Judge every certificate in files and folders.", _EPILOG)
    found.usage = f"{found.prog} [options] PATH ..."
    found.add_argument("paths", nargs="*", metavar="PATH", help="files and folders; - is standard input")
    found.add_argument("--from-file", metavar="LIST", help="a file with one path in a line (NUL: find -print0)")
    found.add_argument("--no-ignore", action="store_true", help="look at what git ignores, too")
    found.add_argument("--show-skipped", action="store_true", help="name what is passed over, on stderr")
    found.add_argument("--jobs", metavar="N", help="processes (default: as many as it is worth)")
    found.add_argument("--target", action="append", metavar="NAME", help="where to (repeatable; default acm)")
    found.add_argument("--at", metavar="TIME", help="judge for this moment (ISO 8601, UTC; default now)")
    found.add_argument("--expires-within", metavar="30d", help="warn that early (days; default 30d)")
    found.add_argument("--without-key", action="store_true", help="the keys are elsewhere: do not judge them")
    found.add_argument("--trust-store", metavar="FILE", help="roots that count as trusted: FILE, system or mozilla")
    found.add_argument("--trusted", action="store_true", help="the issuers are publicly trusted, on my word")
    found.add_argument("--private-ca", action="store_true", help="the issuers are my own CA (webpki)")
    found.add_argument("--html", metavar="FILE", help="write a page with picture and table there")
    found.add_argument("--prometheus", metavar="FILE", help="write metrics for Prometheus there")
    found.add_argument("--config", metavar="FILE", help="the file of settings; none looks for none")
    add_passphrase(found)
    add_policy(found)
    add_common(found, _FORMATS, "leave notes out", "name all that is fine, and notes; ")
    found.add_argument("--output-file", metavar="FILE", help="write the results there instead of printing them")
    add_help(found)
    return found


def run(arguments: Sequence[str]) -> tuple[int, str]:
    """Scan and print results as they come; return the exit status and what is still to be printed."""
    options = command().parse(arguments)
    settings = settings_of(options, False)
    policy = policy_of(options, settings)
    if options.show_config:
        return OK, show(settings, options)
    _refuse_contradictions(options)
    if not gc.isenabled():  # which short runs do without
        gc.freeze()  # what has been imported by now stays, and is not looked through again and again
        gc.enable()
    outputs = _Outputs(options, settings.path)
    progress = _Progress()
    with closing(outputs):
        scan = _scan(options, policy, settings, outputs, progress)
        progress.summary = scan.summary
        status = _printed(scan, options, outputs, progress)
        return status, outputs.finish(scan.summary)


def _refuse_contradictions(options: Namespace) -> None:
    if not options.paths and options.from_file is None:
        raise Failure("give PATH ..., or --from-file LIST (see --help)")
    if [*options.paths, options.from_file, options.passphrase_file, options.trust_store, options.config].count("-") > 1:
        raise Failure("standard input (-) can be read once only")
    refuse_two_words(options)


def _scan(
    options: Namespace, policy: Policy | None, settings: Settings, outputs: _Outputs, progress: _Progress
) -> Scan:
    """Return the scan that is wanted; raise Failure for what the user must correct."""
    from ..checking import wanted
    from ..scanning import Question, Scan
    from ..scanning.judging import new_scan, store_called
    from ..scanning.walking import listed
    from ..source import SourceError

    passphrase, token = given(options), new_scan()
    further = {"trusted": options.trusted, "private_ca": options.private_ca, "passphrase": as_given(options)}
    with settings.blamed("target"):
        targets = [chosen_target(name) for name in options.target or ["acm"]]
    with settings.blamed("expires-within"):
        within = period(options.expires_within)
    with settings.blamed("trust-store"):
        if options.trust_store is not None:
            store_called(options.trust_store, token)
    try:
        wants = tuple(wanted(each, options.at, (), within, options.without_key, **further) for each in targets)
        paths = [*options.paths, *([] if options.from_file is None else listed(options.from_file))]
    except (SourceError, ValueError) as error:
        raise Failure(str(error)) from None
    if policy is not None and options.baseline is not None:
        policy = policy.replace(known=known_findings(options.baseline, settings.where("baseline")))
    if policy is not None and options.write_baseline is not None:
        policy = policy.replace(known=written_before(options.write_baseline, policy.known))
        outputs.before = policy.known
    outputs.baseline = settings.where("baseline")
    wants = tuple(want.replace(at=wants[0].at) for want in wants)
    learns = options.write_baseline is not None
    question = Question(wants, policy, options.trust_store or "", settings.granted, passphrase, learns, token)
    told, seen, heeded = outputs.skipped, outputs.files.found, outputs.files.refuse
    return Scan(paths, question, None, not options.no_ignore, _jobs(options.jobs), told, progress.step, seen, heeded)


def _jobs(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or not text.isascii() or int(text[:9]) < 1:
        raise Failure("--jobs: this is not a number of processes such as 4")
    return int(text[:9])


def _printed(scan: Scan, options: Namespace, outputs: _Outputs, progress: _Progress) -> int:
    """Print what comes; return the exit status."""
    from ..findings import FAILING
    from ..scanning import ScanError

    fail_on = FAILING[options.fail_on or "error"]
    refused = undecided = False
    try:
        for result in scan:
            refused = refused or any(each.severity in fail_on for it in result.reports for each in it.findings)
            undecided = undecided or any(report.verdict.value == "undecided" for report in result.reports)
            progress.clear()
            outputs.add(result)
        outputs.ended = True
    except KeyboardInterrupt:
        scan.summary.interrupted = True
        return INTERRUPTED
    except BrokenPipeError:  # whoever reads has had enough
        outputs.deaf = True
    except ScanError as error:
        complain(str(error))
        return CANNOT_TELL
    finally:
        progress.clear()
        scan.close()
    return REFUSED if refused else CANNOT_TELL if undecided or scan.summary.is_open else OK


class _Outputs:
    """Where results go: to standard output as they come, or to files at the end."""

    def __init__(self, options: Namespace, config: str) -> None:
        self.options = options
        self.to_file = options.output_file not in (None, "-")
        self.text: IO[bytes] | None = None
        self.rows: list[Row] = []
        self.baseline = ""
        self.before: tuple[Known, ...] = ()
        self.known: list[Known] = []
        self.looked_at: set[tuple[str, str]] = set()
        self.lapsed = 0
        self.deaf = self.ended = False
        self.form = _form(options)
        if self.to_file:
            fit_paper()
        self.files = Outputs(options, config)

    def add(self, result: Result) -> None:
        """Print *result*, and keep what files are made of."""
        from ..render.rows import row
        from ..render.scanned import render

        options = self.options
        if options.write_baseline is not None:
            from ..baseline import about

            self.known += result.known
            self.looked_at |= about(result.reports)
        else:
            self.lapsed += note_lapsed(result.reports, self.baseline, self.lapsed)
        if self.form is None:
            text = render(result, options.format, options.quiet, options.verbose)
        else:
            text = self.form.add(result)
        if self.options.html is not None or self.options.prometheus is not None:
            self.rows.append(row(result))
        if self.to_file:
            self._keep(text)
        elif text:
            write(text)

    def close(self) -> None:
        """Forget what was put aside."""
        if self.text is not None:
            with suppress(OSError):  # that it did not fit was told when it was written
                self.text.close()

    def _keep(self, text: str) -> IO[bytes]:
        """Put *text* aside in a file without a name, and return that: results take more memory than all else."""
        from tempfile import TemporaryFile

        try:
            if self.text is None:
                self.text = TemporaryFile()  # noqa: SIM115 (it is closed with all the rest)
            self.text.write(as_bytes(text))
            self.text.flush()
        except OSError as error:
            reason = str(error.strerror).lower()
            raise Failure(f"--output-file: the results find no place in the temporary folder: {reason}") from None
        return self.text

    def skipped(self, it: Skipped) -> None:
        """Name what is passed over, if that is wanted; what is left open is part of a document."""
        from ..render.scanned import skipped_line
        from ..scanning.summary import OPEN

        if self.form is not None and it.sort in OPEN:
            self.form.told(it)
        if self.options.show_skipped:
            complain(skipped_line(it))

    def finish(self, summary: Summary) -> str:
        """Write the files; return what is still to be printed."""
        from ..render import prometheus, scanned, scanned_html

        options = self.options
        if options.html is not None:
            write_file(options.html, scanned_html.render(self.rows, summary), "--html")
        if options.prometheus is not None:
            write_file(options.prometheus, prometheus.render(self.rows, summary), "--prometheus")
        self._finish_baseline(summary)
        told = "" if self.deaf else scanned.render_summary(summary, options.quiet)
        last = told
        if self.form is not None and not self.deaf:
            last = self.form.end(summary)
            told = "" if self.form.summary_within else told
        elif options.format == "jsonl":
            last = ""
        if last is not told:  # the results are for a program
            for line in told.splitlines():
                complain(line)
        if self.to_file:
            write_file(options.output_file, self._keep(last), "--output-file")
            return ""
        return last

    def _finish_baseline(self, summary: Summary) -> None:
        """Write the baseline, or say what of it counts again beyond the first few."""
        path = self.options.write_baseline
        if path is not None and self.ended:
            write_baseline(path, self.known, self.before, self.looked_at, summary.at)
        elif path is not None:
            complain("--write-baseline: nothing is written, since the scan did not come to its end")
        note_more_lapsed(self.lapsed, self.baseline)


def _form(options: Namespace) -> Form | None:
    """Return the document that is wanted; None where each result stands for itself."""
    if options.format in ("text", "concise", "jsonl"):
        return None
    from ..render import PLACED
    from ..render.scanned_forms import form_of

    within = roots() if options.format in PLACED else ()
    return form_of(options.format, options.quiet, within, options.fail_on or "error")


class _Progress:
    """A line on the terminal that says how far it is; nothing where nobody looks."""

    def __init__(self) -> None:
        self.summary: Any = None
        self.began = self.shown = time.monotonic()
        self.is_on = sys.stderr is not None and sys.stderr.isatty()
        self.visible = False

    def step(self) -> None:
        """Show how far it is, now and then."""
        now = time.monotonic()
        if not self.is_on or now - self.began < _PATIENCE or now - self.shown < _PAUSE:
            return
        self.shown = now
        self.visible = True
        sys.stderr.write(f"\r\x1b[K{self._line(now - self.began)}")
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self.visible:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self.visible = False

    def _line(self, seconds: float) -> str:
        it = self.summary
        if not it.units:
            return f"reading: {it.read:,} of {it.files:,} files"
        speed = it.judged / seconds
        remaining = max(it.units - it.judged, 0)
        return f"judged {it.judged:,}, {speed:,.0f} certificates per second, {remaining:,} remaining"

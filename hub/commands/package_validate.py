"""``eyhub package validate``: judge packages; folders of them on all cores."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.progress import Progress

from hub.commands.databases import database_options
from hub.commands.files import write_whole
from hub.commands.instants import Instant
from hub.commands.intended import OPTION, intended_signers
from hub.commands.package_options import find_packages, key_options, load_keys
from hub.config import Settings
from hub.errors import EXIT_MISUSE, EXIT_NO, EXIT_OK, HubError
from hub.package import schemas
from hub.package.catalogue import Layer
from hub.package.errors import Words, ZipBadError, ZipTruncatedError
from hub.package.intended import Intended
from hub.package.judge import Options, judge
from hub.package.parts import Kind
from hub.package.policy import DEFAULT, load_policy
from hub.package.register import Register, RegisterAt
from hub.package.report import Language, Report
from hub.package.rules.base import Outcome
from hub.package.signatories import SignatoriesIn
from hub.package.views.data import to_json
from hub.package.views.html_view import to_html
from hub.package.views.text_view import to_lines
from hub.package.views.words import say
from hub.package.views.xml_view import to_xml
from hub.signing import TrustStore
from hub.signing.trust import trust_folder
from hub.store import revision
from hub.store.database import Database
from hub.store.personal import Keys

_WORST_FIRST: Final = (EXIT_MISUSE, EXIT_NO, EXIT_OK)
HINTS: Final = {
    "trust": Words(
        "güvenilen kök sertifika yok: --roots KLASÖR ya da `eyhub trust add`; imzasız denetim için --layers",
        "there are no trusted roots: --roots DIR or `eyhub trust add`; to leave signatures out: --layers",
    ),
    "registry": Words(
        "DETSİS ve İYEM bağlı değil: --data ya da --database; bunlar olmadan denetlemek için --offline",
        "no registry and İYEM: --data or --database; to judge without them: --offline",
    ),
    "key": Words(
        "şifreli içerik açılmadı: --key DOSYA ya da --pkcs11",
        "encrypted content was not opened: --key FILE or --pkcs11",
    ),
}
"""The way to an answer, for those whose packages were not refused but could not be judged completely."""
UNREADABLE: Final = frozenset({ZipBadError.code, ZipTruncatedError.code})
"""Codes of a file that is no archive, or only the beginning of one: nothing in it can be judged."""
_AT_ONCE: Final = 8
"""Files that go to a process in one message."""
_IN_PROCESS: Final = 4
"""Up to this many files other processes cost more than they save."""


@dataclass(frozen=True, slots=True)
class Job:
    """What every worker needs; all of it can be sent to another process."""

    policy: str
    layers: tuple[Layer, ...]
    offline: bool
    advice: bool
    receiver: str
    language: Language
    at: datetime | None
    roots: Path | None
    settings: Settings
    pfx: Path | None
    module: str | None
    token: str | None
    as_json: bool
    color: bool
    html: Path | None
    xml: Path | None
    several: bool
    force: bool
    intended: tuple[Intended, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker sends back about one file."""

    code: int
    out: str = ""
    err: str = ""
    hints: frozenset[str] = frozenset()
    """Keys of :data:`HINTS`: what was missing to come to a decision."""


class Worker:
    """Judges files one after another with everything opened once."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._database = None if job.offline else _database(job.settings)
        self._options = Options(
            policy=load_policy(job.policy),
            layers=job.layers,
            offline=job.offline,
            advice=job.advice,
            receiver=job.receiver,
            keys=load_keys(job.pfx, job.module, job.token),
            trust=_trust(job),
            now=job.at,
            intended=job.intended,
        )

    def close(self) -> None:
        """Let go of the database."""
        if self._database is not None:
            self._database.close()

    def judge(self, file: Path) -> Answer:
        """Judge one file. Raises nothing that a file can cause."""
        try:
            report = self._judge(file)
            for target, view in ((self.job.html, to_html), (self.job.xml, to_xml)):
                if target:
                    text = view(report, self.job.language)
                    _write(self._target(target, file), text.encode() if isinstance(text, str) else text, self.job.force)
        except FileExistsError as error:
            return Answer(EXIT_MISUSE, err=f"eyhub: {error.filename}: already there; --force replaces it")
        except OSError as error:
            return Answer(EXIT_MISUSE, err=f"eyhub: {error.filename or file}: {error.strerror or type(error).__name__}")
        code = EXIT_OK if report.asked is Outcome.PASSED else EXIT_NO
        for finding in report.errors if report.kind is None else ():
            if finding.code in UNREADABLE:
                why = say(finding.note or finding.message, self.job.language)
                return Answer(EXIT_MISUSE, self._shown(report), f"eyhub: {file}: {finding.code}: {why}")
        return Answer(code, self._shown(report), hints=_missing(report))

    def _judge(self, file: Path) -> Report:
        if self._database is None:
            return judge(file, options=self._options)
        with self._database.read() as connection:

            def register_on(day: datetime) -> Register:
                return RegisterAt(connection, day)

            keys = self._database.keys
            signatories = SignatoriesIn(connection, keys) if keys else None
            return judge(file, options=replace(self._options, register_on=register_on, signatories=signatories))

    def _target(self, target: Path, file: Path) -> Path:
        if not self.job.several:
            return target
        return target / f"{file.name}{'.html' if target is self.job.html else '.xml'}"

    def _shown(self, report: Report) -> str:
        if self.job.as_json:
            return to_json(report, self.job.language)
        if self.job.html or self.job.xml:
            return ""
        buffer = StringIO()
        console = Console(file=buffer, force_terminal=self.job.color, no_color=not self.job.color, width=10_000)
        for line in to_lines(report, self.job.language):
            console.print(line, soft_wrap=True, highlight=False)
        return buffer.getvalue().rstrip("\n")


def _missing(report: Report) -> frozenset[str]:
    """What would have to be given to judge the package completely."""
    if report.asked is not Outcome.INDETERMINATE:
        return frozenset()
    off = {item.layer for item in report.layers if item.outcome is Outcome.NOT_CONFIGURED}
    off |= {item.layer for item in report.unchecked if item.outcome is Outcome.NOT_CONFIGURED}
    off &= set(report.scope)
    found = {"trust"} if Layer.SIGNATURES in off else set()
    found |= {"registry"} if Layer.REGISTRY in off else set()
    found |= {"key"} if report.kind is Kind.EYPS and report.inner is None else set()
    return frozenset(found)


def _database(settings: Settings) -> Database | None:
    """The registry's database, when there is one; none means ``not configured``."""
    if not settings.database_url and not (settings.data / "hub.sqlite").is_file():
        return None
    database = Database.open(settings.database)
    try:
        revision.check(database)
        if settings.key_path.exists():  # without it people are not found by identity number, which the report then says
            database.keys = Keys.load(settings.key_path)
    except HubError:
        database.close()
        raise
    return database


def _trust(job: Job) -> TrustStore:
    if job.roots:
        return TrustStore.folder(job.roots)
    return TrustStore.kept(trust_folder(job.settings.data), demo=job.settings.demo)


def _write(target: Path, data: bytes, force: bool) -> None:
    if not force and target.exists():
        raise FileExistsError(17, "exists", str(target))
    write_whole(target, [data], force=force)


_worker: Worker | None = None


def _start(job: Job) -> None:
    global _worker
    _worker = Worker(job)


def _work(files: Sequence[Path]) -> list[Answer]:
    assert _worker is not None
    return [_worker.judge(file) for file in files]


def _answers(job: Job, files: Sequence[Path], jobs: int) -> Iterator[Answer]:
    """The answers in the order of the files; at most some files a process are under way or waiting to be shown."""
    if jobs == 1 or len(files) <= _IN_PROCESS:
        with closing(Worker(job)) as worker:
            yield from (worker.judge(file) for file in files)
        return
    schemas.preload()  # the processes are forked where the system can, and find them compiled
    size = max(1, min(_AT_ONCE, len(files) // (jobs * 4)))
    with ProcessPoolExecutor(jobs, initializer=_start, initargs=(job,)) as pool:
        waiting: deque[Future[list[Answer]]] = deque()
        for start in range(0, len(files), size):
            waiting.append(pool.submit(_work, files[start : start + size]))
            if len(waiting) >= jobs * 4:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="FILE…")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, one line a file.")
@click.option("--html", type=click.Path(path_type=Path), help="Write a page: a file, or a folder for several packages.")
@click.option("--xml", type=click.Path(path_type=Path), help="Write XML: a file, or a folder for several packages.")
@click.option("--force", is_flag=True, help="Replace report files that are there.")
@click.option(
    "--policy", default=DEFAULT, show_default=True, help="What to accept: strict, field, lenient, or a .toml file."
)
@click.option("--offline", is_flag=True, help="Do not ask the registry nor İYEM; their layers do not count.")
@click.option(
    "--layers", help="Only these layers, separated by commas: " + ", ".join(Layer) + ". The others do not count."
)
@click.option("--advice", is_flag=True, help="Also check hints on completeness.")
@click.option("--receiver", default="", help="DETSİS number, T.C. kimlik no or identifier of who received the package.")
@click.option(
    "--lang",
    default="tr",
    show_default=True,
    type=click.Choice([item.value for item in Language]),
    help="Language of reports.",
)
@click.option("--roots", type=click.Path(path_type=Path), help="Trusted roots; default: the hub's trust store.")
@click.option("--at", type=Instant(), help="Instant to judge at (ISO 8601; without a zone Türkiye's). Default: now.")
@click.option(
    "--jobs", type=click.IntRange(1, 1024), default=os.cpu_count() or 1, help="Processes; default: all cores."
)
@click.option(
    OPTION,
    "signers",
    multiple=True,
    metavar="CODE[:UNIT]|@FILE",
    help="Ask before signing: may the package be signed now by this T.C. Yönetici Kodu, for its sender or for UNIT? "
    "@FILE (@-: standard input) has one a line and may give a T.C. kimlik no instead. May be given several times.",
)
@key_options
@database_options
def validate(
    names: Sequence[str],
    as_json: bool,
    html: Path | None,
    xml: Path | None,
    force: bool,
    policy: str,
    offline: bool,
    layers: str | None,
    advice: bool,
    receiver: str,
    lang: str,
    roots: Path | None,
    at: datetime | None,
    jobs: int,
    signers: Sequence[str],
    pfx: Path | None,
    module: str | None,
    token: str | None,
    data: Path | None,
    database_url: str | None,
) -> None:
    """Judge packages: files, folders (searched for .eyp, .eyps, .eypg) and patterns.

    Exit code 0: every package is accepted under the policy; 1: some package is not, or could not be judged completely
    (no trusted roots, no registry, no key: standard error then says what to give); 2: a file cannot be read or is no
    archive (which gets a report all the same), or the command was used wrongly. What --offline or --layers leaves out
    is no part of the question. With --intended-signer the question is whether the package may be signed now by all of
    them: that it has no signature or seal yet is then no fault.
    """
    files = list(find_packages(names))
    several = len(files) > 1 or any(Path(name).is_dir() for name in names)
    for target in (html, xml):
        if target and several:
            target.mkdir(parents=True, exist_ok=True)
    wanted = _layers(layers)
    job = Job(
        policy=policy,
        layers=wanted,
        offline=offline,
        advice=advice,
        receiver=receiver,
        language=Language(lang),
        at=at,
        roots=roots,
        settings=Settings.load(data=data, database_url=database_url),
        pfx=pfx,
        module=module,
        token=token,
        as_json=as_json,
        color=not as_json and Console().is_terminal,
        html=html,
        xml=xml,
        several=several,
        force=force,
        intended=_intended(signers, offline, wanted),
    )
    load_policy(policy)  # a wrong name is one line here, not a dead process
    if pfx or module:
        jobs = 1  # a password is asked for once, and a token is one device
    codes: set[int] = set()
    hints: set[str] = set()
    with Progress(console=Console(stderr=True), transient=True, disable=not _shows_progress(len(files))) as progress:
        task = progress.add_task("package validate", total=len(files))
        for answer in _answers(job, files, jobs):
            codes.add(answer.code)
            hints |= answer.hints
            if answer.out:
                click.echo(answer.out)
            if answer.err:
                click.echo(answer.err, err=True)
            progress.advance(task)
    for key in sorted(hints):
        click.echo(f"eyhub: {say(HINTS[key], job.language)}", err=True)
    click.get_current_context().exit(next(code for code in _WORST_FIRST if code in codes))


def _intended(values: Sequence[str], offline: bool, layers: Sequence[Layer]) -> tuple[Intended, ...]:
    if values and (offline or Layer.SIGNATORIES not in layers):
        raise click.UsageError(f"{OPTION} asks İYEM, which --offline or --layers leaves out")
    return intended_signers(values)


def _layers(text: str | None) -> tuple[Layer, ...]:
    if text is None:
        return tuple(Layer)
    wanted = {item.strip() for item in text.split(",") if item.strip()}
    if unknown := wanted - set(Layer):
        raise click.UsageError(f"--layers: no such layer: {', '.join(sorted(unknown))}")
    if not wanted:
        raise click.UsageError("--layers: name at least one")
    return tuple(layer for layer in Layer if layer in wanted)


def _shows_progress(files: int) -> bool:
    return files > _IN_PROCESS and Console(stderr=True).is_terminal

"""``eyhub signature validate``: judge signature files against the configured or given roots."""

from __future__ import annotations

import glob
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from hub.commands.databases import data_option
from hub.commands.instants import Instant
from hub.config import Settings
from hub.errors import EXIT_MISUSE, EXIT_NO, EXIT_OK, HubError
from hub.signing import NotConfiguredError, SignatureReport, TrustStore, words
from hub.signing import validate as judge
from hub.signing.profiles import CHOICES
from hub.signing.trust import trust_folder
from hub.signing.validate import UnreadableError

SUFFIXES: Final = frozenset({".imz", ".p7m", ".p7s"})
"""What a folder is searched for."""


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option(
    "--content",
    "contents",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Signed content of a detached signature: once for all files, or once for each file in order.",
)
@click.option(
    "--roots", type=click.Path(path_type=Path), help="Folder or file of trusted roots; default: the hub's trust store."
)
@click.option(
    "--profile",
    default="auto",
    show_default=True,
    type=click.Choice(CHOICES),
    help="What to judge by; auto: by each signature's own policy.",
)
@click.option("--at", type=Instant(), help="Validation time (ISO 8601; without a zone Türkiye's). Default: now.")
@click.option(
    "--policy-digest",
    "digests",
    multiple=True,
    metavar="OID=SHA256",
    help="SHA-256 of a policy document that the profiles do not know.",
)
@click.option("--unqualified", is_flag=True, help="Do not demand a qualified certificate of the signer.")
@click.option("--online", is_flag=True, help="Fetch missing OCSP responses, CRLs and issuers. Default: offline.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, one line a file.")
@data_option
def validate(
    files: Sequence[Path],
    contents: Sequence[Path],
    roots: Path | None,
    profile: str,
    at: datetime | None,
    digests: Sequence[str],
    unqualified: bool,
    online: bool,
    as_json: bool,
    data: Path | None,
) -> None:
    """Judge signature files. A folder stands for the signature files beneath it (.p7s, .p7m, .imz), and a pattern
    such as "*.p7s" for what it matches.

    Exit code 0: every file is TOTAL-PASSED; 1: some file failed or is indeterminate; 2: a file or the roots could not
    be read, or the command was used wrongly.
    """
    files = _found(files)
    if len(contents) not in (0, 1, len(files)):
        raise click.UsageError(f"--content: {len(contents)} given for {len(files)} files")
    settings = Settings.load(data=data)
    trust = TrustStore.folder(roots) if roots else TrustStore.kept(trust_folder(settings.data), demo=settings.demo)
    if not trust.configured:
        raise NotConfiguredError(f"kök sertifika yok: {trust.name}")
    known = _digests(digests)
    exit_code = EXIT_OK
    for place, file in enumerate(files):
        content = contents[place if len(contents) > 1 else 0] if contents else None
        try:
            if online:
                from hub.signing import fetch

                report = fetch.validate_online(
                    file,
                    content,
                    trust=trust,
                    profile=profile,
                    at=at,
                    policy_digests=known,
                    qualified=not unqualified,
                    fetcher=fetch.Fetcher(fetch.FetchPolicy.of(settings)),
                )
            else:
                report = judge(
                    file, content, trust=trust, profile=profile, at=at, policy_digests=known, qualified=not unqualified
                )
        except HubError as error:
            exit_code = EXIT_MISUSE
            click.echo(f"eyhub: {error.code}: {error.message}".splitlines()[0], err=True)
            if as_json:
                _print({"file": str(file), "error": {"code": error.code, "message": error.message}})
            continue
        if not report.passed:
            exit_code = max(exit_code, EXIT_NO)
        if as_json:
            _print({"file": str(file), **report.data()})
        else:
            click.echo(text(str(file), report))
    click.get_current_context().exit(exit_code)


def _found(given: Sequence[Path]) -> list[Path]:
    """The files that the arguments stand for. One that is neither folder nor pattern stays as it is, so that it is
    reported when it is not there."""
    files: list[Path] = []
    for one in given:
        if one.is_dir():
            named = [file for file in one.rglob("*") if file.suffix.lower() in SUFFIXES]
            found = sorted(file for file in named if file.is_file() or not file.exists())  # a dead link is reported
        elif not one.exists() and glob.has_magic(str(one)):
            found = sorted(Path(name) for name in glob.glob(str(one), recursive=True) if Path(name).is_file())
        else:
            found = [one]
        if not found:
            raise UnreadableError(f"{one}: imza dosyası bulunamadı")
        files += found
    return files


def _print(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=False))


def _digests(pairs: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        oid, _, digest = pair.partition("=")
        if len(digest) != 64 or not all(letter in "0123456789abcdef" for letter in digest.lower()):
            raise click.UsageError(f"--policy-digest: {pair!r} is not OID=SHA256")
        found[oid] = digest.lower()
    return found


def text(name: str, report: SignatureReport) -> str:
    """The report for people, in Turkish."""
    return "\n".join([f"{name}: {words.indication(report.indication, report.sub_indication)}", *words.lines(report)])

"""``eyhub package build``, ``sign-add`` and ``copy``: make packages and carry them on.

Passwords come from the environment, a file or a prompt, never from the command line.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from hub.commands.databases import database_options, opened
from hub.commands.signing_make import secret, services_of, write_whole
from hub.config import Settings
from hub.errors import EXIT_MISUSE
from hub.package.build.problems import DescriptionError

if TYPE_CHECKING:
    from hub.package.build.directory import Directory
    from hub.package.build.steps import Built, Signer, Step

READABLE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
WRITABLE: Final = click.Path(dir_okay=False, path_type=Path)
STEPS: Final = ("icerik", "parafozeti", "paraf", "paketozeti", "imza", "nihaiustveri", "nihaiozet", "muhur")
SIGNATURES: Final = ("paraf", "imza", "muhur")
WHICH_KEY: Final = "TOKEN[:KEY]"
"""Label of a token and, where it has several, of the key in it."""


@click.command()
@click.argument("description", type=READABLE)
@click.option("--out", "-o", type=WRITABLE, required=True, help="The package to write; may be the resumed one.")
@click.option("--until", type=click.Choice(STEPS), help="Stop after this step; fail when it cannot be reached.")
@click.option("--resume", type=READABLE, help="Go on with this package, built earlier from the same description.")
@click.option(
    "--signature",
    "signatures",
    multiple=True,
    metavar="STEP=FILE",
    help="A signature made elsewhere, for example imza=imza.p7s; replaces that step and redoes those after it.",
)
@click.option("--to-sign", type=WRITABLE, help="Write the exact bytes that wait for a signature to this file.")
@click.option("--imza-pfx", type=READABLE, multiple=True, help="Sign with this key (HUB_PFX_PASSWORD); one a signer.")
@click.option("--paraf-pfx", type=READABLE, help="Sign Paraf Özeti with this key (HUB_PFX_PASSWORD).")
@click.option("--muhur-pfx", type=READABLE, help="Seal with this key (HUB_SEAL_PASSWORD).")
@click.option("--pkcs11", type=READABLE, help="PKCS#11 module of the cards or HSM that the options below name.")
@click.option("--imza-token", metavar=WHICH_KEY, help="Sign with the key of this token (HUB_TOKEN_PIN).")
@click.option("--paraf-token", metavar=WHICH_KEY, help="Sign Paraf Özeti with the key of this token (HUB_TOKEN_PIN).")
@click.option("--muhur-token", metavar=WHICH_KEY, help="Seal with the key of this token (HUB_SEAL_PIN).")
@click.option("--tsa", envvar="HUB_TSA_URL", help="Address of the time-stamping authority. [HUB_TSA_URL]")
@click.option("--tsa-user", envvar="HUB_TSA_USER", help="Its user name; the password is in HUB_TSA_PASSWORD.")
@click.option(
    "--certificates",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    help="File or folder with issuers' certificates that the keys do not bring.",
)
@click.option("--allow-private", is_flag=True, help="Let certificates name addresses in private networks.")
@click.option("--force", is_flag=True, help="Overwrite another file at --out.")
@click.option("--json", "as_json", is_flag=True, help="The result as one JSON object.")
@database_options
def build(
    description: Path,
    out: Path,
    until: str | None,
    resume: Path | None,
    signatures: Sequence[str],
    to_sign: Path | None,
    imza_pfx: Sequence[Path],
    paraf_pfx: Path | None,
    muhur_pfx: Path | None,
    pkcs11: Path | None,
    imza_token: str | None,
    paraf_token: str | None,
    muhur_token: str | None,
    tsa: str | None,
    tsa_user: str | None,
    certificates: tuple[Path, ...],
    allow_private: bool,
    force: bool,
    as_json: bool,
    data: Path | None,
    database_url: str | None,
) -> None:
    """Build the package that DESCRIPTION (TOML or JSON) describes; see docs/package-build.md.

    Without keys the work stops where a signature is needed. Exit code 2: the description has mistakes (each is
    printed with its place) or a step cannot be taken; nothing is written then.
    """
    from hub.package.build.description import kind_of, load
    from hub.package.parts import Kind

    if out.exists() and not force and not (resume and out.samefile(resume)):
        raise click.UsageError(f"{out} exists; --force overwrites it")
    if not out.parent.is_dir():
        raise click.UsageError(f"{out.parent} is not a folder")
    with _mistakes(as_json), _io():
        described = load(description)
        kind = kind_of(described)
        if kind is not Kind.EYP and (resume or signatures):
            raise click.UsageError("--resume and --signature are for eyp packages; use package sign-add")
        tokens = {"imza": imza_token, "paraf": paraf_token, "muhur": muhur_token}
        files = {
            "imza": imza_pfx,
            "paraf": (paraf_pfx,) if paraf_pfx else (),
            "muhur": (muhur_pfx,) if muhur_pfx else (),
        }
        people = _signer(files, pkcs11, tokens, (tsa, tsa_user, None, "sha256", certificates, allow_private))
        step = _step(until)
        with _directory(bool(described.get("kayittan")), data, database_url) as directory:
            if kind is Kind.EYPS:
                result = _encrypted(described, description.parent, out, directory, step)
            elif kind is Kind.EYPG:
                from hub.package.build.update import build_update

                result = build_update(described, description.parent, out, until=step, signer=people)
            else:
                given = _signatures(signatures)
                result = _plain(described, description.parent, out, resume, step, people, given, directory)
    if to_sign is not None and result.waiting is not None:
        write_whole(to_sign, result.to_sign)
    _tell(result, as_json)


@click.command("sign-add")
@click.argument("package", type=READABLE)
@click.option("--signature", type=READABLE, required=True, help="CMS signature with its content (attached).")
@click.option("--step", type=click.Choice(SIGNATURES), help="What it signs; default: the part that it contains.")
@click.option("--out", "-o", type=WRITABLE, help="The package to write; default: PACKAGE itself.")
@click.option("--json", "as_json", is_flag=True, help="The result as one JSON object.")
def sign_add(package: Path, signature: Path, step: str | None, out: Path | None, as_json: bool) -> None:
    """Put a signature or seal that was made elsewhere into PACKAGE.

    It must contain exactly the bytes of Paraf Özeti, Paket Özeti or Nihai Özet. Exit code 2: it does not, or a later
    step is done already.
    """
    from hub.package.build.steps import Built, Step, add_signature, fitting_step

    with _io():
        content = signature.read_bytes()
        chosen = Step(step) if step else fitting_step(package, content)
        add_signature(package, out or package, chosen, content)
    _tell(Built(out or package, chosen, None, b""), as_json)


@click.command()
@click.argument("package", type=READABLE)
@click.option("--receiver", required=True, help="KKK, T.C. kimlik no or legal person's identifier in the distribution.")
@click.option("--out", "-o", type=WRITABLE, required=True, help="The copy to write.")
@click.option("--without-paraf", is_flag=True, help="Leave out the paraf signature, too.")
@click.option("--force", is_flag=True, help="Overwrite the file at --out.")
def copy(package: Path, receiver: str, out: Path, without_paraf: bool, force: bool) -> None:
    """Copy a sealed PACKAGE for one receiver, without the attachments that are withheld from it."""
    from hub.package.build.copies import copy_for

    if out.exists() and not force:
        raise click.UsageError(f"{out} exists; --force overwrites it")
    with _io():
        left_out = copy_for(package, receiver, out, without_paraf=without_paraf)
    click.echo(str(out))
    for part in left_out:
        click.echo(f"  çıkarıldı: {part}")


# Helpers -------------------------------------------------------------------------------------------------------------


def _plain(
    described: dict[str, Any],
    folder: Path,
    out: Path,
    resume: Path | None,
    until: Step | None,
    signer: Signer | None,
    signatures: dict[Step, bytes],
    directory: Directory | None,
) -> Built:
    from hub.package.build.description import prepare
    from hub.package.build.steps import build as build_eyp
    from hub.package.build.steps import document_id

    belge_id = document_id(resume) if resume else ""
    about = prepare(described, folder, belge_id=belge_id, directory=directory)
    return build_eyp(about, out, until=until, signer=signer, signatures=signatures, base=resume)


def _encrypted(
    described: dict[str, Any], folder: Path, out: Path, directory: Directory | None, until: Step | None
) -> Built:
    from hub.package.build.encrypted import build_encrypted
    from hub.package.build.steps import Built, Step

    if until is not None:
        raise click.UsageError("an eyps has no steps")
    return Built(out, Step.CONTENT, None, b"", build_encrypted(described, folder, out, directory=directory))


def _signer(
    files: Mapping[str, Sequence[Path]],
    module: Path | None,
    tokens: Mapping[str, str | None],
    services: tuple[Any, ...],
) -> Signer | None:
    """Whoever signs with the PFX files and tokens named for each step; None where nothing is."""
    used = {name: label for name, label in tokens.items() if label}
    if used and module is None:
        raise click.UsageError(f"--{next(iter(used))}-token needs --pkcs11")
    if module is not None and not used:
        raise click.UsageError("--pkcs11 needs one of --imza-token, --paraf-token, --muhur-token")
    for name in used:
        if files[name]:
            raise click.UsageError(f"give one of --{name}-pfx and --{name}-token")
    if not used and not any(files.values()):
        return None
    from hub.package.build.signers import FirstOf, ProfileSigner, TokenSigner
    from hub.package.build.steps import Step
    from hub.signing.keys import load_pfx, open_token

    where = services_of(*services)

    def keys(name: str) -> tuple[Any, ...]:
        variable = "HUB_SEAL_PASSWORD" if name == "muhur" else "HUB_PFX_PASSWORD"
        return tuple(
            load_pfx(file.read_bytes(), secret(variable, f"{file.name} parolası", None)) for file in files[name]
        )

    opening = {}
    pins: dict[str, str] = {}
    for name, text in used.items():
        token, _, key = text.partition(":")
        variable = "HUB_SEAL_PIN" if name == "muhur" else "HUB_TOKEN_PIN"
        if variable not in pins:
            pins[variable] = secret(variable, f"{token} PIN", None)
        opening[Step(name)] = partial(
            open_token, module or "", pins[variable], token_label=token, key_label=key or None
        )
    paraf, seal = keys("paraf"), keys("muhur")
    own = ProfileSigner(keys("imza"), paraf[0] if paraf else None, seal[0] if seal else None, where)
    return FirstOf((TokenSigner(opening, where), own))


def _signatures(pairs: Sequence[str]) -> dict[Step, bytes]:
    from hub.package.build.steps import Step

    found: dict[Step, bytes] = {}
    for pair in pairs:
        name, sign, file = pair.partition("=")
        if not sign or name not in SIGNATURES:
            raise click.UsageError(f"--signature {pair}: expected STEP=FILE with STEP one of {', '.join(SIGNATURES)}")
        found[Step(name)] = Path(file).read_bytes()
    return found


def _step(name: str | None) -> Step | None:
    from hub.package.build.steps import Step

    return Step(name) if name else None


@contextlib.contextmanager
def _directory(wanted: bool, data: Path | None, database_url: str | None) -> Iterator[Directory | None]:
    if not wanted:
        yield None
        return
    from hub.package.build.from_registry import RegistryDirectory

    with opened(Settings.load(data=data, database_url=database_url)) as database:
        yield RegistryDirectory(database)


@contextlib.contextmanager
def _mistakes(as_json: bool) -> Iterator[None]:
    """Print every mistake of a description, a line each; the first one also becomes the command's error."""
    try:
        yield
    except DescriptionError as error:
        for problem in error.problems:
            row = {"code": problem.code, "path": problem.path, "message": problem.message, "rule": problem.rule}
            click.echo(json.dumps(row, ensure_ascii=False) if as_json else str(problem))
        click.echo(f"eyhub: {error.code}: tanımda {len(error.problems)} hata var.", err=True)
        raise click.exceptions.Exit(EXIT_MISUSE) from error


@contextlib.contextmanager
def _io() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise click.FileError(str(error.filename or "file"), error.strerror or "cannot be used") from error


def _tell(result: Built, as_json: bool) -> None:
    if as_json:
        row = {"file": str(result.file), "done": result.done, "waiting": result.waiting, "notes": list(result.notes)}
        click.echo(json.dumps(row, ensure_ascii=False))
        return
    click.echo(f"{result.file}: {result.done}")
    for note in result.notes:
        click.echo(f"  not: {note}")
    if result.waiting:
        click.echo(f"  bekleyen imza: {result.waiting}")

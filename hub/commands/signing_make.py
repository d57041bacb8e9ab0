"""``eyhub signature sign`` and ``eyhub signature extend``: make signatures and carry them further.

Passwords and PINs come from a file, the environment or a prompt, never from the command line, which other users of
the machine can read.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

import click

from hub import limits
from hub.errors import EXIT_NO, HubError

READABLE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
WRITABLE: Final = click.Path(dir_okay=False, path_type=Path)
FAR: Final = ("BES", "T", "XL", "A")


def _services(command: Callable[..., None]) -> Callable[..., None]:
    """Options about timestamps and evidence, and where the result goes: the same for both commands."""
    options = (
        click.option("--tsa", envvar="HUB_TSA_URL", help="Address of the time-stamping authority. [HUB_TSA_URL]"),
        click.option("--tsa-user", envvar="HUB_TSA_USER", help="Its user name; the password is in HUB_TSA_PASSWORD."),
        click.option("--tsa-policy", help="OID of the TSA policy to ask for."),
        click.option("--tsa-digest", type=click.Choice(["sha256", "sha384", "sha512"]), default="sha256"),
        click.option("--archive", type=click.Choice(["v2", "v3"]), default="v2", help="Kind of archive timestamp."),
        click.option(
            "--certificates",
            type=click.Path(exists=True, path_type=Path),
            multiple=True,
            help="File or folder with issuers' certificates, where neither the key nor the file brings them.",
        ),
        click.option("--content", type=READABLE, help="The signed content, when the signature is detached."),
        click.option("--allow-private", is_flag=True, help="Let certificates name addresses in private networks."),
        click.option("--out", "-o", type=WRITABLE, help="Where the result goes."),
        click.option("--in-place", is_flag=True, help="Replace FILE; it is never left half-written."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("file", type=READABLE)
@click.option("--pfx", type=READABLE, help="PKCS#12 file with key and certificate; password: HUB_PFX_PASSWORD.")
@click.option("--pkcs11", type=READABLE, help="PKCS#11 module of the smart card or HSM; PIN: HUB_TOKEN_PIN.")
@click.option("--token", help="Label of the token, where there are several.")
@click.option("--key", "key_label", help="Label of the key or certificate, where the token has several.")
@click.option("--password-file", type=READABLE, help="File whose first line is the password or PIN.")
@click.option("--pss", is_flag=True, help="RSASSA-PSS instead of PKCS #1 v1.5.")
@click.option(
    "--profile",
    type=click.Choice(["P4", "P4-A", *FAR], case_sensitive=False),
    default="P4",
    show_default=True,
    help="P4: X-Long, national policy. P4-A: also an archive timestamp (seals). Others: CAdES levels, no policy.",
)
@click.option("--policy", "policy_text", help="none, P4 or OID:ALGORITHM:DIGEST[:URI]; overrides the profile's.")
@click.option("--digest", type=click.Choice(["sha256", "sha384", "sha512"]), help="Default: what fits the key.")
@click.option("--mime-type", help="Written into the signature as the content's type.")
@click.option("--detached", is_flag=True, help="Leave the content out of the signature file.")
@click.option("--join", is_flag=True, help="FILE is a signature: add a parallel signer.")
@click.option("--counter", type=click.IntRange(1, 10_000), help="FILE is a signature: countersign its signer number N.")
@_services
def sign(
    file: Path,
    pfx: Path | None,
    pkcs11: Path | None,
    token: str | None,
    key_label: str | None,
    password_file: Path | None,
    pss: bool,
    profile: str,
    policy_text: str | None,
    digest: str | None,
    mime_type: str | None,
    detached: bool,
    join: bool,
    counter: int | None,
    content: Path | None,
    out: Path | None,
    in_place: bool,
    archive: Literal["v2", "v3"],
    **where: Any,
) -> None:
    """Sign FILE with CAdES, or add a signer to the signature FILE.

    The result goes to --out, else to FILE.imz; with --join or --counter to --out or, with --in-place, back to FILE.
    """
    from hub.signing import make
    from hub.signing.make import policies

    if (pfx is None) == (pkcs11 is None):
        raise click.UsageError("give one of --pfx and --pkcs11")
    if join and counter is not None:
        raise click.UsageError("--join and --counter do not go together")
    adding = join or counter is not None
    target = _target(file, out, in_place, None if adding else file.with_name(f"{file.name}.imz"))
    if in_place and not adding:
        raise click.UsageError("--in-place would replace the content by its signature")
    level = {"P4": "XL", "P4-A": "A"}.get(profile.upper(), profile.upper())
    text = policy_text or ("P4" if profile.upper().startswith("P4") else "none")
    options = make.Options(
        level=_level(level),
        policy=policies.read(text),
        detached=detached,
        digest=digest,
        mime_type=mime_type,
        archive=archive,
    )
    data, signed = _read(file), _read(content) if content else None
    with _key(pfx, pkcs11, token, key_label, password_file, pss) as key, _refusals():
        services = services_of(**where)
        if join:
            result = make.add_signer(data, key, services, options, signed)
        elif counter is not None:
            result = make.countersign(data, key, services, options, counter - 1, signed)
        else:
            result = make.sign(data, key, services, options)
    write_whole(target, result)
    click.echo(str(target))


@click.command()
@click.argument("file", type=READABLE)
@click.option(
    "--to", "level", type=click.Choice(["T", "XL", "A"]), default="XL", show_default=True, help="CAdES level."
)
@_services
def extend(
    file: Path,
    level: str,
    content: Path | None,
    out: Path | None,
    in_place: bool,
    archive: Literal["v2", "v3"],
    **where: Any,
) -> None:
    """Carry every signer of the signature FILE to a level: T (timestamp), XL (X-Long), A (archive timestamp).

    With --to A a file that is archived already gets one more archive timestamp: that renews it.
    """
    from hub.signing import make

    target = _target(file, out, in_place, None)
    with _refusals():
        signed = _read(content) if content else None
        result = make.extend(_read(file), _level(level), services_of(**where), signed, archive)
    write_whole(target, result)
    click.echo(str(target))


def write_whole(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path``, whole or not at all; an existing file keeps its permissions."""
    try:
        _replace(path, data)
    except OSError as error:
        raise click.FileError(str(path), error.strerror or "cannot be written") from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            found = file.read(limits.SIGNATURE_FILE + 1)
    except OSError as error:
        raise click.FileError(str(path), error.strerror or "cannot be read") from error
    if len(found) > limits.SIGNATURE_FILE:
        raise click.FileError(str(path), f"larger than {limits.SIGNATURE_FILE >> 20} MB")
    return found


def _replace(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            os.chmod(temporary, stat.S_IMODE(path.stat().st_mode))
        else:
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _target(file: Path, out: Path | None, in_place: bool, default: Path | None) -> Path:
    if out is not None and in_place:
        raise click.UsageError("--out and --in-place do not go together")
    target = file if in_place else out or default
    if target is None:
        raise click.UsageError("say where the result goes: --out FILE or --in-place")
    return target


def _level(name: str) -> Any:
    from hub.signing.make import Level

    return {"BES": Level.BES, "T": Level.T, "XL": Level.XLONG, "A": Level.ARCHIVE}[name]


def services_of(
    tsa: str | None,
    tsa_user: str | None,
    tsa_policy: str | None,
    tsa_digest: str,
    certificates: tuple[Path, ...],
    allow_private: bool,
) -> Any:
    """The :class:`~hub.signing.make.Services` that the options ask for."""
    from hub.signing import make
    from hub.signing.make import paths

    found: list[bytes] = []
    for place in certificates:
        files = sorted(item for item in place.iterdir() if item.is_file()) if place.is_dir() else [place]
        found += [one.raw for item in files for one in paths.load_many(_read(item))]
    authority = None
    if tsa:
        password = os.environ.get("HUB_TSA_PASSWORD")
        authority = make.Tsa(tsa, tsa_digest, tsa_policy, tsa_user, password if tsa_user else None)
    return make.Services(authority, make.HttpTransport(allow_private=allow_private), tuple(found))


@contextmanager
def _key(
    pfx: Path | None, module: Path | None, token: str | None, label: str | None, password_file: Path | None, pss: bool
) -> Iterator[Any]:
    from hub.signing import keys

    if pfx is not None:
        yield keys.load_pfx(_read(pfx), secret("HUB_PFX_PASSWORD", "PFX parolası", password_file), pss=pss)
        return
    assert module is not None
    pin = secret("HUB_TOKEN_PIN", "PIN", password_file)
    with keys.open_token(module, pin, token_label=token, key_label=label, pss=pss) as key:
        yield key


def secret(variable: str, prompt: str, file: Path | None) -> str:
    """A password or PIN: the first line of ``file``, else the environment's ``variable``, else asked for."""
    if file is not None:
        return _read(file).decode("utf-8", "replace").partition("\n")[0].rstrip("\r")
    if variable in os.environ:
        return os.environ[variable]
    value: str = click.prompt(prompt, hide_input=True, err=True)
    return value


@contextmanager
def _refusals() -> Iterator[None]:
    """A signature that may not be made is the answer no (exit code 1); everything else is exit code 2."""
    from hub.signing.make import errors

    try:
        yield
    except (errors.CertificateRevokedError, errors.LevelRefusedError, errors.SignatureBrokenError) as error:
        _say(error)
        raise click.exceptions.Exit(EXIT_NO) from error


def _say(error: HubError) -> None:
    click.echo(f"eyhub: {error.code}: {error.message}".splitlines()[0], err=True)

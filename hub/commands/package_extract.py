"""``eyhub package extract``: write parts into a folder, never outside it, never over what is there unasked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote

import click

from hub.commands.files import write_whole
from hub.commands.package_options import key_options, load_keys
from hub.errors import HubError
from hub.package.envelope import decrypt
from hub.package.errors import printable
from hub.package.keys import RecipientKey
from hub.package.opc import fold
from hub.package.parts import Kind
from hub.package.reader import Package, read_package


class ExtractError(HubError):
    """A part cannot be written where it should be."""

    code = "EXTRACT"


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Folder; default: the file's name."
)
@click.option("--part", "wanted", multiple=True, help="Only this part (/UstYazi/yazi.pdf). Repeatable.")
@click.option("--force", is_flag=True, help="Replace files that are there.")
@key_options
def extract(
    file: Path,
    folder: Path | None,
    wanted: Sequence[str],
    force: bool,
    pfx: Path | None,
    module: str | None,
    token: str | None,
) -> None:
    """Write a package's parts into a folder. With a key, the package inside an encrypted one is written as icerik.eyp.

    Exit code 0: everything was written; 2: the package or a part cannot be read, or something stands in the way.
    """
    folder = folder or Path(file.stem)
    try:
        with read_package(file) as package:
            for name in write_parts(package, folder, wanted, force=force):
                click.echo(printable(name, 1000))
            if package.kind is Kind.EYPS and (pfx or module):
                click.echo(str(_decrypted(package, folder, load_keys(pfx, module, token), force)))
    except OSError as error:
        raise ExtractError(f"{error.filename or file}: {error.strerror or type(error).__name__}") from None


def write_parts(package: Package, folder: Path, wanted: Sequence[str] = (), *, force: bool = False) -> Iterator[str]:
    """Write parts under ``folder`` and give each file's path once it is whole.

    Raises :class:`ExtractError` before anything is written when a part does not exist or a file is in the way, and
    :class:`~hub.package.errors.ContainerError` for damaged content, whose file is then not left behind.
    """
    names = list(package.opc.parts) if not wanted else [_known(package, name) for name in wanted]
    targets = {name: folder.joinpath(*[unquote(segment) for segment in name.split("/")[1:]]) for name in names}
    for target in targets.values():
        if os.path.lexists(target) and not force:
            raise ExtractError(f"{printable(str(target))}: dosya zaten var (--force üzerine yazar)")
    folder.mkdir(parents=True, exist_ok=True)
    for name, target in targets.items():
        if package.container.get(name[1:]) is None:
            raise ExtractError(f"{printable(name)}: bileşen bulunamadı")
        _write(folder, target, package.container.stream(package.opc.parts[name], again=True), force)
        yield str(target)


def _known(package: Package, name: str) -> str:
    found = package.opc.find(name)
    if found is None:
        raise ExtractError(f"Pakette böyle bir bileşen yok: {printable(fold(name))}")
    return found


def _write(folder: Path, target: Path, chunks: Iterable[bytes], force: bool) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # a link in the folder may lead elsewhere, whatever the names say
    if not target.parent.resolve().is_relative_to(folder.resolve()):
        raise ExtractError(f"{printable(str(target))}: hedef klasörün dışına çıkıyor")
    write_whole(target, chunks, force=force, mode=0o600)


def _decrypted(package: Package, folder: Path, keys: Sequence[RecipientKey], force: bool) -> Path:
    part = package.part("sifreliicerik")
    if part is None:
        raise ExtractError("Pakette şifreli içerik yok")
    source = decrypt(package.container.spool(package.opc.parts[part]), keys)
    target = folder / "icerik.eyp"
    if os.path.lexists(target) and not force:
        raise ExtractError(f"{printable(str(target))}: dosya zaten var (--force üzerine yazar)")
    try:
        chunks = (source.read_at(at, 1 << 20) for at in range(0, source.size, 1 << 20))
        _write(folder, target, chunks, force)
    finally:
        source.close()
    return target

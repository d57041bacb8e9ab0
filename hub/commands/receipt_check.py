"""``eyhub receipt verify`` and ``eyhub receipt show``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from hub import clock, limits
from hub.commands.databases import data_option
from hub.commands.instants import Instant
from hub.errors import EXIT_MISUSE, EXIT_NO, EXIT_OK, HubError

if TYPE_CHECKING:
    from hub.signing.receipts import Receipt

_OUTCOMES: Final = {
    "GECTI": "geçti",
    "KALDI": "kaldı",
    "UYARI": "uyarı",
    "BELIRSIZ": "belirsiz",
    "DENETLENMEDI": "denetlenmedi",
    "YAPILANDIRILMADI": "yapılandırılmamış",
}


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option(
    "--roots", type=click.Path(path_type=Path), help="Folder or file of trusted roots; default: the hub's trust store."
)
@click.option(
    "--at",
    type=Instant(),
    help="When the certificates must be valid, where no timestamp says (ISO 8601). Default: now.",
)
@click.option("--proved", is_flag=True, help="Refuse receipts without a timestamp and revocation evidence.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, one line a file.")
@data_option
def verify(
    files: Sequence[Path], roots: Path | None, at: datetime | None, proved: bool, as_json: bool, data: Path | None
) -> None:
    """Check receipts and show what was signed. Nothing is asked of the network.

    A receipt with a timestamp is judged at that time, with the revocation evidence that it brings; one without at
    --at, its revocation not checked.

    Exit code 0: every receipt holds; 1: some signature or signer is not accepted; 2: a file or the roots could not be
    read. What the receipt itself states (passed or failed) does not change the exit code.
    """
    from hub.config import Settings
    from hub.signing import receipts
    from hub.signing.trust import NotConfiguredError, TrustStore, trust_folder

    settings = Settings.load(data=data)
    trust = TrustStore.folder(roots) if roots else TrustStore.kept(trust_folder(settings.data), demo=settings.demo)
    if not trust.configured:
        raise NotConfiguredError(f"kök sertifika yok: {trust.name}")
    exit_code = EXIT_OK
    refusals = (receipts.ReceiptSignatureError, receipts.AlgorithmNotAllowedError, receipts.ReceiptTrustError)
    for file in files:
        try:
            found = receipts.verify(_read(file), trust, at)
            if proved and found.time is None:
                raise receipts.ReceiptTrustError("Tutanakta zaman damgası ve iptal kanıtı yok.")
        except HubError as error:
            exit_code = max(exit_code, EXIT_NO if isinstance(error, refusals) else EXIT_MISUSE)
            click.echo(f"eyhub: {error.code}: {file}: {error.message}".splitlines()[0], err=True)
            if as_json:
                _print({"file": str(file), "valid": False, "error": {"code": error.code, "message": error.message}})
            continue
        if as_json:
            stated = receipts.show(found.receipt)
            signer = {"name": found.signer.name, "sha256": found.signer.sha256}
            time = None if found.time is None else found.time.isoformat().replace("+00:00", "Z")
            known = {"signer": signer, "time": time, "revocation": found.revocation.value, "receipt": stated}
            _print({"file": str(file), "valid": True, **known})
        else:
            status = "iptal durumu denetlenmedi"
            if found.time is not None:
                status = f"{_local(found.time)} tarihinde damgalanmış, iptal durumu denetlendi"
            click.echo(f"{file}: imza geçerli; imzalayan {found.signer.name} ({status})")
            click.echo(text(found.receipt))
    click.get_current_context().exit(exit_code)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(file: Path, as_json: bool) -> None:
    """Show what a receipt states, without judging its signature."""
    from hub.signing import receipts

    found = receipts.read_unverified(_read(file))
    if as_json:
        _print({"file": str(file), "verified": False, "receipt": receipts.show(found)})
    else:
        click.echo(f"{file}: İMZA DENETLENMEDİ")
        click.echo(text(found))


def text(receipt: Receipt) -> str:
    """What a receipt states, for people, in Turkish."""
    lines = [
        f"  Tutanak     {receipt.id} ({'karar' if receipt.kind == 'KARAR' else 'doğrulama'})",
        f"  Düzenleyen  {receipt.issuer.name}" + (f" ({receipt.issuer.detsis_no})" if receipt.issuer.detsis_no else ""),
        f"  Zaman       {_local(receipt.issued_at)}",
        *(f"  Konu        {kind}: {value}" for kind, value in receipt.subject),
        *(
            f"  Girdi       {item.name} {name} {value.hex()}"
            for item in receipt.inputs
            for name, value in item.digests.items()
        ),
    ]
    if receipt.valid_at:
        lines.append(f"  Ait olduğu  {_local(receipt.valid_at)}")
    if receipt.serial is not None:
        lines.append(f"  Sıra no     {receipt.serial}")
    lines.append(f"  Sonuç       {_OUTCOMES[receipt.outcome.value]}")
    for reason in receipt.reasons:
        words = reason.texts.get("tr", "")
        lines.append(f"  Gerekçe     {reason.code} ({_OUTCOMES[reason.outcome.value]}) {words}".rstrip())
    if receipt.valid_until:
        lines.append(f"  Geçerlilik  {_local(receipt.valid_until)} tarihine kadar")
    lines += [f"  {receipt.texts.get('tr') or next(iter(receipt.texts.values()))}"]
    return "\n".join(lines)


def _local(instant: datetime) -> str:
    return clock.to_local(instant).strftime("%d.%m.%Y %H:%M:%S")


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(limits.RECEIPT_BYTES + 1)
    except OSError as error:
        raise click.FileError(str(file), error.strerror or "cannot be read") from error


def _print(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=False))

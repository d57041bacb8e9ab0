"""``eyhub trust``: the hub's own trust store."""

from __future__ import annotations

import json
from pathlib import Path

import click

from hub import clock
from hub.commands.databases import data_option
from hub.config import Settings
from hub.errors import EXIT_NO
from hub.signing import trust as store
from hub.signing.trust import Anchor, TrustStore, trust_folder
from hub.signing.validate import read


@click.group()
def trust() -> None:
    """Keep the roots that the hub believes, each with where it came from."""


def _loaded(data: Path | None) -> TrustStore:
    settings = Settings.load(data=data)
    return TrustStore.kept(trust_folder(settings.data), demo=settings.demo)


def _row(anchor: Anchor) -> dict[str, object]:
    one = anchor.certificate
    return {
        "name": one.name,
        "sha256": one.sha256,
        "not_before": one.not_before.isoformat(),
        "not_after": one.not_after.isoformat(),
        "source": anchor.source,
        "added": anchor.added,
        "test": anchor.test,
        "unusable": anchor.unusable(clock.now()),
    }


@trust.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@data_option
def list_(as_json: bool, data: Path | None) -> None:
    """List the roots."""
    for anchor in _loaded(data).anchors:
        row = _row(anchor)
        if as_json:
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            state = row["unusable"] or ("deneme kökü" if anchor.test else "kullanılıyor")
            until = anchor.certificate.not_after.date()
            click.echo(f"{row['sha256']}  {row['name']}  ({until})  {state}  kaynak: {anchor.source or '-'}")


@trust.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", required=True, help="Where the certificate was taken from: address, document, person.")
@click.option("--test", "test", is_flag=True, help="Mark it as a test root; it is used in demo mode only.")
@data_option
def add(file: Path, source: str, test: bool, data: Path | None) -> None:
    """Add the roots of a DER or PEM file."""
    settings = Settings.load(data=data)
    for anchor in store.add(trust_folder(settings.data), read(file), source, demo=settings.demo, test=test):
        click.echo(f"eklendi: {anchor.certificate.name} {anchor.certificate.sha256}")


@trust.command(short_help="Remove a root.")
@click.argument("fingerprint")
@data_option
def remove(fingerprint: str, data: Path | None) -> None:
    """Remove the root whose SHA-256 begins with FINGERPRINT (at least 8 digits)."""
    gone = store.remove(trust_folder(Settings.load(data=data).data), fingerprint)
    click.echo(f"çıkarıldı: {gone.certificate.name} {gone.certificate.sha256}")


@trust.command()
@data_option
def check(data: Path | None) -> None:
    """Check every root. Exit code 1: one is not usable, or there is none."""
    anchors = _loaded(data).anchors
    bad = 0
    for anchor in anchors:
        why = anchor.unusable(clock.now())
        bad += bool(why)
        click.echo(f"{'hata' if why else 'tamam'}: {anchor.certificate.name}{': ' + why if why else ''}")
    if not anchors:
        click.echo("hata: kök sertifika yok")
    if bad or not anchors:
        click.get_current_context().exit(EXIT_NO)

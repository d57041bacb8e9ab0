"""``eyhub serve``: run the server."""

from __future__ import annotations

from pathlib import Path

import click

from hub.config import Settings


@click.command()
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of the hub's files. [HUB_DATA]")
@click.option("--database", "database_url", help="Database URL; default: SQLite in the data folder. [HUB_DATABASE_URL]")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 256), help="Worker processes.")
@click.option("--public-url", help="Scheme and host under which clients reach the hub. [HUB_PUBLIC_URL]")
@click.option("--tls-certificate", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="PEM file.")
@click.option("--tls-key", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="PEM file (PKCS #8).")
def serve(
    data: Path | None,
    database_url: str | None,
    host: str,
    port: int,
    workers: int,
    public_url: str | None,
    tls_certificate: Path | None,
    tls_key: Path | None,
) -> None:
    """Serve the KAYSİS contract, health and metrics until stopped.

    SIGTERM or Ctrl-C stops it; requests under way are finished first. Settings that are not given here come from the
    environment: docs/operations.md lists them.
    """
    if (tls_certificate is None) != (tls_key is None):
        raise click.UsageError("--tls-certificate and --tls-key go together")
    from hub import app
    from hub.edge import server

    settings = Settings.load(data=data, database_url=database_url, public_url=public_url)
    server.check_address(host, port)  # before anything is made in the data folder
    app.check(settings)
    server.serve(settings, host=host, port=port, workers=workers, certificate=tls_certificate, key=tls_key)

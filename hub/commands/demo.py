"""``eyhub demo``: from nothing to a server with a registry in it, and calls that work when pasted."""

from __future__ import annotations

import contextlib
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from hub.commands.demo_letters import letters
from hub.config import Settings
from hub.package.views.words import ACCEPTED, local
from hub.sample.demo import Demo, make
from hub.sample.load import Progress

_HOST: Final = "127.0.0.1"

_ENVELOPE: Final = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header>'
    '<BbServiceAuthentication xmlns="http://kaysis.gov.tr/"><KurumID>{kurum_id}</KurumID>'
    "<Password>{password}</Password></BbServiceAuthentication></soap:Header><soap:Body>"
    '<eYazismaPaketi xmlns="http://kaysis.gov.tr/"><gonderenDetsisID>{sender}</gonderenDetsisID>'
    "<muhatapDetsisIDs>{addressees}</muhatapDetsisIDs></eYazismaPaketi></soap:Body></soap:Envelope>"
)

_PAGE: Final = """\
Endpoint  {url}
KurumID   {kurum_id}
Password  {password}

The letterhead of a letter, with curl:

curl -s {url} -H 'Content-Type: text/xml; charset=utf-8' \\
  -H 'SOAPAction: "http://kaysis.gov.tr/eYazismaPaketi"' \\
  -d '{envelope}'

The same with zeep (where it is missing: python3 -m venv z && . z/bin/activate && pip install zeep):

python3 - <<'PY'
import zeep
client = zeep.Client("{url}?WSDL")
header = client.get_element("{{http://kaysis.gov.tr/}}BbServiceAuthentication")
print(client.service.eYazismaPaketi(
    {sender}, {{"int": {numbers}}}, _soapheaders=[header(KurumID="{kurum_id}", Password="{password}")]
).Sonuclar.Antet)
PY
"""

_PACKAGES: Final = """\
One letter, signed and sealed twice, each time judged in all eight layers:

  {accepted}
    signed {accepted_time} by {new}, head of unit {unit} since {handed_over}
    {accepted_verdict} - {accepted_why} ({accepted_reason})
  {refused}
    signed {refused_time} by {old}, whose duty in that unit ended at {handed_over}, an hour before
    {refused_verdict} - {refused_why} ({refused_reason}; {rules})

The same again, with everything that was checked (exit code 1, because one is refused):

{command}

"""


@click.command()
@click.option("--units", type=int, help="Units of the sample, 2,000 to 1,000,000. Default: 20,000.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("data"),
    show_default=True,
    help="Folder of the sample; what stands there is used again.",
)
@click.option("--database", "database_url", help="Database URL; default: SQLite in the data folder. [HUB_DATABASE_URL]")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 256), help="Worker processes.")
@click.option("--no-serve", is_flag=True, help="Make the sample and print the calls, but do not serve.")
def demo(units: int | None, data: Path, database_url: str | None, port: int, workers: int, no_serve: bool) -> None:
    """Make the sample registry if there is none, show one package accepted and the same letter refused because its
    signatory's duty had ended, print how to call the registry, and serve it until stopped.

    People, numbers and addresses of the sample are invented. The data folder also gets demo.json: how to call
    (endpoint, kurum_id, password), the database's URL and some numbers to ask for.
    """
    settings = Settings.load(data=data, database_url=database_url, demo=True)
    if not no_serve:
        from hub.edge import server

        server.check_address(_HOST, port)  # before a minute of work, not after it
    with _progress(units or 20_000) as progress:
        made, _ = make(settings, units, progress)
    click.echo(packages_page(settings, made), nl=False)
    click.echo(page(made, f"http://{_HOST}:{port}{made.endpoint}"))
    if no_serve:
        return
    settings = Settings.load(data=data, database_url=made.database_url, demo=True)
    server.serve(settings, host=_HOST, port=port, workers=workers, certificate=None, key=None)


def packages_page(settings: Settings, made: Demo) -> str:
    """What is printed of the two packages of :mod:`hub.commands.demo_letters`, and the command that judges them."""
    accepted, refused = letters(settings, made)
    (new,), (old,) = accepted.report.signatories, refused.report.signatories
    command = ["HUB_DEMO=1", shlex.quote(_program()), "package", "validate", "--lang", "en"]
    command += [shlex.quote(str(one.file)) for one in (accepted, refused)]
    command += ["--data", shlex.quote(str(settings.data))]
    if made.database_url != Settings.load(data=settings.data, database_url="").database:
        command += ["--database", shlex.quote(made.database_url)]
    values: dict[str, object] = {
        "unit": new.unit_no,
        "handed_over": local(old.record.end) if old.record else "",
        "rules": ", ".join(item.rule for item in refused.report.errors),
        "command": " ".join(command),
    }
    for name, person, letter, item in (("accepted", "new", accepted, new), ("refused", "old", refused, old)):
        values |= {
            name: letter.file,
            person: f"{item.person} (T.C. Yönetici Kodu {item.code})",
            f"{name}_time": local(item.time),
            f"{name}_why": item.why.en,
            f"{name}_reason": item.reason,
            f"{name}_verdict": ACCEPTED[letter.report.accepted].en,
        }
    return _PACKAGES.format(**values)


def _program() -> str:
    """The command as this one was called, so that the printed line works where it is not on the path."""
    called = sys.argv[0]
    return called if Path(called).name == "eyhub" else "eyhub"


def page(made: Demo, url: str) -> str:
    """What is printed: how to reach the demonstration, and two calls to paste."""
    addressees = "".join(f"<int>{number}</int>" for number in made.addressees)
    envelope = _ENVELOPE.format(
        kurum_id=made.kurum_id, password=made.password, sender=made.sender, addressees=addressees
    )
    return _PAGE.format(
        url=url,
        kurum_id=made.kurum_id,
        password=made.password,
        envelope=envelope,
        sender=made.sender,
        numbers=made.addressees,
    )


@contextlib.contextmanager
def _progress(total: int) -> Iterator[Progress | None]:
    """A bar on a terminal, silence elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("sample registry", total=total)
        yield lambda more: bar.advance(task, more)

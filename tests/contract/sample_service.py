"""A service of the DETSİS contract with made-up answers, for tests of the engine: it echoes what it was asked."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, NamedTuple

from hub.config import Settings
from hub.contract import Call, Contract, Endpoint, Measured, Rendered
from hub.edge import front as front_module
from hub.edge.deadline import Watchdog
from hub.edge.front import Front
from hub.errors import HubError

CONTRACT = Contract.load("DETSISServis.wsdl")
T = CONTRACT.types
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
NS = "http://kaysis.gov.tr/"
HEADER = (
    f'<BbServiceAuthentication xmlns="{NS}"><KurumID>10000000</KurumID><Password>gizli</Password>'
    "</BbServiceAuthentication>"
)


class WrongCredentials(HubError):
    code = "AUTH_HEADER"


def authenticate(header: Any, call: Call) -> str:
    if header is None or (header.KurumID, header.Password) != ("10000000", "gizli"):
        raise WrongCredentials("Kurum numarası ya da parola hatalı.")
    return str(header.KurumID)


def on_error(call: Call, error: Exception) -> Any:
    return call.result(SonucHatali=True, HataMsj=error.message) if isinstance(error, HubError) else None


def echo(call: Call, **arguments: Any) -> Any:
    """An answer that says in ``HataMsj`` what the function was given (no service would)."""
    return call.result(SonucHatali=False, HataMsj=repr(arguments))


def endpoint(functions: dict[str, Callable[..., Any]] | None = None, **options: Any) -> Endpoint:
    every: dict[str, Callable[..., Any]] = dict.fromkeys(CONTRACT.operations, echo)
    options = {"authenticate": authenticate, "on_error": on_error, **options}
    return Endpoint(CONTRACT, every | (functions or {}), **options)


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def envelope(body: str, *, version: str = "1.1", header: str = HEADER) -> bytes:
    uri = SOAP11 if version == "1.1" else SOAP12
    return (
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{uri}" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f"<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def operation(name: str, inner: str = "") -> str:
    return f'<{name} xmlns="{NS}">{inner}</{name}>'


def http(served: Endpoint, method: str, path: str, body: bytes = b"", **environ: Any) -> Answer:
    """One request to ``served`` without a socket; ``environ`` adds to or replaces the WSGI environment."""
    path, _, query = path.partition("?")
    given = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)) if body else "",
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        "HTTP_HOST": "localhost",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "192.0.2.1",
        **environ,
    }
    started: list[Any] = []
    blocks = served({k: v for k, v in given.items() if v is not None}, lambda *args: started.extend(args))
    data = b"".join(blocks)
    if callable(close := getattr(blocks, "close", None)):
        close()
    headers = {name.lower(): value for name, value in started[1]}
    assert headers["content-length"] == str(len(data))
    return Answer(int(started[0][:3]), headers, data)


def post(
    served: Endpoint,
    body: bytes,
    action: str | None = None,
    kind: str = "text/xml; charset=utf-8",
    **environ: Any,
) -> Answer:
    if action is not None:
        environ["HTTP_SOAPACTION"] = action
    return http(served, "POST", "/DETSISServis.asmx", body, CONTENT_TYPE=kind, **environ)


def application() -> Front:
    """The service behind the hub's front, with short deadlines, for a server process."""
    front_module.BODY_SECONDS = 1  # type: ignore[misc]

    def fail(call: Call, **_: Any) -> Any:
        raise RuntimeError("gizli iç bilgi")

    def long(call: Call, **_: Any) -> Any:
        rows = ((10_000_000 + n, f"k{n}@hs01.kep.tr", True) for n in range(100_000))
        write = CONTRACT.row_writer("KepBilgileriWs", ["KurumDetsisNo", "KepAdresi", "Aktifmi"])
        return call.result(SonucHatali=False, Sonuclar=write.many(rows))

    def torn(call: Call, **_: Any) -> Any:
        def rows() -> Any:
            for number in range(50_000):
                yield T.KurumBirimWS(DETSISNo=number, Ad="A")
            raise RuntimeError("gizli iç bilgi")

        return call.result(SonucHatali=False, Sonuclar=rows())

    def broken(call: Call, **_: Any) -> Any:
        """A list of known length that fails when half of it has been sent."""
        item = Rendered(b"<KurumBirimWS><DETSISNo>1</DETSISNo></KurumBirimWS>" * 5_000)

        def items() -> Any:
            yield from [item] * 5
            raise RuntimeError("gizli iç bilgi")

        return call.result(SonucHatali=False, Sonuclar=Measured(items(), 10 * len(item)))

    served = endpoint(
        {
            "TumYerKodlariGetirWs": fail,
            "AktifKEPAdresleriniGetir": long,
            "AnaKurumlariGetirKurumBirimWs": torn,
            "KendiTumBirimleriGetirWs": broken,
        },
        settings=Settings(allowed_hosts=("localhost", "127.0.0.1")),
    )
    return Front({"/DETSISServis.asmx": served}, open_paths={}, watchdog=Watchdog(0.1))


__all__ = ["CONTRACT", "T", "application", "endpoint", "envelope", "http", "operation", "post"]

"""An endpoint: one contract, served. A WSGI application."""

from __future__ import annotations

import itertools
import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import perf_counter
from typing import Any, Final
from urllib.parse import urlsplit

from hub.config import Settings
from hub.contract import answer, faults, intake, pages, registry, request, soap
from hub.contract.address import Address
from hub.contract.answer import Body, Measured, Prepared
from hub.contract.call import Authenticate, Call, Observe, OnError
from hub.contract.contract import Contract
from hub.contract.errors import (
    AnswerBroken,
    BodyTooLarge,
    Refused,
    SoapFault,
    ValueMisfit,
)
from hub.contract.profile import ASMX, Profile
from hub.contract.schema import Complex, Field, Simple
from hub.contract.writer import Rendered, is_list
from hub.contract.wsdl import Operation, Version
from hub.errors import HubError, place

log = logging.getLogger("hub.contract")

_REASONS: Final = {
    200: "200 OK",
    400: "400 Bad Request",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    408: "408 Request Timeout",
    413: "413 Content Too Large",
    415: "415 Unsupported Media Type",
    500: "500 Internal Server Error",
}
_CORRELATION: Final = re.compile(r"(?!(?:.*[._:-])?[0-9]{11}(?:[._:-]|$))[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
"""A client's id as it may stand in the log: nothing that could be a T.C. kimlik no."""
_GZIP: Final = re.compile(r"(?:^|[\s,])(?:gzip|\*)\s*+(?:;\s*q\s*=\s*(?P<q>[0-9.]+))?\s*+(?:,|$)", re.IGNORECASE)
"""Possessive, because blanks may be as many as a header holds."""
_FAILED: Final = "Beklenmeyen bir hata oluştu."

StartResponse = Callable[..., Any]


@dataclass(slots=True)
class Reply:
    """What goes back: status, content type and body."""

    status: int
    type: str
    body: Body
    code: str = "ok"
    headers: tuple[tuple[str, str], ...] = ()


class _Route:
    """Everything about one operation that is known before a request comes."""

    __slots__ = ("arguments", "frame", "function", "headers", "operation", "pieces", "wrappings")

    def __init__(self, contract: Contract, operation: Operation, function: Callable[..., Any]) -> None:
        self.operation = operation
        self.function = function
        assert isinstance(operation.input.type, Complex)
        self.arguments = contract.readers.arguments(operation.input.type)
        self.pieces = contract.answer(operation)
        self.frame = _frame(operation, self.pieces)
        self.wrappings: dict[Version, soap.Wrapping] = {
            "1.1": contract.wrapping(operation, "1.1"),
            "1.2": contract.wrapping(operation, "1.2"),
        }
        self.headers = frozenset(header.qname for header in operation.headers)


class Endpoint:
    """Serves a contract: POST in both SOAP versions, ``?WSDL``, ``?op=`` pages, ``?disco`` and the list of operations.

    A WSGI application. It may be mounted at any path with as many segments as the address in its WSDL has, or at any
    path at all where the server puts that path into ``SCRIPT_NAME``. It tells the access log what was called in
    ``environ["hub.about"]``.
    """

    def __init__(
        self,
        contract: Contract,
        functions: Mapping[str, Callable[..., Any]],
        *,
        authenticate: Authenticate | None = None,
        on_error: OnError | None = None,
        observe: Observe | None = None,
        fault: faults.Typed | None = None,
        profile: Profile = ASMX,
        settings: Settings | None = None,
    ) -> None:
        """``functions`` has one function for each operation of ``contract``, by operation name. It is called as
        ``function(call, Input=…)`` with a keyword argument for every input of the contract, and returns the
        operation's result (a model instance, whose lists may be any iterables of instances or
        :class:`~hub.contract.Rendered` fragments), or a :class:`~hub.contract.Prepared` answer.

        ``authenticate(header, call)`` is called before the function. ``header`` is an instance of the declared
        header's type, or None where the header is missing, given twice, unreadable, or has a field twice. What it
        returns becomes ``call.caller``; to refuse, it raises.

        ``on_error(call, exception)`` may turn an exception of ``authenticate`` or of the function into a result; it
        returns None for a fault. ``fault(types, error)`` gives the fault of an expected error, with the detail that
        every operation's ``wsdl:fault`` declares; of a request that is refused before the function is called its detail
        only, because the words are the protocol's. ``observe`` is told of every finished request.

        Raises :class:`~hub.contract.errors.ContractError`, naming the operation, where ``functions`` and the
        contract differ or a function does not take the operation's inputs.
        """
        self.contract = contract
        self.profile = profile
        registered = registry.register(contract, functions)
        self.application = registered.application
        self._routes = {
            name: _Route(contract, operation, registered.function(operation))
            for name, operation in contract.operations.items()
        }
        self._authenticate = authenticate
        self._on_error = on_error
        self._observe = observe
        self._reader = intake.Reader(contract, profile, self._routes)
        self._address = Address(settings or Settings())
        self._pages = pages.Pages(contract)
        self._fault_writers = faults.detail_writers(contract)
        self._fault = fault
        self._depth = urlsplit(contract.description.ports[0].address).path.rstrip("/").count("/") + 1
        self._prefix = f"{os.getpid():x}-{int.from_bytes(os.urandom(4), 'big'):08x}-"
        self._numbers = itertools.count(1)

    def prepare(self, operation: str, result: Any, path: Path | None = None) -> Prepared:
        """Write ``result`` of ``operation`` once, for serving many times: in memory, or in the file ``path``.

        Raises :class:`~hub.contract.errors.ValueMisfit` and whatever the result's generators raise; the former file
        then stays as it was.
        """
        return answer.prepare(self._routes[operation].pieces(result), path)

    # WSGI ----------------------------------------------------------------------------------------------------------

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        started = perf_counter()
        correlation = self._correlation(environ.get("HTTP_X_CORRELATION_ID"))
        seen = intake.Seen()
        try:
            reply = self._reply(environ, correlation, seen)
        except Exception as error:  # the last resort: nothing of it reaches the client
            _log_failure(error, correlation, seen.operation)
            fault = soap.fault(seen.version, "server", faults.SERVER.format(f"{_FAILED} ({correlation})"))
            reply = Reply(500, soap.CONTENT_TYPES[seen.version], _body(fault), "INTERNAL")
        body = reply.body
        headers = [
            ("Content-Type", reply.type),
            ("Content-Length", str(body.size)),
            ("Cache-Control", "private, max-age=0"),
            ("X-Correlation-ID", correlation),
            *reply.headers,
        ]
        if body.compressed:
            headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
        operation = seen.operation
        environ["hub.about"] = f"{correlation} {operation or '-'} {reply.code}"
        start_response(_REASONS[reply.status], headers)
        if self._observe is not None:
            self._observe(operation, reply.code, perf_counter() - started)
        chunks = body.chunks
        return chunks if chunks is not None else _Stream(body, environ, correlation, operation)

    def _correlation(self, given: str | None) -> str:
        """The client's id where it is well formed, else one of our own."""
        if given is not None and _CORRELATION.fullmatch(given):
            return given
        return f"{self._prefix}{next(self._numbers):x}"

    def _reply(self, environ: dict[str, Any], correlation: str, seen: intake.Seen) -> Reply:
        method = environ["REQUEST_METHOD"]
        path, rest = self._place(environ)
        if method == "POST" and (not rest or rest == "/"):
            return self._post(environ, correlation, seen)
        if method not in {"GET", "POST"}:
            return Reply(405, "text/plain; charset=utf-8", _body(b""), "HTTP_METHOD", (("Allow", "GET, POST"),))
        if rest not in {"", "/"}:
            return _html(500, pages.unrecognized(rest), "HTTP_PATH")
        return self._get(environ, self._address.base(environ) + path)

    def _place(self, environ: dict[str, Any]) -> tuple[str, str]:
        """The path that the endpoint is mounted at, and the rest of the request's path."""
        path: str = environ.get("PATH_INFO", "")
        if mounted := environ.get("SCRIPT_NAME"):
            return mounted, path
        if path.count("/") < self._depth:
            return path, ""
        parts = path.split("/")
        return "/".join(parts[: self._depth]), "".join(f"/{part}" for part in parts[self._depth :])

    def _get(self, environ: dict[str, Any], url: str) -> Reply:
        query = environ.get("QUERY_STRING", "")
        name, _, value = query.partition("&")[0].partition("=")
        match name.lower():
            case "wsdl" | "singlewsdl":
                return self._xml(environ, self._pages.wsdl(url))
            case "disco":
                return self._xml(environ, self._pages.disco(url))
            case "op":
                page = self._pages.operation(request.bare(value), url)
                return _html(404, self._pages.unknown(url), "HTTP_PATH") if page is None else _html(200, page)
        return _html(200, self._pages.listing(url))

    @staticmethod
    def _xml(environ: dict[str, Any], data: bytes) -> Reply:
        return Reply(200, soap.TEXT_XML, answer.in_memory([data], len(data), gzip=_takes_gzip(environ)))

    # SOAP ----------------------------------------------------------------------------------------------------------

    def _post(self, environ: dict[str, Any], correlation: str, seen: intake.Seen) -> Reply:
        try:
            taken = self._reader.read(environ, seen)
        except Refused as error:
            log.info("%s %s: %s", correlation, self.contract.name, error.code)
            return self._refuse(error, seen)
        route = taken.route
        operation = route.operation
        call = Call(self.contract, operation, taken.version, correlation, environ)
        gzip = _takes_gzip(environ)
        try:
            if self._authenticate is not None:
                call.caller = self._authenticate(taken.header, call)
            result = route.function(call, **taken.arguments)
            reply = self._answer(route, call, result, gzip=gzip)
            reply.headers = call.added
        except Exception as error:
            return self._fail(route, call, error, gzip=gzip)
        if taken.envelope is not None and call.caller is not None:
            try:
                self._reader.learn(taken)
            except Exception as error:  # what was asked for is done; the next request takes the full way again
                _log_failure(error, correlation, seen.operation)
        return reply

    def _answer(self, route: _Route, call: Call, result: Any, *, gzip: bool) -> Reply:
        wrapping = route.wrappings[call.version]
        if result.__class__ is Prepared:
            body = result.body(wrapping, gzip=gzip)
        else:
            frame = route.frame
            items = None if frame is None else getattr(result, frame.field, None)
            if frame is not None and items.__class__ is Measured and items.size and not gzip:
                body = answer.stream(items, *frame.of(result, wrapping))
            elif frame is not None and items.__class__ is list and len(items) == 1 and items[0].__class__ is Rendered:
                before, after = frame.of(result, wrapping)
                whole = b"".join((before, items[0], after))  # one chunk, and of no class that a server need not know
                body = answer.in_memory([whole], len(whole), gzip=gzip)
            else:
                body = answer.gather(route.pieces(result), wrapping, gzip=gzip)
        return Reply(200, soap.CONTENT_TYPES[call.version], body)

    def _fail(self, route: _Route, call: Call, error: Exception, *, gzip: bool) -> Reply:
        """An exception of the service: its own answer where ``on_error`` makes one, else a fault."""
        code = error.code if isinstance(error, HubError) else "INTERNAL"
        told = error if isinstance(error, HubError) and not isinstance(error, ValueMisfit) else None
        if told is None:
            _log_failure(error, call.correlation, call.operation.name)
        else:
            log.info("%s %s: %s", call.correlation, call.operation.name, code)
        if self._on_error is not None and not isinstance(error, SoapFault):
            try:
                result = self._on_error(call, error)
                if result is not None:
                    reply = self._answer(route, call, result, gzip=gzip)
                    reply.code = code
                    return reply
            except Exception as second:
                _log_failure(second, call.correlation, call.operation.name)
        if isinstance(told, Refused):
            return self._refuse(told, intake.Seen(call.version, operation=call.operation.name))
        if told is not None and self._fault is not None and not isinstance(told, SoapFault):
            told = self._fault(self.contract.types, told)
        if isinstance(told, SoapFault):
            detail = faults.written(call.operation.name, told.detail, self._fault_writers)
            body = soap.fault(call.version, told.side, told.message, detail)
        else:
            text = _FAILED if told is None else told.message
            body = soap.fault(call.version, "server", faults.SERVER.format(f"{text} ({call.correlation})"))
        return Reply(500, soap.CONTENT_TYPES[call.version], _body(body), code)

    def _refuse(self, error: Refused, seen: intake.Seen) -> Reply:
        def detail() -> str:
            if self._fault is None:
                return ""
            told = self._fault(self.contract.types, error)
            return faults.written(seen.operation, told.detail, self._fault_writers)

        status, body = faults.refusal(error, seen.version, seen.body, self.profile, detail)
        kind = soap.CONTENT_TYPES[seen.version] if body else soap.TEXT_XML
        closing = (("Connection", "close"),) if isinstance(error, BodyTooLarge) else ()
        return Reply(status, kind, _body(body), error.code, closing)


class _Stream:
    """A WSGI iterable that closes its file when the server is done with it, and tells of what broke in its middle."""

    __slots__ = ("_body", "_correlation", "_environ", "_operation")

    def __init__(self, body: Body, environ: dict[str, Any], correlation: str, operation: str) -> None:
        self._body = body
        self._environ = environ
        self._correlation = correlation
        self._operation = operation

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._body
        except Exception as error:
            _log_failure(error, self._correlation, self._operation)
            self._environ["hub.about"] = f"{self._correlation} {self._operation or '-'} {AnswerBroken.code}"
            raise AnswerBroken("Yanıt gönderilirken kesildi.") from None

    def close(self) -> None:
        self._body.close()


def _frame(operation: Operation, write: Callable[[Any], Iterator[bytes]]) -> answer.Frame | None:
    """The frame of the array of rows in the operation's result; None where there is none or more. Whatever else the
    result holds is part of the frame."""
    kind = None if operation.result is None else operation.result.type
    if not isinstance(kind, Complex) or any(isinstance(f.type, Complex) and not is_list(f) for f in kind.fields):
        return None
    rows = [field.name for field in kind.fields if is_list(field) and _holds_rows(field)]
    others = [field.name for field in kind.fields if field.name not in rows]
    return answer.Frame(write, rows[0], others) if len(rows) == 1 else None


def _holds_rows(field: Field) -> bool:
    item = field if field.repeated or isinstance(field.type, Simple) else field.type.item
    return item is not None and isinstance(item.type, Complex)


def _body(data: bytes) -> Body:
    return Body([data], len(data), compressed=False)


def _html(status: int, page: str, code: str = "ok") -> Reply:
    return Reply(status, "text/html; charset=utf-8", _body(page.encode()), code, pages.HEADERS)


def _takes_gzip(environ: Mapping[str, Any]) -> bool:
    accepted = environ.get("HTTP_ACCEPT_ENCODING")
    if not accepted:
        return False
    return _allows_gzip(accepted)


@lru_cache(maxsize=256)
def _allows_gzip(accepted: str) -> bool:
    """Clients send few different headers, so the last are remembered."""
    match = _GZIP.search(accepted)
    if match is None:
        return False
    try:
        return float(match["q"] or 1) > 0
    except ValueError:
        return False


def _log_failure(error: BaseException, correlation: str, operation: str) -> None:
    log.error("%s %s: %s", correlation, operation or "-", place(error))

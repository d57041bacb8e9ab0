"""The engine's errors: a contract that does not hold, a value that does not fit it, a request that cannot be read.

Those that concern a request (:class:`Refused` and below) become the protocol's own answer; their text may be shown
to the caller and never holds anything of the hub's insides.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from hub.errors import HubError

Side = Literal["client", "server"]


class ContractError(HubError):
    """A WSDL or schema cannot be used, or the registered functions do not match it; the service does not start.

    The message names the file and the operation, type or construct that is wrong.
    """

    code = "CONTRACT"


class ValueMisfit(HubError):  # noqa: N818 - the name says what it is; all here are errors
    """A value that a service wants to send does not fit its place in the contract (a fault in the service's code).

    The message names the type and field, never the value.
    """

    code = "CONTRACT_VALUE"


class AnswerBroken(HubError):  # noqa: N818
    """An answer that was being sent could not be finished. The connection is broken off before the stated length."""

    code = "ANSWER_BROKEN"


class SoapFault(HubError):  # noqa: N818
    """A fault that a service raises on purpose; ``detail`` is an instance of a type that the operation's
    ``wsdl:fault`` declares, or None.

    ``side`` says who must change something: ``client`` (Client/Sender) or ``server`` (Server/Receiver).
    """

    code = "SOAP_FAULT"

    def __init__(self, message: str, *, side: Side = "client", detail: Any = None) -> None:
        super().__init__(message)
        self.side: Side = side
        self.detail = detail


class Refused(HubError):  # noqa: N818
    """A request that the engine refuses before any function runs. ``code`` goes to the log, the metrics and, where
    the profile shows codes, into the fault."""

    code: ClassVar[str] = "REQUEST"


class Malformed(Refused):
    """The body is not well-formed XML in an accepted encoding."""

    code = "XML_MALFORMED"


class DtdForbidden(Malformed):
    """The body carries a document type declaration."""

    code = "XML_DTD_FORBIDDEN"


class BadEncoding(Refused):
    """The body's encoding is not accepted, or its labels contradict each other."""

    code = "XML_ENCODING"


class LimitExceeded(Refused):
    """The body goes over one of the limits of :mod:`hub.limits`."""

    code = "XML_LIMIT"


class BadEnvelope(Refused):
    """The document is not a SOAP envelope, has no body, or its body does not hold exactly one element."""

    code = "SOAP_ENVELOPE"


class VersionMismatch(Refused):
    """The envelope's namespace is neither SOAP 1.1 nor 1.2, or the parts of the envelope mix the two."""

    code = "SOAP_VERSION"


class NotUnderstood(Refused):
    """A header block that must be understood is not part of the contract."""

    code = "SOAP_MUST_UNDERSTAND"


class UnknownAction(Refused):
    """No operation is named by the request."""

    code = "SOAP_ACTION"


class ActionMismatch(Refused):
    """The SOAPAction names one operation, the body holds another."""

    code = "SOAP_ACTION_MISMATCH"


class Unreadable(Refused):
    """A value cannot be read as its type.

    ``element`` is the lxml element that holds it (for the position), ``path`` where it stands, ``reason`` the last
    part of the fault text.
    """

    code = "XML_VALUE"

    def __init__(self, element: Any, reason: str, path: str = "") -> None:
        super().__init__(reason)
        self.element = element
        self.reason = reason
        self.path = path


class SchemaInvalid(Refused):
    """The body does not fit the contract's schema (services with strict reading)."""

    code = "XML_SCHEMA"


class BodyTooLarge(Refused):
    """The request's body is longer, as sent or as decoded, than the profile allows."""

    code = "HTTP_BODY_LIMIT"


class BodyTooSlow(Refused):
    """The request's body did not arrive in time."""

    code = "HTTP_BODY_TIMEOUT"


class UnsupportedMedia(Refused):
    """Content type, content encoding or their mixture with the envelope is not accepted."""

    code = "HTTP_CONTENT_TYPE"

"""Why a package cannot be opened: one class for each kind of refusal.

Every class has a stable ``code`` and names the rule of the catalogue that it breaks; ``found`` is what stood in the
file, as data (names are escaped, never raw control characters).
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from hub.errors import HubError


class Words(NamedTuple):
    """A sentence in both languages of the report."""

    tr: str
    en: str


class PackageError(HubError):
    """A file that is not a readable package."""

    code: ClassVar[str] = "PACKAGE"
    rule: ClassVar[str] = "EYP-ZIP-OPEN"

    def __init__(self, message: str, *, entry: str = "", found: str = "", expected: str = "", rule: str = "") -> None:
        super().__init__(message)
        self.entry = entry
        self.found = found
        self.expected = expected
        self.rule_id = rule or self.rule


class ContainerError(PackageError):
    """The ZIP archive is refused by the guard; ``others`` holds the further refusals of the same archive."""

    code = "ZIP_BAD"

    def __init__(self, message: str, *, entry: str = "", found: str = "", expected: str = "", rule: str = "") -> None:
        super().__init__(message, entry=entry, found=found, expected=expected, rule=rule)
        self.others: tuple[ContainerError, ...] = ()


class ZipBadError(ContainerError):
    """Not a ZIP archive, an empty one, or one cut short."""

    code = "ZIP_BAD"
    rule = "EYP-ZIP-OPEN"


class ZipTruncatedError(ZipBadError):
    """The archive ends before its own records say that it does."""

    code = "ZIP_TRUNCATED"


class ZipInconsistentError(ContainerError):
    """Two records of the archive say different things, or bytes stand where none belong."""

    code = "ZIP_INCONSISTENT"
    rule = "EYP-ZIP-LOCALHEADER"


class ZipBombError(ContainerError):
    """More would come out than a package may hold: size, ratio, overlap, or more bytes than declared."""

    code = "ZIP_BOMB"
    rule = "EYP-ZIP-RATIO"


class ZipNameError(ContainerError):
    """An entry name that could lead outside, or an entry that is no plain file."""

    code = "ZIP_NAME"
    rule = "EYP-ZIP-PATH"


class ZipEncryptedError(ContainerError):
    """An entry is encrypted by the archive itself."""

    code = "ZIP_ENCRYPTED"
    rule = "EYP-ZIP-ENCRYPTED"


class ZipMethodError(ContainerError):
    """An entry is compressed by anything but stored or deflate."""

    code = "ZIP_METHOD"
    rule = "EYP-ZIP-METHOD"


class ZipLimitError(ContainerError):
    """More entries, a larger directory or deeper nesting than any honest package has."""

    code = "ZIP_LIMIT"
    rule = "EYP-ZIP-COUNT"


class ZipCrcError(ContainerError):
    """The bytes that come out are not those that went in: checksum or size."""

    code = "ZIP_CRC"
    rule = "EYP-ZIP-CRC"


class OpcDuplicateError(ContainerError):
    """Two entries whose names a reader may take for one: equal, differing in case, Unicode form or percent-escapes."""

    code = "OPC_DUPLICATE"
    rule = "EYP-ZIP-DUPLICATE"


class XmlRefusedError(PackageError):
    """An XML part that the hardened parser does not take."""

    code = "XML_NOT_WELLFORMED"
    rule = "EYP-XML-WELLFORMED"

    def __init__(self, message: str, *, line: int = 0, column: int = 0, found: str = "", expected: str = "") -> None:
        super().__init__(message, found=found, expected=expected)
        self.line = line
        self.column = column


class XmlDtdForbiddenError(XmlRefusedError):
    """A DOCTYPE or an entity declaration."""

    code = "XML_DTD_FORBIDDEN"
    rule = "EYP-XML-DTD"


class XmlLimitError(XmlRefusedError):
    """Deeper, larger or with more attributes than :mod:`hub.limits` allows."""

    code = "XML_LIMIT"
    rule = "EYP-XML-LIMITS"


class DecryptError(PackageError):
    """The encrypted content does not open with the key that was given.

    One text for every cause (not a recipient, wrong key, damaged content), so that nobody learns from it how far a
    forged message came.
    """

    code = "DECRYPT"
    rule = "EYP-EYPS-RECIPIENT"


def printable(text: str, limit: int = 200) -> str:
    """``text`` fit for a report: control and format characters escaped, cut at ``limit`` characters."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text[: limit + 1])
    return shown if len(shown) <= limit else shown[:limit] + "…"

"""The gate in front of every parser: encoding, document type, size and shape are judged before or while parsing.

Byte counts come first, because they cost nothing and bound what parsing may cost; the exact limits are then measured
on the tree by libxml2 itself, and only where the counts leave doubt.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Final

from lxml import etree

from hub.contract.errors import BadEncoding, DtdForbidden, LimitExceeded, Malformed
from hub.contract.profile import Limits

_DECLARATION: Final = re.compile(rb"<\?xml\s[^>]*+>")
_ENCODING: Final = re.compile(rb"encoding\s*+=\s*+[\"']([^\"']*)")
"""However many blanks stand in the declaration: a label that is not seen is one that libxml2 goes by."""
_PROLOG_DTD: Final = re.compile(rb"(?>\s+|<!--.*?-->|<\?.*?\?>)*+<!DOCTYPE", re.DOTALL)
"""Atomic and possessive: what was passed over is never tried another way, or forty blanks would take for ever."""
_USUAL: Final = (
    b'<?xml version="1.0" encoding="utf-8"?>',
    b'<?xml version="1.0" encoding="UTF-8"?>',
    b"<?xml version='1.0' encoding='utf-8'?>",
    b"<?xml version='1.0' encoding='UTF-8'?>",
    b'<?xml version="1.0"?>',
)
"""How most requests begin; such a body needs no closer look at its labels."""
_CODECS: Final = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "latin-1",
    "iso-8859-9": "iso8859-9",
    "windows-1254": "cp1254",
}
"""Encodings that are read. UTF-8 is what every known client sends; the single-byte ones are what an old Turkish
client may still be set to. UTF-16, UTF-7 and the rest have no honest sender and many tricks."""

_NAMES: Final = bytes(32 if byte in b" \t\n\r\f\v<>=/\"'" else 97 for byte in range(256))
"""For :meth:`bytes.translate`: what may stand in a name becomes ``a``, everything else a blank."""

_ATTRIBUTE: Final = len(' a=""')
"""Bytes that an attribute takes at least."""

_TAG: Final = re.compile(rb"[^>\"']*+(?:\"[^\"]*+\"[^>\"']*+|'[^']*+'[^>\"']*+)*+")

_LIBXML_TEXT: Final = 10_000_000
"""Characters of one text that libxml2 takes by itself."""


class _Parsers(threading.local):
    """One parser a thread: lxml's parsers let one thread in at a time. What they read is UTF-8, whatever it says of
    itself: in another encoding libxml2 would find markup where the counts found none."""

    def __init__(self, huge: bool) -> None:
        self.parser = etree.XMLParser(
            encoding="utf-8",
            resolve_entities=False,
            load_dtd=False,
            dtd_validation=False,
            attribute_defaults=False,
            no_network=True,
            huge_tree=huge,
            remove_comments=True,
            remove_pis=True,
            collect_ids=False,
        )


class Guard:
    """A safe parser with the limits of one endpoint."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        # Only where longer texts are wanted does libxml2's own limit give way; ours stand before and behind it.
        self._parsers = _Parsers(huge=limits.text > _LIBXML_TEXT)
        self._long_name = b"a" * (limits.name + 1)
        self._long_prefix = re.compile(rb"\sxmlns:[^\s=]{%d}" % (limits.name + 1))
        self._too_deep = etree.XPath("boolean(/*" + "/*" * limits.depth + ")")
        self._too_wide = etree.XPath(
            f"boolean(//*[count(@*) > {limits.attributes} or string-length(name()) > {limits.name}]"
            f" or //@*[string-length(name()) > {limits.name}])"
        )
        self._too_long = etree.XPath(
            f"boolean(//text()[string-length() > {limits.text}] or //@*[string-length() > {limits.text}])"
        )

    def parse(self, body: bytes, charset: str = "") -> etree._Element:
        """The root element of ``body``; ``charset`` is the content type's parameter, in lower case.

        Raises :class:`~hub.contract.errors.Malformed`, ``DtdForbidden``, ``BadEncoding`` or ``LimitExceeded``.
        Nothing outside ``body`` is read: no entity, no document type, no schema hint.
        """
        body = _utf8(body, charset)
        typed = b"<!DOCTYPE" in body
        if typed and _PROLOG_DTD.match(body):
            raise DtdForbidden("Belge türü bildirimi (DOCTYPE) kabul edilmez.")
        limits = self._limits
        marks = body.count(b"<")
        if marks > 2 * limits.elements:
            raise LimitExceeded("XML belgesinde izin verilenden çok öğe var.")
        size = len(body)
        many = size > _ATTRIBUTE * limits.attributes and body.count(b"=") > limits.attributes
        declares = many and body.count(b"xmlns") > limits.attributes
        if declares and any(tag.count(b"xmlns") > limits.attributes for tag in _tags(body)):
            raise LimitExceeded("XML belgesinde bir öğe izin verilenden çok ad alanı bildiriyor.")
        try:
            root = etree.fromstring(body, self._parsers.parser)
        except etree.XMLSyntaxError as error:
            if any(word in str(error).lower() for word in ("huge", "depth", "too long")):  # libxml2's own limits
                raise LimitExceeded("XML belgesi izin verilenden derin ya da büyük.") from None
            raise Malformed("Gönderilen, düzgün bir XML belgesi değil.") from None
        if marks > limits.depth and self._too_deep(root):
            raise LimitExceeded("XML belgesinde öğeler izin verilenden derin.")
        wide = many or (_goes_on(body, limits.name) and self._long_name in body.translate(_NAMES))
        if wide and (self._too_wide(root) or any(map(self._long_prefix.search, _tags(body)))):
            raise LimitExceeded("XML belgesinde bir ad izin verilenden uzun ya da öznitelikler çok.")
        if size > limits.text and self._too_long(root):
            raise LimitExceeded("XML belgesinde bir metin izin verilenden uzun.")
        if typed and root.getroottree().docinfo.internalDTD is not None:
            raise DtdForbidden("Belge türü bildirimi (DOCTYPE) kabul edilmez.")
        return root


def _goes_on(body: bytes, most: int) -> bool:
    """Whether more than ``most`` bytes follow each other without a ``>``, as those of such a long name do. They may as
    well be a text or several attributes."""
    at, last = 0, len(body) - most
    while at < last:
        end = body.rfind(b">", at, at + most + 1)
        if end < 0:
            return True
        at = end + 1
    return False


def _tags(body: bytes) -> Iterator[bytes]:
    """What stands in each tag, without the text behind it. No tag holds a raw ``<``, so each is all between two of
    them, up to the first ``>`` outside quotes; a comment's or section's text may be among them."""
    return (found[0] for part in body.split(b"<") if (found := _TAG.match(part)))


def _utf8(body: bytes, charset: str) -> bytes:
    """``body`` as UTF-8; its labels (byte order mark, declaration, ``charset``) must not contradict each other."""
    if charset in {"utf-8", ""} and body.startswith(_USUAL) and b"\0" not in body:
        return body
    marked = body.startswith(b"\xef\xbb\xbf")
    if marked:
        body = body[3:]
    if b"\0" in body or body.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        raise BadEncoding("XML belgesinin karakter kodlaması kabul edilmez; UTF-8 gönderin.")
    declared = _DECLARATION.match(body)
    named = _ENCODING.search(declared[0]) if declared else None
    label = named[1].decode("ascii", "replace").lower() if named else ""
    if not label and not charset:
        return body
    codecs = {_CODECS.get(name) for name in (label, charset) if name}
    if len(codecs) != 1 or None in codecs:
        raise BadEncoding("XML belgesinin karakter kodlaması kabul edilmez ya da etiketleri çelişiyor; UTF-8 gönderin.")
    codec = codecs.pop()
    if codec == "utf-8":
        return body
    if codec == "ascii" and body.isascii():
        return body
    if marked or codec is None or codec == "ascii":
        raise BadEncoding("XML belgesinin karakter kodlaması etiketine uymuyor.")
    try:
        text = body[declared.end() :] if declared else body
        return text.decode(codec).encode()
    except UnicodeDecodeError:
        raise BadEncoding("XML belgesinin karakter kodlaması etiketine uymuyor.") from None

"""Requests with their binary contents beside the envelope: MTOM over MIME multipart/related (XOP 1.0, RFC 2387).

A binary value of up to some tens of megabytes would be a third longer as base64 and longer than a text that libxml2
takes. Here it stays as it came: :func:`split` takes the message apart, :func:`link` puts a short stand-in where an
``xop:Include`` names a part, so that the body validates, and :func:`fill` puts the parts into the arguments.

Only the operation's own inputs can be binary parts; an Include elsewhere is refused.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from lxml import etree

from hub import limits
from hub.contract.errors import LimitExceeded, Malformed, UnsupportedMedia
from hub.contract.request import Media, media

INCLUDE: Final = "{http://www.w3.org/2004/08/xop/include}Include"
_BOUNDARY: Final = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
_HEADER: Final = re.compile(rb"([A-Za-z0-9-]{1,64}):[ \t]*([^\r\n]{0,2000})")
_QUOTED: Final = re.compile(r"\\(.)")
_PLAIN: Final = frozenset({"", "7bit", "8bit", "binary"})


@dataclass(frozen=True, slots=True)
class Message:
    """A message taken apart."""

    root: bytes
    """The envelope."""
    media: Media
    """The envelope's content type, as it would stand in a message without parts."""
    parts: Mapping[str, bytes]
    """Content by Content-ID, without the angle brackets."""


def split(body: bytes, outer: Media) -> Message:
    """Take a ``multipart/related`` body apart; ``outer`` is the request's content type.

    Raises :class:`~hub.contract.errors.UnsupportedMedia` for another kind of multipart or a transfer encoding that
    changes the content, ``Malformed`` for a broken one, ``LimitExceeded`` for too many parts.
    """
    if outer.parameters.get("type", "").lower() != "application/xop+xml":
        raise UnsupportedMedia("multipart/related")
    boundary = outer.parameters.get("boundary", "")
    if not _BOUNDARY.fullmatch(boundary):
        raise Malformed("MIME sınırı (boundary) yok ya da bozuk.")
    found = _parts(body, b"--" + boundary.encode("ascii"))
    start = _bare(outer.parameters.get("start", "")) or next(iter(found))
    if start not in found:
        raise Malformed("MIME iletisinin kökü (start) bulunamadı.")
    headers, root = found.pop(start)
    inner = media(headers.get("content-type", ""))
    if inner.type != "application/xop+xml":
        raise UnsupportedMedia(inner.type)
    # the envelope's own type stands in the root part's "type", or in "start-info"; SOAP 1.2's action is inside it
    named = inner.parameters.get("type", "") or outer.parameters.get("start-info", "")
    envelope = media(_QUOTED.sub(r"\1", named))
    parameters = {"charset": inner.parameters.get("charset", "")}
    for source in (outer, inner, envelope):
        if "action" in source.parameters:
            parameters["action"] = source.parameters["action"]
    return Message(root, Media(envelope.type, parameters), {name: content for name, (_, content) in found.items()})


def _parts(body: bytes, delimiter: bytes) -> dict[str, tuple[dict[str, str], bytes]]:
    """Headers and content of every part by Content-ID (or its number), in order."""
    found: dict[str, tuple[dict[str, str], bytes]] = {}
    at = 0 if body.startswith(delimiter) else body.find(b"\r\n" + delimiter) + 2
    if at == 1:
        raise Malformed("MIME iletisinde sınır (boundary) bulunamadı.")
    while True:
        at += len(delimiter)
        if body[at : at + 2] == b"--":
            break
        line = body.find(b"\r\n", at)
        if line < 0 or body[at:line].strip(b" \t"):
            raise Malformed("MIME iletisi bozuk.")
        # a part without headers has its blank line at once
        blank = line if body[line + 2 : line + 4] == b"\r\n" else body.find(b"\r\n\r\n", line)
        end = body.find(b"\r\n" + delimiter, line)
        if blank < 0 or end < 0 or blank + 2 > end or blank - line > limits.MIME_HEADERS:
            raise Malformed("MIME iletisi bozuk ya da yarım.")
        headers = {
            name.decode("ascii").lower(): value.decode("latin-1").strip()
            for name, value in _HEADER.findall(body, line, blank)
        }
        if headers.get("content-transfer-encoding", "").lower() not in _PLAIN:
            raise UnsupportedMedia("MIME bölümünün aktarım kodlaması desteklenmez.")
        name = _bare(headers.get("content-id", "")) or str(len(found))
        if name in found:
            raise Malformed("MIME iletisinde aynı Content-ID iki kez var.")
        found[name] = headers, body[min(blank + 4, end) : end]
        if len(found) > limits.MIME_PARTS:
            raise LimitExceeded("MIME iletisinde izin verilenden çok bölüm var.")
        at = end + 2
    if not found:
        raise Malformed("MIME iletisinde bölüm yok.")
    return found


def _bare(identifier: str) -> str:
    return identifier.strip().removeprefix("<").removesuffix(">")


def link(root: etree._Element, parts: Mapping[str, bytes]) -> dict[bytes, bytes]:
    """Replace every ``xop:Include`` in the envelope by a stand-in; the parts by their stand-ins.

    Raises :class:`~hub.contract.errors.Malformed` for an Include that names no part or does not stand alone.
    """
    found: dict[bytes, bytes] = {}
    for include in list(root.iter(INCLUDE)):
        holder = include.getparent()
        scheme, _, name = include.get("href", "").partition(":")
        content = parts.get(unquote(name)) if scheme.lower() == "cid" else None
        if holder is None or content is None:
            raise Malformed("xop:Include, iletide olmayan bir bölümü gösteriyor.")
        if len(holder) != 1 or (holder.text or "").strip() or (include.tail or "").strip() or len(include):
            raise Malformed("xop:Include, öğesinde tek başına olmalı.")
        stand_in = os.urandom(18)  # what nobody outside can have guessed as a value of their own
        found[stand_in] = content
        holder.remove(include)
        holder.text = base64.b64encode(stand_in).decode("ascii")
    return found


def fill(arguments: dict[str, Any], linked: Mapping[bytes, bytes]) -> None:
    """Put the parts into an operation's inputs. Raises ``Malformed`` where an Include stood anywhere else."""
    left = dict(linked)
    for name, value in arguments.items():
        if isinstance(value, bytes) and value in left:
            arguments[name] = left.pop(value)
    if left:
        raise Malformed("xop:Include burada kullanılamaz.")

"""What the builder must know of a signature file before it puts it into a package.

Nothing is judged here (that is :mod:`hub.signing`): only that the file is an attached CMS signature of exactly the
bytes it is meant for, and when its newest signature timestamp was made.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from asn1crypto import cms, tsp

from hub.package.build.problems import SignatureRefusedError

TIMESTAMP: Final = "1.2.840.113549.1.9.16.2.14"
"""id-aa-signatureTimeStampToken, RFC 3161 appendix A."""


def check_attached(signature: bytes, content: bytes, what: str) -> None:
    """Raise :class:`SignatureRefusedError` unless ``signature`` is a CMS SignedData with a signer, around ``content``.

    ``what`` names the signed part in the message.
    """
    signed = _signed_data(signature)
    if not signed["signer_infos"]:
        raise SignatureRefusedError("İmza dosyasında imza değeri yok.")
    inside = signed["encap_content_info"]["content"]
    found = inside.native if inside is not None else None
    if found is None:
        raise SignatureRefusedError("İmza ayrık; imzalanan içeriği kapsayan (attached) imza gerekir.")
    if found != content:
        raise SignatureRefusedError(f"İmzanın içindeki içerik paketteki {what} ile aynı değil.")


def newest_timestamp(signature: bytes) -> datetime | None:
    """Time of the newest signature timestamp of any signer (aware, UTC); None where there is none."""
    times: list[datetime] = []
    for signer in _signed_data(signature)["signer_infos"]:
        attributes: Any = signer["unsigned_attrs"]
        for attribute in attributes if attributes.native is not None else ():
            if attribute["type"].dotted != TIMESTAMP:
                continue
            for token in attribute["values"]:
                info = cms.ContentInfo.load(token.dump())["content"]["encap_content_info"]["content"]
                times.append(tsp.TSTInfo.load(info.contents if not info.parsed else info.parsed.dump())["gen_time"].native)
    return max((time.astimezone(UTC) for time in times), default=None)


def _signed_data(signature: bytes) -> Any:
    try:
        info = cms.ContentInfo.load(signature, strict=True)
        if info["content_type"].native != "signed_data":
            raise SignatureRefusedError("Dosya bir CMS imzası (SignedData) değil.")
        content = info["content"]
        content.native  # noqa: B018 - asn1crypto parses lazily; what is broken must show here
    except (ValueError, TypeError, KeyError) as error:
        raise SignatureRefusedError("Dosya bir CMS imzası (SignedData) değil.") from error
    return content

"""What the builder must know of a signature file before it puts it into a package.

Nothing is judged here (that is :mod:`hub.signing`): only that the file is an attached CMS signature of exactly the
bytes it is meant for, and when its newest signature timestamp was made.
"""

from __future__ import annotations

from datetime import datetime

from hub.package.build.problems import SignatureRefusedError
from hub.signing import attributes, oids
from hub.signing.cms import SignedData, signed_data
from hub.signing.der import DerError


def check_attached(signature: bytes, content: bytes, what: str) -> None:
    """Raise :class:`SignatureRefusedError` unless ``signature`` is a CMS SignedData with a signer, around ``content``.

    ``what`` names the signed part in the message.
    """
    signed = _read(signature)
    if not signed.signers:
        raise SignatureRefusedError("İmza dosyasında imza değeri yok.")
    if signed.content is None:
        raise SignatureRefusedError("İmza ayrık; imzalanan içeriği kapsayan (attached) imza gerekir.")
    if signed.content != content:
        raise SignatureRefusedError(f"İmzanın içindeki içerik paketteki {what} ile aynı değil.")


def newest_timestamp(signature: bytes) -> datetime | None:
    """Time of the newest signature timestamp of any signer (aware, UTC); None where there is none.

    Raises :class:`SignatureRefusedError` for what is no CMS signature or holds an unreadable timestamp.
    """
    tokens = [value for signer in _read(signature).signers for value in signer.values(oids.SIGNATURE_TIMESTAMP)]
    try:
        return max((attributes.token(value).time for value in tokens), default=None)
    except DerError as error:
        raise SignatureRefusedError("İmzanın zaman damgası okunamıyor.") from error


def _read(signature: bytes) -> SignedData:
    try:
        return signed_data(signature)
    except DerError as error:
        raise SignatureRefusedError("Dosya bir CMS imzası (SignedData) değil.") from error

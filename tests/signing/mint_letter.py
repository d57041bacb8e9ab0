"""CMS, timestamps and CAdES attributes over the certificates of :mod:`signing.mint`: whole signature files."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hub.signing import Outcome, TrustStore, validate

from . import mint
from .mint import (
    ATTRIBUTE,
    CA,
    CONTENT,
    NOCHECK,
    OCSP_SIGNING,
    P4,
    P4_DIGEST,
    QUALIFIED,
    TIMESTAMPING,
    Party,
    algorithm,
    at,
    hashed,
    indefinite,
    issue,
    num,
    octets,
    oid,
    seq,
    set_of,
    tlv,
    untlv,
)

DATA = "1.2.840.113549.1.7.1"
TST = ATTRIBUTE + "16.1.4"
SMIME = ATTRIBUTE + "16.2."


def attribute(kind: str, *values: bytes) -> bytes:
    return seq(oid(kind), set_of(*values))


def issuer_serial(who: Party) -> bytes:
    return seq(seq(tlv(0xA4, who.issuer)), num(who.serial))


def ess(
    who: Party, digest: str = "sha256", *, v1: bool = False, where: bytes | None = None, value: bytes = b""
) -> bytes:
    """signing-certificate of either version; ``where`` replaces issuerSerial (empty: leave it out)."""
    place = issuer_serial(who) if where is None else where
    value = value or hashed("sha1" if v1 else digest, who.cert)
    named = b"" if v1 or digest == "sha256" else algorithm(digest)
    return attribute(SMIME + ("12" if v1 else "47"), seq(seq(seq(named, octets(value), place))))


def policy(kind: str = P4, digest: str = P4_DIGEST, name: str = "sha256", *qualifiers: bytes) -> bytes:
    hashed_ = seq(algorithm(name), octets(bytes.fromhex(digest)))
    return attribute(SMIME + "15", seq(oid(kind), hashed_, seq(*qualifiers) if qualifiers else b""))


@dataclass(frozen=True)
class Stamp:
    """A timestamp token to be made."""

    tsa: Party
    certs: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    time: float = 0
    fraction: str = ""
    digest: str = "sha256"
    signed_digest: str = "sha256"
    scheme: str = ""
    after: bytes = b""
    """TSTInfo's fields after genTime: accuracy, ordering, nonce, tsa, extensions."""
    ess: bytes | None = None
    forged: bool = False
    wrong: bool = False
    ber: bool = False
    by_key_id: bool = False
    content_type: str = TST
    version: int = 1
    null: bool = False
    """NULL parameters in the imprint's algorithm."""
    unsigned: tuple[bytes, ...] = ()


def token(of: Stamp, *data: bytes) -> bytes:
    """A TimeStampToken over ``data``."""
    value = hashed(of.digest, *data)
    info = seq(
        num(of.version),
        oid("1.2.3.4.5"),
        seq(algorithm(of.digest, null=of.null), octets(mint.spoiled(value) if of.wrong else value)),
        num(77),
        mint.gtime(at(of.time), of.fraction),
        of.after,
    )
    signed = [
        attribute(ATTRIBUTE + "3", oid(of.content_type)),
        attribute(ATTRIBUTE + "4", octets(hashed(of.signed_digest, info))),
        ess(of.tsa) if of.ess is None else of.ess,
    ]
    one = signer_info(
        of.tsa,
        [part for part in signed if part],
        digest=of.signed_digest,
        scheme=of.scheme,
        forged=of.forged,
        by_key_id=of.by_key_id,
        unsigned=of.unsigned,
    )
    return content_info([one], [of.tsa.cert, *of.certs], list(of.crls), encap(info, TST), version=3, ber=of.ber)


def signer_info(
    who: Party,
    signed: Sequence[bytes],
    *,
    digest: str = "sha256",
    scheme: str = "",
    forged: bool = False,
    by_key_id: bool = False,
    unsigned: Sequence[bytes] = (),
) -> bytes:
    body = b"".join(sorted(signed))
    named, value = mint.sign(who.private, tlv(0x31, body), digest, scheme)
    place = tlv(0x80, mint.key_id(who.private)) if by_key_id else seq(who.issuer, num(who.serial))
    return seq(
        num(3 if by_key_id else 1),
        place,
        algorithm(digest, null=scheme == "no null"),
        tlv(0xA0, body),
        named,
        octets(mint.spoiled(value) if forged else value),
        tlv(0xA1, *unsigned) if unsigned else b"",
    )


def encap(content: bytes | None, kind: str = DATA, *, chunks: int = 0) -> bytes:
    """encapContentInfo; with ``chunks`` the octets stand in pieces, of indefinite length."""
    if content is None:
        return seq(oid(kind))
    if not chunks:
        return seq(oid(kind), tlv(0xA0, octets(content)))
    step = len(content) // chunks + 1
    pieces = [octets(content[place : place + step]) for place in range(0, len(content), step)]
    return indefinite(0x30, oid(kind), indefinite(0xA0, indefinite(0x24, *pieces)))


def content_info(
    infos: Sequence[bytes],
    certs: Sequence[bytes],
    crls: Sequence[bytes],
    inside: bytes,
    *,
    version: int = 1,
    ber: bool = False,
) -> bytes:
    wrap = indefinite if ber else tlv
    fields = [
        num(version),
        tlv(0x31, *(algorithm(one) for one in ("sha1", "sha256", "sha384", "sha512"))),
        inside,
        tlv(0xA0, *certs) if certs else b"",
        tlv(0xA1, *crls) if crls else b"",
        tlv(0x31, *infos),
    ]
    return wrap(0x30, oid("1.2.840.113549.1.7.2"), wrap(0xA0, wrap(0x30, *fields)))


# The world ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class World:
    """The parties of the default file."""

    root: Party
    sub: Party
    signer: Party
    responder: Party
    tsa: Party

    @property
    def trust(self) -> TrustStore:
        return TrustStore.of([self.root.cert])


RESPONDER = (mint.usage(0), mint.purpose(OCSP_SIGNING, critical=False))
TSA = (mint.usage(0, 1), mint.purpose(TIMESTAMPING))


@functools.cache
def world(kind: str = "p256") -> World:
    root = issue("Kok " + kind, None, *CA, kind=kind)
    sub = issue("Alt kok " + kind, root, mint.basic(True, 0), mint.usage(5, 6), kind=kind)
    return World(
        root,
        sub,
        issue("Imzaci " + kind, sub, *QUALIFIED, kind=kind),
        issue("Yanitlayici " + kind, sub, *RESPONDER, NOCHECK, kind=kind),
        issue("Damgaci " + kind, root, *TSA, kind=kind),
    )


def answer(of: World, **options: Any) -> bytes:
    """The responder's good word on the signer."""
    return mint.ocsp(of.responder, mint.single(mint.cert_id(of.signer, of.sub), mint.good()), **options)


@dataclass
class Letter:
    """One signature and what goes with it."""

    of: World
    certs: list[bytes] = field(default_factory=list)
    crls: list[bytes] = field(default_factory=list)
    ocsps: list[bytes] = field(default_factory=list)
    stamps: list[Stamp] = field(default_factory=list)
    archives: list[Stamp] = field(default_factory=list)
    references: list[tuple[str, Stamp]] = field(default_factory=list)
    """Timestamps over the references: (reading, stamp); see :data:`READINGS`."""
    counters: list[Letter] = field(default_factory=list)
    signed: dict[str, bytes] = field(default_factory=dict)
    """Signed attributes by name that replace (or, when empty, remove) the usual ones."""
    refs: dict[str, bytes] = field(default_factory=dict)
    """The same for the four attributes of X-Long: ``21`` to ``24``."""
    unsigned: list[bytes] = field(default_factory=list)
    how: dict[str, Any] = field(default_factory=dict)
    """Options of :func:`signer_info`."""
    bag: list[bytes] = field(default_factory=list)
    """Further certificates of the file."""
    bag_crls: list[bytes] = field(default_factory=list)
    v3: bool = False
    digest_order: Callable[[list[bytes]], list[bytes]] = list
    """The order in which an archive timestamp of the second form digests the unsigned attributes."""
    index: Callable[[list[bytes]], list[bytes]] = list
    """Changes the members of the hash index of archive timestamps of the third form."""
    kind: str = DATA
    signing_time: float = -30


def usual(of: World | None = None, **changes: Any) -> Letter:
    """The P4 file that every row departs from."""
    of = of or world()
    stamp = Stamp(of.tsa, (of.root.cert,), (mint.crl(of.root),))
    base = Letter(of, [of.responder.cert, of.sub.cert, of.root.cert], [mint.crl(of.root)], [answer(of)], [stamp])
    return replace(base, **changes)


def other_hash(data: bytes, digest: str) -> bytes:
    value = octets(hashed(digest, data))
    return value if digest == "sha1" else seq(algorithm(digest), value)


def cert_ref(raw: bytes, digest: str = "sha256", *, place: bool = True) -> bytes:
    fields = untlv(untlv(untlv(raw)[0][1])[0][1])
    shift = fields[0][0] == 0xA0
    where = seq(seq(tlv(0xA4, fields[shift + 2][2])), fields[shift][2])
    return seq(other_hash(raw, digest), where if place else b"")


def crl_ref(raw: bytes, digest: str = "sha256", *, place: bool = True, number: int | None = 3) -> bytes:
    fields = untlv(untlv(untlv(raw)[0][1])[0][1])
    where = seq(fields[2][2], fields[3][2], num(number) if number is not None else b"")
    return seq(other_hash(raw, digest), where if place else b"")


def ocsp_ref(raw: bytes, digest: str = "sha256", *, hashed_: bool = True) -> bytes:
    fields = untlv(untlv(untlv(raw)[0][1])[0][1])
    shift = fields[0][0] == 0xA0
    return seq(seq(fields[shift][2], fields[shift + 1][2]), other_hash(raw, digest) if hashed_ else b"")


def rev_refs(crls: Sequence[bytes], ocsps: Sequence[bytes]) -> bytes:
    """complete-revocation-references of references already made."""
    both = [tlv(0xA1, seq(seq(one))) for one in ocsps], [tlv(0xA0, seq(seq(one))) for one in crls]
    return attribute(SMIME + "22", seq(*(seq(one) for part in both for one in part)))


def long_term(of: Letter) -> list[bytes]:
    made = {
        "21": attribute(SMIME + "21", seq(*map(cert_ref, of.certs))),
        "22": rev_refs([crl_ref(one) for one in of.crls], [ocsp_ref(one) for one in of.ocsps]),
        "23": attribute(SMIME + "23", seq(*of.certs)),
        "24": attribute(
            SMIME + "24",
            seq(
                tlv(0xA0, seq(*of.crls)) if of.crls else b"",
                tlv(0xA1, seq(*of.ocsps)) if of.ocsps else b"",
            ),
        ),
    } | of.refs
    return [one for one in made.values() if one]


READINGS: dict[str, Callable[[bytes], bytes]] = {
    "type and values": lambda one: untlv(one)[0][1],
    "whole": lambda one: one,
    "set": lambda one: untlv(untlv(one)[0][1])[1][2],
    "values": lambda one: untlv(untlv(one)[0][1])[1][1],
    "bare values": lambda one: b"".join(value[1] for value in untlv(untlv(untlv(one)[0][1])[1][1])),
}


def _references(of: Letter, value: bytes, unsigned: list[bytes]) -> list[bytes]:
    chosen = [one for kind in ("14", "21", "22") for one in unsigned if untlv(one)[0][1].startswith(oid(SMIME + kind))]
    made = []
    for reading, stamp in of.references:
        taken = [READINGS[reading](one) for one in chosen]
        made.append(attribute(SMIME + "25", token(stamp, value, *taken)))
    return made


def _signer(of: Letter, content: bytes, *, counter: bool) -> tuple[bytes, list[bytes]]:
    digest = of.how.get("digest", "sha256")
    signed = {
        "type": b"" if counter else attribute(ATTRIBUTE + "3", oid(of.kind)),
        "digest": attribute(ATTRIBUTE + "4", octets(hashed(digest, content))),
        "time": attribute(ATTRIBUTE + "5", mint.utime(at(of.signing_time))),
        "ess": ess(of.of.signer),
        "policy": policy(),
    } | of.signed
    bare = signer_info(of.of.signer, [one for one in signed.values() if one], **of.how)
    value = untlv(untlv(bare)[0][1])[-1][1]
    unsigned = [attribute(SMIME + "14", token(one, value)) for one in of.stamps]
    if of.certs or of.crls or of.ocsps or of.refs:
        unsigned += long_term(of)
    unsigned += _references(of, value, unsigned)
    for other in of.counters:
        inner, more = _signer(other, value, counter=True)
        unsigned.append(attribute(ATTRIBUTE + "6", seq(untlv(inner)[0][1], tlv(0xA1, *more) if more else b"")))
    return bare, unsigned + of.unsigned


def letter(of: Letter, *others: Letter, content: bytes = CONTENT, attached: bool = True, **file: Any) -> bytes:
    """The file: ``of`` and ``others`` are parallel signers. ``file``: ``ber``, ``version``, ``chunks``."""
    everyone = [of, *others]
    certs = [one.of.signer.cert for each in everyone for one in (each, *each.counters)] + of.bag
    inside = encap(content if attached else None, of.kind)
    infos = []
    for each in everyone:
        bare, unsigned = _signer(each, content, counter=False)
        head = untlv(bare)[0][1]
        for stamp in each.archives:
            outside = b"" if attached else content
            made = _archive(each, stamp, inside, outside, content, certs, of.bag_crls, head, unsigned)
            unsigned = [*unsigned, made]
        infos.append(seq(head, tlv(0xA1, *unsigned) if unsigned else b""))
    chunks = file.pop("chunks", 0)
    return content_info(infos, certs, of.bag_crls, encap(content, of.kind, chunks=chunks) if chunks else inside, **file)


def _archive(
    of: Letter,
    stamp: Stamp,
    inside: bytes,
    outside: bytes,
    content: bytes,
    certs: list[bytes],
    crls: list[bytes],
    head: bytes,
    unsigned: list[bytes],
) -> bytes:
    if not of.v3:
        bags = [tlv(0xA0, *certs), tlv(0xA1, *crls) if crls else b""]
        return attribute(
            SMIME + "48", token(stamp, inside, outside, *bags, head, tlv(0xA1, *of.digest_order(unsigned)))
        )
    parts = [(one[2], values[1]) for whole in unsigned for one, values in [untlv(untlv(whole)[0][1])]]
    members = of.index([kind + value[2] for kind, values in parts for value in untlv(values)])
    index = seq(
        algorithm("sha256"),
        seq(*(octets(hashed("sha256", one)) for one in certs)),
        seq(*(octets(hashed("sha256", one)) for one in crls)),
        seq(*(octets(hashed("sha256", one)) for one in members)),
    )
    holder = replace(stamp, unsigned=(attribute("0.4.0.19122.1.5", index),))
    return attribute("0.4.0.1733.2.4", token(holder, oid(of.kind), hashed(stamp.digest, content), head, index))


@dataclass(frozen=True)
class Row:
    """One file and what must come of it."""

    name: str
    code: str
    """The code that must be among the failed (or, for an indeterminate file, undecided) checks; empty: it passes."""
    make: Callable[[], Letter | bytes]
    options: dict[str, Any] = field(default_factory=dict)
    """Options of :func:`hub.signing.validate`, the profile being P4, and ``file``: those of :func:`letter`."""


def judge(row: Row) -> None:
    """Make the row's file, validate it, and say what is not as it should be."""
    options = {"profile": "P4", "trust": world().trust} | row.options
    made = row.make()
    data = made if isinstance(made, bytes) else letter(made, **options.pop("file", {}))
    options.pop("file", None)
    report = validate(data, **options)
    found = [*report.codes(), *report.codes(Outcome.INDETERMINATE)]
    if row.code:
        assert not report.passed
        assert row.code in found, found
    else:
        assert report.passed, report.findings()

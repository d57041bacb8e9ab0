"""Rules that need the signatures validated: level, value, certificate, time; who signed, and when in which order.

They read what the signature step has entered in the bag and never validate themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from hub.package.errors import Words
from hub.package.rules.base import Bag, NotCheckedError, Problem, rule

NOT_VALIDATED = Words("İmzalar doğrulanmadı.", "The signatures were not validated.")


def _needs_validation(_component: str) -> Callable[[Bag], Iterable[Problem]]:
    def check(bag: Bag) -> Iterable[Problem]:
        raise bag.no_verdicts or NotCheckedError(NOT_VALIDATED)

    return check


for _id, _component in (
    ("EYP-IMZA-LEVEL", "imzacades"),
    ("EYP-IMZA-VALID", "imzacades"),
    ("EYP-IMZA-CERT", "imzacades"),
    ("EYP-IMZA-TIMESTAMP", "imzacades"),
    ("EYP-NIHAIUSTVERI-SIGNERS", "imzacades"),
    ("EYP-NIHAIUSTVERI-EXTRA", "imzacades"),
    ("EYP-NIHAIUSTVERI-TARIH-TS", "imzacades"),
    ("EYP-PARAF-LEVEL", "parafimzacades"),
    ("EYP-MUHUR-LEVEL", "muhurcades"),
    ("EYP-MUHUR-VALID", "muhurcades"),
    ("EYP-MUHUR-OWNER", "muhurcades"),
    ("EYP-EYPG-MUHUR-LEVEL", "muhurcades"),
    ("EYP-ORDER-TIME", "muhurcades"),
):
    rule(_id, when=_component)(_needs_validation(_component))


@rule("EYP-YETKI-IMZACI")
def entitled(_bag: Bag) -> Iterable[Problem]:
    raise NotCheckedError(
        Words("İmza anındaki yetki bu sürümde denetlenmiyor.", "Authority at signing time is not checked here yet.")
    )


@rule("EYP-EYPS-RECIPIENT", when="sifreliicerik")
def recipient(bag: Bag) -> Iterator[Problem]:
    if bag.decrypted is None:
        raise NotCheckedError(bag.inner_missing or Words("Anahtar verilmedi.", "No key was given."))
    if not bag.decrypted:
        yield Problem(bag.p.part("sifreliicerik") or "", note=bag.inner_missing)

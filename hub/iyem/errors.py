"""What İYEM refuses, each with a stable code that names its principle where there is one."""

from __future__ import annotations

from hub.errors import HubError


class IyemError(HubError):
    """The root of İYEM's refusals."""

    code = "IYEM"


class UnitNotInDetsisError(IyemError):
    """A record for a unit that DETSİS does not know, or that was closed at that time (principle 1)."""

    code = "IYEM_01_UNIT"


class LocalGovernmentError(IyemError):
    """A governorate's officer records for a local government, which records its own managers (principle 2)."""

    code = "IYEM_02_LOCAL"


class OutsideAreaError(IyemError):
    """The officer's area does not hold this unit (principle 3)."""

    code = "IYEM_03_AREA"


class OfficerPlaceError(IyemError):
    """A grant for a role that this place has none of, or a removal that leaves too few (principle 4)."""

    code = "IYEM_04_PLACE"


class GrantError(IyemError):
    """Somebody grants access who may not (principle 7)."""

    code = "IYEM_07_GRANT"


class OfficerDataError(IyemError):
    """A grant without one of the items that principle 8 asks for, or with an invalid one."""

    code = "IYEM_08_DATA"


class NoGrantError(IyemError):
    """Entry or a record without a grant in force (principle 9)."""

    code = "IYEM_09_NO_GRANT"


class EntryMethodError(IyemError):
    """Entry by another method than e-signature, mobile signature or e-Devlet password (principle 10)."""

    code = "IYEM_10_METHOD"


class HourMissingError(IyemError):
    """A taking up or leaving without its hour (principle 13)."""

    code = "IYEM_13_HOUR"


class OverlapError(IyemError):
    """A second owner or acting head of one unit at the same time (principle 13)."""

    code = "IYEM_13_OVERLAP"


class LinkError(IyemError):
    """Somebody links a unit with a deputy head who may not, or the link does not fit (principle 14)."""

    code = "IYEM_14_LINK"


class CodeChoiceError(IyemError):
    """An attempt to choose or change a T.C. Yönetici Kodu, or to use one that is not the person's (principle 15)."""

    code = "IYEM_15_CODE"


class DeputyError(IyemError):
    """A deputy without a filled post, without start and end, or recorded by somebody who may not (principle 17)."""

    code = "IYEM_17_DEPUTY"


class CvError(IyemError):
    """A CV that must not be published: it holds an identity number or private contact data (principle 18)."""

    code = "IYEM_18_CV"


class NoSuchRecordError(IyemError):
    """There is no such duty, officer or manager."""

    code = "IYEM_NO_RECORD"


class StaleRecordError(IyemError):
    """The record changed since the caller read it (optimistic concurrency)."""

    code = "IYEM_STALE"


class RepeatedKeyError(IyemError):
    """The idempotency key was used for another request."""

    code = "IYEM_KEY_REUSED"

"""What the KAYSİS service refuses, and in which words. Each code has its place in ``docs/errors.md``."""

from __future__ import annotations

from typing import ClassVar, Final

from hub.errors import HubError

FAILURE: Final = "İşlem şu anda tamamlanamadı. Lütfen daha sonra yeniden deneyin. İzleme numarası: {correlation}"
"""``HataMsj`` of anything unexpected: says nothing of the insides; the log has the rest under the same number."""


class AuthenticationError(HubError):
    """The authentication header is missing, doubled, contradictory, or not that of a caller.

    One text for all of these: what was wrong would help whoever guesses.
    """

    code: ClassVar[str] = "AUTH_HEADER"

    def __init__(self) -> None:
        super().__init__("Kimlik doğrulanamadı. KurumID ve Password bilgilerinizi kontrol edin.")


class NoRightError(HubError):
    """The caller is known, but has not the right that the operation asks for."""

    code: ClassVar[str] = "DETSIS_RIGHT"

    def __init__(self) -> None:
        super().__init__("Bu işlem için yetkiniz bulunmamaktadır.")


class ArgumentError(HubError):
    """An argument says nothing that could be answered."""

    code: ClassVar[str] = "DETSIS_ARGUMENT"


class ListTooLongError(HubError):
    """More numbers in one call than are answered."""

    code: ClassVar[str] = "DETSIS_LIST_TOO_LONG"

    def __init__(self, given: int, most: int) -> None:
        super().__init__(f"Bir çağrıda en fazla {most} numara verilebilir; {given} numara verildi.")

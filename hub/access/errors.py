"""What the door refuses."""

from __future__ import annotations

from hub.errors import HubError


class AccessDeniedError(HubError):
    """Unknown caller, wrong password, revoked credential, too many failures: one error, the same words for all."""

    code = "ACCESS_DENIED"

    def __init__(self) -> None:
        super().__init__("Kullanıcı adı ya da parola hatalı.")


class AccessBusyError(HubError):
    """More passwords are waiting to be checked than can be; the caller may try again."""

    code = "ACCESS_BUSY"

    def __init__(self) -> None:
        super().__init__("Sunucu şu anda yoğun, lütfen biraz sonra yeniden deneyin.")


class CredentialError(HubError):
    """A credential that cannot be given or taken back."""

    code = "ACCESS_CREDENTIAL"

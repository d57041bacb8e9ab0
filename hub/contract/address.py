"""The address that a served WSDL carries: configured, or a trusted proxy's, or the request's own host if allowed.

A client posts its password to that address, so a ``Host`` header that anybody can write never decides it alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, Final

from hub.config import Settings
from hub.errors import ConfigError

_HOST: Final = re.compile(r"(?P<name>[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::(?P<port>[0-9]{1,5}))?")
_URL: Final = re.compile(r"https?://[^\s/?#<>\"'&]+(/[^\s?#<>\"'&]*)?")


class Address:
    """Answers for a request under which base URL its client reaches the hub."""

    def __init__(self, settings: Settings) -> None:
        """Raises :class:`~hub.errors.ConfigError` for a public URL or a proxy network that cannot be read."""
        if settings.public_url and not _URL.fullmatch(settings.public_url):
            raise ConfigError(f"HUB_PUBLIC_URL: adres okunamadı ({settings.public_url!r})")
        self._public = settings.public_url.rstrip("/")
        self._hosts = {host.lower() for host in settings.allowed_hosts}
        self._fallback = settings.allowed_hosts[0] if settings.allowed_hosts else "localhost"
        self._proxies: list[IPv4Network | IPv6Network] = []
        for network in settings.trusted_proxies:
            try:
                self._proxies.append(ip_network(network, strict=False))
            except ValueError:
                raise ConfigError(f"HUB_TRUSTED_PROXIES: ağ okunamadı ({network!r})") from None

    def base(self, environ: Mapping[str, Any]) -> str:
        """Scheme, host and prefix, without a slash at the end, for the request in ``environ``."""
        if self._public:
            return self._public
        scheme = environ.get("wsgi.url_scheme", "http")
        if self._trusts(environ.get("REMOTE_ADDR", "")):
            passed = self._passed(environ)
            proto = _nth_from_last(environ.get("HTTP_X_FORWARDED_PROTO", ""), passed).lower()
            host = _nth_from_last(environ.get("HTTP_X_FORWARDED_HOST", ""), passed)
            if proto in {"http", "https"}:
                scheme = proto
            if _HOST.fullmatch(host):
                return f"{scheme}://{host}"
        host = environ.get("HTTP_HOST", "")
        match = _HOST.fullmatch(host)
        if match and match["name"].lower() in self._hosts:
            return f"{scheme}://{host}"
        port = environ.get("SERVER_PORT", "")
        usual = {"http": "80", "https": "443"}.get(scheme)
        return f"{scheme}://{self._fallback}" + (f":{port}" if port and port != usual else "")

    def _passed(self, environ: Mapping[str, Any]) -> int:
        """How many trusted proxies the request came through: the peer, and those that ``X-Forwarded-For`` ends with."""
        number = 1
        for address in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
            if not self._trusts(address.strip()):
                break
            number += 1
        return number

    def _trusts(self, remote: str) -> bool:
        if not self._proxies:
            return False
        try:
            address = ip_address(remote)
        except ValueError:
            return False
        return any(address in network for network in self._proxies)


def _nth_from_last(value: str, number: int) -> str:
    """One of a header's values. A proxy may put its own behind those that came (Apache does), or in their place
    (nginx), so that a chain of ``number`` proxies has the client's view that many from the end, or first of fewer;
    what stands before was written by the client."""
    values = value.split(",")
    return values[-min(number, len(values))].strip()

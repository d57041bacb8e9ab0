"""Several WSGI applications under their paths."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Mount:
    """Hands a request to the application mounted at its path, or at a parent of it, else to ``fallback``.

    Paths are compared without regard to ASCII case, as the original platform does. The application finds the matched
    part in ``SCRIPT_NAME`` (as the client wrote it) and the rest in ``PATH_INFO``.
    """

    def __init__(self, applications: Mapping[str, Application], fallback: Application) -> None:
        self._applications = {path.lower().rstrip("/"): made for path, made in applications.items()}
        self._fallback = fallback

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        found = self._applications.get(path)
        at = len(path)
        while found is None and at > 0:
            found = self._applications.get(path[:at].lower())
            if found is None:
                at = path.rfind("/", 0, at)
        if found is None:
            return self._fallback(environ, start_response)
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + path[:at]
        environ["PATH_INFO"] = path[at:]
        return found(environ, start_response)

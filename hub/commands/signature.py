"""``eyhub signature``: judge, show and make signatures."""

from __future__ import annotations

from hub.commands.lazy import Lazy

signature = Lazy(
    "signature",
    {
        "show": ("hub.commands.signature_show:show", "Show what is in a signature file, without judging it."),
        "validate": ("hub.commands.signature_validate:validate", "Judge signature files."),
    },
    help="Judge, show and make CAdES signatures and seals.",
)

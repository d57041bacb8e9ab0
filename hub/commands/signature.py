"""``eyhub signature``: judge, show and make signatures."""

from __future__ import annotations

from hub.commands.lazy import Lazy

signature = Lazy(
    "signature",
    {
        "extend": ("hub.commands.signing_make:extend", "Carry signatures to a higher level, or renew their archive."),
        "show": ("hub.commands.signature_show:show", "Show what is in a signature file, without judging it."),
        "sign": ("hub.commands.signing_make:sign", "Sign a file, or add a signer to a signature."),
        "validate": ("hub.commands.signature_validate:validate", "Judge signature files."),
    },
    help="Judge, show and make CAdES signatures and seals.",
)

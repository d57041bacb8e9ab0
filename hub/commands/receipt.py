"""``eyhub receipt``: check and show receipts (tutanak)."""

from __future__ import annotations

from hub.commands.lazy import Lazy

receipt = Lazy(
    "receipt",
    {
        "show": ("hub.commands.receipt_check:show", "Show what a receipt states, without judging its signature."),
        "verify": ("hub.commands.receipt_check:verify", "Check receipts and show what was signed."),
    },
    help="Check and show receipts (tutanak).",
)

"""One small function a rule, by id. Importing this package fills the table :data:`hub.package.rules.base.RULES`."""

from __future__ import annotations

from hub.package.errors import Words
from hub.package.rules import (
    archive,
    attachments,
    core,
    distribution,
    documents,
    encrypted,
    finals,
    metadata,
    parties,
    registry,
    relationships,
    scan,
    seals,
    signatories,
    summaries,
    trust,
    update,
)
from hub.package.rules.base import RULES, Bag, NotCheckedError, Problem, run

__all__ = [
    "RULES",
    "Bag",
    "NotCheckedError",
    "Problem",
    "Words",
    "archive",
    "attachments",
    "core",
    "distribution",
    "documents",
    "encrypted",
    "finals",
    "metadata",
    "parties",
    "registry",
    "relationships",
    "run",
    "scan",
    "seals",
    "signatories",
    "summaries",
    "trust",
    "update",
]

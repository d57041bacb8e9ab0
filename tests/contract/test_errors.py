"""Every code of the engine stands in the documentation."""

from __future__ import annotations

from pathlib import Path

from hub.contract import errors
from hub.errors import HubError

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"


def test_codes_are_documented() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, HubError)]
    codes = {kind.code for kind in kinds if kind is not HubError}
    assert len(codes) > 15
    text = PAGE.read_text()
    assert [code for code in sorted(codes) if f"`{code}`" not in text] == []

"""What an installation without the checkout needs."""

from __future__ import annotations

from pathlib import Path

HUB = Path(__file__).parent.parent / "hub"


def test_every_folder_of_modules_is_a_package() -> None:
    """setuptools leaves out a folder without ``__init__.py``; in a checkout it can be imported all the same."""
    folders = {file.parent for file in HUB.rglob("*.py")}
    assert len(folders) > 20
    assert sorted(str(folder.relative_to(HUB)) for folder in folders if not (folder / "__init__.py").exists()) == []

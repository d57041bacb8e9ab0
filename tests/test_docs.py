"""The pages tell of everything that there is: settings, commands, services, rooms."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest
from parts.command_tree import commands

import hub
from hub.app import Hub
from hub.cli import eyhub
from hub.config import Settings
from hub.errors import HubError

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "README.tr.md", *(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")))


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_setting_is_explained() -> None:
    rows = re.findall(r"^\| `(HUB_[A-Z_]+)` \|", page("docs/operations.md"), re.MULTILINE)
    assert sorted(rows) == sorted(item.metadata["env"] for item in fields(Settings))


def test_every_command_is_explained_and_no_other() -> None:
    rows = re.findall(r"^\| `(eyhub [a-z -]+)` \|", page("docs/operations.md"), re.MULTILINE)
    assert sorted(rows) == sorted(name for name, _ in commands())


def test_every_option_that_a_page_gives_to_a_command_is_one_of_it() -> None:
    options = {
        name: {"--help", "-h", *(option for one in command.params for option in (*one.opts, *one.secondary_opts))}
        for name, command in commands()
    }
    wrong, seen = [], 0
    for name in PAGES:
        for words, rest in re.findall(r"\beyhub((?: [a-z][a-z-]*)+)([^|;&#`\n]*)", page(name).replace("\\\n", " ")):
            tokens = ("eyhub" + words).split()
            called = next(
                (one for end in range(len(tokens), 1, -1) if (one := " ".join(tokens[:end])) in options), None
            )
            for option in re.findall(r"(?<![\w-])--?[a-z][a-z0-9-]*", rest) if called else ():
                seen += 1
                wrong += [f"{name}: {called} {option}"] if option not in options[called] else []
    assert seen > 60
    assert wrong == []


@pytest.mark.parametrize("name", ["README.md", "README.tr.md"])
def test_every_path_and_command_group_is_in_the_readme(name: str, tmp_path: Path) -> None:
    hub = Hub(Settings(data=tmp_path))
    try:
        paths = {*hub._mounts(), *hub.front._open}
    finally:
        hub.close()
    text = page(name)
    assert {path for path in paths if f"`{path}`" not in text} == set()
    named = set(re.findall(r"`(/[A-Za-z./]+)`", text))
    assert named == paths
    groups = {f"eyhub {word}" for word in eyhub.list_commands(click.Context(eyhub))}
    assert {group for group in groups if f"`{group}`" not in text} == set()


def test_every_room_is_in_the_architecture() -> None:
    rooms = {init.parent.relative_to(ROOT).as_posix() for init in (ROOT / "hub").glob("*/__init__.py")}
    first = page("docs/architecture.md").partition("\n## ")[0]
    assert {room for room in rooms if f"`{room}/`" not in first} == set()


def test_every_module_is_named_in_the_architecture() -> None:
    text = re.sub(r"^```.*?^```", "", page("docs/architecture.md"), flags=re.M | re.S)
    words = {word for span in re.findall(r"`([^`]+)`", text) for word in re.findall(r"\w+", span)}
    modules = [path for path in (ROOT / "hub").rglob("*.py") if "versions" not in path.parts]
    named = {path: path.parent.name if path.stem == "__init__" else path.stem for path in modules}
    assert {path.relative_to(ROOT).as_posix() for path, name in named.items() if name not in words} == set()


def test_every_module_that_the_architecture_names_is_there() -> None:
    sections = re.findall(r"^## ([^\n]*?`hub/[^\n]*)\n(.*?)(?=^## |\Z)", page("docs/architecture.md"), re.M | re.S)
    assert len(sections) > 10
    missing = []
    for heading, body in sections:
        rooms = [ROOT / room for room in re.findall(r"`(hub/[\w/.]+)`", heading)]
        missing += [room for room in rooms if not room.exists()]
        for cell in re.findall(r"^\| (`[^|]+?) \|", body, re.M):
            for name in re.findall(r"`([^`]+)`", cell):
                stem = name.rstrip("/") if name.endswith("/") else name.removesuffix(".py").replace(".", "/")
                candidates = [name] if re.search(r"[*]|\.json$", name) else [f"{stem}.py", f"{stem}/__init__.py"]
                places = {*rooms, *(room.parent for room in rooms)}
                if not any(any(place.glob(one)) for place in places if place.is_dir() for one in candidates):
                    missing.append(f"{heading}: {name}")
    missing += [
        path
        for path in re.findall(r"`((?:hub|tests)/[\w/]+(?:\.\w+|/)?)`", page("docs/architecture.md"))
        if not (ROOT / path).exists()
    ]
    assert missing == []


def test_every_figure_of_operations_is_the_one_in_force() -> None:
    from hub import limits

    rows = re.findall(r"^\| `([A-Z_]+)` \| ([0-9]+)( MiB)? \|", page("docs/operations.md"), re.MULTILINE)
    figures = [(name, figure) for name, figure, _ in rows if not name.startswith("HUB_")]
    assert len(figures) == 6
    for name, figure, mega in ((n, int(f), bool(m)) for n, f, m in rows if not n.startswith("HUB_")):
        assert getattr(limits, name) == figure * (1 << 20 if mega else 1), name


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_to_files(name: str) -> None:
    folder = (ROOT / name).parent
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page(name))
    assert [link for link in links if not (folder / link).exists()] == []


def test_the_glossary_names_nothing_twice() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \|", page("docs/glossary.md"), re.MULTILINE)
    assert len(rows) > 10
    assert len(rows) == len(set(rows))


def test_both_readmes_show_the_same_commands() -> None:
    def blocks(name: str) -> list[str]:
        return re.findall(r"^```sh\n(.*?)^```", page(name), re.MULTILINE | re.DOTALL)

    assert blocks("README.md") == blocks("README.tr.md") != []


def test_every_library_is_named_with_its_licence() -> None:
    text = page("docs/operations.md").partition("## Libraries and their licences")[2].partition("\n## ")[0]
    options = (ROOT / "setup.cfg").read_text("utf-8")
    listed = re.search(r"^install_requires =\n(.*?)^\[", options, re.M | re.S)
    optional = re.search(r"^pkcs11 =\n(.*?)^\w", options, re.M | re.S)
    assert listed
    assert optional
    names = re.findall(r"^    ([a-z][a-z0-9-]*)", listed[1] + optional[1], re.M)
    assert len(names) > 15
    assert [name for name in names if not re.search(rf"\b{name}\b", text)] == []


def test_links_lead_to_headings() -> None:
    def anchors(file: Path) -> set[str]:
        text = re.sub(r"^```.*?^```", "", file.read_text("utf-8"), flags=re.M | re.S)
        plain = (re.sub(r"[^\w\- ]", "", heading).lower() for heading in re.findall(r"^#+ (.*)$", text, re.M))
        return {heading.strip().replace(" ", "-") for heading in plain}

    missing, seen = [], 0
    for name in PAGES:
        for target, anchor in re.findall(r"\]\(([^)#:\s]*)#([^)]+)\)", page(name)):
            file = (ROOT / name).parent / target if target else ROOT / name
            seen += 1
            missing += [f"{name}: {target}#{anchor}"] if anchor not in anchors(file) else []
    assert seen > 3
    assert missing == []


def refusals(kind: type[HubError]) -> Iterator[type[HubError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from refusals(below)


def test_every_code_of_an_error_is_explained() -> None:
    for module in pkgutil.walk_packages(hub.__path__, "hub."):
        if not module.name.startswith("hub.store.migrations."):  # only alembic runs these
            importlib.import_module(module.name)
    text = page("docs/errors.md")
    codes = {kind.code for kind in refusals(HubError) if kind.__module__.startswith("hub.")}
    assert len(codes) > 50
    assert sorted(code for code in codes if f"`{code}`" not in text) == []

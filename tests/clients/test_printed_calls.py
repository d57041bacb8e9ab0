"""What ``eyhub demo`` prints is pasted into a shell, as a stranger does, and answers with the letterhead."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from clients.harness import Access
from lxml import etree
from parts.waiting import HUNG

ROOT = Path(__file__).parents[2]
LETTERHEAD = "T.C.\nMİLLÎ EĞİTİM BAKANLIĞI\nPersonel Genel Müdürlüğü"


def folder_of(demo: Access) -> Path:
    return Path(demo.facts["database_url"].removeprefix("sqlite:///")).parent


def pasted(demo: Access, begins: str, ends: str, code: int = 0) -> str:
    """What the lines from ``begins`` to ``ends`` of the printed page write to standard output."""
    page = (folder_of(demo) / "server.log").read_text("utf-8")
    lines = re.search(rf"^{begins}.*?{ends}$", page, re.DOTALL | re.MULTILINE)
    assert lines, page
    return shell(lines[0], code)


def shell(lines: str, code: int = 0) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run(
        ["bash", "-c", lines], capture_output=True, text=True, timeout=HUNG, env={**os.environ, "PATH": path}
    )
    assert run.returncode == code, run.stderr
    return run.stdout


@pytest.mark.part("bash")
@pytest.mark.part("curl")
def test_with_curl(demo: Access) -> None:
    answer = etree.fromstring(pasted(demo, "curl -s", "</soap:Envelope>'").encode())
    assert answer.findtext(".//{http://kaysis.gov.tr/}Antet") == LETTERHEAD


@pytest.mark.part("bash")
@pytest.mark.part("curl")
def test_as_the_readme_has_it(demo: Access) -> None:
    block = re.search(r"```sh\n(eval .*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert block
    lines = block[1].replace(".venv/bin/python", sys.executable)
    lines = lines.replace("data/demo.json", str(folder_of(demo) / "demo.json"))
    answer = etree.fromstring(shell(lines.replace("http://127.0.0.1:8080/DETSISServis.asmx", demo.url)).encode())
    assert answer.findtext(".//{http://kaysis.gov.tr/}Antet") == LETTERHEAD


@pytest.mark.part("bash")
def test_with_zeep(demo: Access) -> None:
    assert pasted(demo, "python3 - <<'PY'", "PY").strip() == LETTERHEAD


@pytest.mark.part("bash")
def test_the_two_letters(demo: Access) -> None:
    told = pasted(demo, "HUB_DEMO=1 eyhub package validate", r"--data [^\n]+", code=1)
    assert "OWNER" in told
    assert "EYP-YETKI-SONA-ERMIS" in told

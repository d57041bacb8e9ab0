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

LETTERHEAD = "T.C.\nMİLLÎ EĞİTİM BAKANLIĞI\nPersonel Genel Müdürlüğü"


def pasted(demo: Access, begins: str, ends: str, code: int = 0) -> str:
    """What the lines from ``begins`` to ``ends`` of the printed page write to standard output."""
    page = Path(demo.facts["database_url"].removeprefix("sqlite:///")).with_name("server.log").read_text("utf-8")
    lines = re.search(rf"^{begins}.*?{ends}$", page, re.DOTALL | re.MULTILINE)
    assert lines, page
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run(
        ["bash", "-c", lines[0]], capture_output=True, text=True, timeout=HUNG, env={**os.environ, "PATH": path}
    )
    assert run.returncode == code, run.stderr
    return run.stdout


@pytest.mark.part("bash")
@pytest.mark.part("curl")
def test_with_curl(demo: Access) -> None:
    answer = etree.fromstring(pasted(demo, "curl -s", "</soap:Envelope>'").encode())
    assert answer.findtext(".//{http://kaysis.gov.tr/}Antet") == LETTERHEAD


@pytest.mark.part("bash")
def test_with_zeep(demo: Access) -> None:
    assert pasted(demo, "python3 - <<'PY'", "PY").strip() == LETTERHEAD


@pytest.mark.part("bash")
def test_the_two_letters(demo: Access) -> None:
    told = pasted(demo, "HUB_DEMO=1 eyhub package validate", r"--data [^\n]+", code=1)
    assert "OWNER" in told
    assert "EYP-YETKI-SONA-ERMIS" in told

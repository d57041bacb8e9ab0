"""The session fixture ``pki``: certomancer's test PKI, started once for each test process.

What it offers is :class:`pki.server.Pki`: certificates and keys by label, PKCS#12 files, the roots as a folder, URLs
of the running services, answers for any time, and a clock that the services follow inside ``with pki.clock(at):``.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pki.server import Pki


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pki]:
    """The running test PKI."""
    running = Pki(tmp_path_factory.mktemp("pki"))
    yield running
    running.close()

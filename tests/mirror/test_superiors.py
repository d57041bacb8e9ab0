"""Lists of units are taken as far as they hang together."""

from __future__ import annotations

from hub.mirror.superiors import refused_superiors


def test_superiors_of_a_list_are_checked_together() -> None:
    links = {1: 0, 2: 1, 3: 2, 10: 11, 11: 12, 12: 11, 20: 99, 21: 20, 30: 50}
    known = {50: 51}
    assert refused_superiors(links, known) == {
        10: "Üst birimi kabul edilmedi; önce onun satırı düzeltilmeli.",
        11: "Üst birim zinciri bir halka oluşturuyor.",
        12: "Üst birim zinciri bir halka oluşturuyor.",
        20: "Üst birim kayıtlı değil; önce o alınmalı ya da --orphans verilmeli.",
        21: "Üst birimi kabul edilmedi; önce onun satırı düzeltilmeli.",
    }
    assert set(refused_superiors(links, known, orphans=True)) == {10, 11, 12}

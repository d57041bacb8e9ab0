"""Closings by rank, art. 16 (12)."""

from __future__ import annotations

import pytest

from hub.letter import Chart, arz_rica

from . import chart as c

CHART = c.chart()
ARZ, RICA, BOTH = "Arz ederim.", "Rica ederim.", "Arz ve rica ederim."


@pytest.mark.parametrize(
    ("sender", "addressees", "expected"),
    [
        pytest.param(c.PERSONNEL, [c.EDUCATION], ARZ, id="equals"),
        pytest.param(c.PERSONNEL, [c.PRESIDENCY], ARZ, id="superior"),
        pytest.param(c.PERSONNEL, [c.ANKARA], RICA, id="ministry to its governorate"),
        pytest.param(c.PERSONNEL, [c.ANKARA_MEM], RICA, id="first line is the governorate"),
        pytest.param(c.PERSONNEL, [c.CANKAYA_MEM], RICA, id="two levels down"),
        pytest.param(c.EDU_PERSONNEL, [c.ANKARA_MEM], ARZ, id="own unit, but the first line is not subordinate"),
        pytest.param(c.TRANSPORT, [c.ROADS_REGION], RICA, id="ministry to bağlı"),
        pytest.param(c.ROADS_REGION, [c.TRANSPORT], ARZ, id="bağlı to ministry"),
        pytest.param(c.EDUCATION, [c.ROADS], ARZ, id="another ministry's bağlı"),
        pytest.param(c.YOK, [c.FACULTY], RICA, id="council to university"),
        pytest.param(c.FACULTY, [c.YOK], ARZ, id="university to council"),
        pytest.param(c.ANKARA_MEM, [c.CANKAYA], RICA, id="governorate to district governorate"),
        pytest.param(c.CANKAYA_MEM, [c.ANKARA], ARZ, id="district to province"),
        pytest.param(c.ANKARA, [c.ANKARA_MEM], RICA, id="governorate to its directorate, by second superior"),
        pytest.param(c.ANKARA_MEM, [c.ANKARA_HEALTH], ARZ, id="directorates of one governorate"),
        pytest.param(c.ANKARA_MEM, [c.ANKARA], ARZ, id="directorate to its governorate"),
        pytest.param(c.PERSONNEL, [c.ATAMA], ARZ, id="down the own line: both first lines are the ministry"),
        pytest.param(c.ATAMA, [c.PERSONNEL], ARZ, id="up the own line"),
        pytest.param(c.FOREIGN, [c.PARIS], RICA, id="ministry to its mission"),
        pytest.param(c.INTERIOR, [c.ANKARA, c.EDUCATION], BOTH, id="mixed"),
        pytest.param(c.INTERIOR, [c.ANKARA, c.IZMIR], RICA, id="all below"),
        pytest.param(c.INTERIOR, [c.HEALTH, c.EDUCATION], ARZ, id="all equal"),
        pytest.param(c.ADMIN_AFFAIRS, [c.HEALTH], RICA, id="administrative affairs to a ministry"),
        pytest.param(c.ADMIN_AFFAIRS, [c.YOK], ARZ, id="administrative affairs to others"),
    ],
)
def test_arz_rica(sender: int, addressees: list[int], expected: str) -> None:
    assert arz_rica(CHART[sender], [CHART[n] for n in addressees], CHART) == expected


def test_a_letter_by_delegation_has_the_rank_of_who_delegated() -> None:
    to = [CHART[c.ROADS]]
    assert arz_rica(CHART[c.FACULTY], to, CHART) == ARZ
    assert arz_rica(CHART[c.FACULTY], to, CHART, delegated_by=CHART[c.TRANSPORT]) == RICA


def test_units_of_administrative_affairs_prepare_its_letters() -> None:
    below = c.u(20000001, "PERSONEL VE PRENSİPLER GENEL MÜDÜRLÜĞÜ", c.ADMIN_AFFAIRS, main=c.PRESIDENCY)
    ministry = c.u(20000002, "ÖRNEK BAKANLIĞI", category=19)
    aside = c.u(20000003, "HUKUK İŞLERİ BAŞKANLIĞI", c.PRESIDENCY, main=c.PRESIDENCY)
    chart = Chart([*c.UNITS, below, ministry, aside])
    assert arz_rica(below, [ministry], chart) == RICA
    assert arz_rica(aside, [ministry], chart) == ARZ


def test_administrative_affairs_writes_rica_to_ministries_that_are_roots() -> None:
    head = c.u(20000001, "CUMHURBAŞKANLIĞI İDARİ İŞLER BAŞKANLIĞI")
    ministry = c.u(20000002, "ÖRNEK BAKANLIĞI", category=19)
    other = c.u(20000003, "ÖRNEK KURUMU")
    chart = Chart([head, ministry, other])
    assert arz_rica(head, [ministry], chart) == RICA
    assert arz_rica(head, [other], chart) == ARZ
    assert arz_rica(other, [ministry], chart) == ARZ

from datetime import UTC, datetime

import pytest

from hub.clock import from_local, to_local, written


@pytest.mark.parametrize(
    ("utc", "local"),
    [
        ("2016-03-27T00:59:59", "2016-03-27T02:59:59"),
        ("2016-03-27T01:00:00", "2016-03-27T04:00:00"),  # the last spring change
        ("2016-10-30T01:00:00", "2016-10-30T04:00:00"),  # no autumn change any more
        ("2015-11-07T23:30:00", "2015-11-08T02:30:00"),
        ("2026-01-01T00:00:00", "2026-01-01T03:00:00"),
    ],
)
def test_turkiye_wall_clock(utc: str, local: str) -> None:
    instant = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert to_local(instant) == datetime.fromisoformat(local)
    assert from_local(datetime.fromisoformat(local)) == instant


def test_offset_is_honoured() -> None:
    assert from_local(datetime.fromisoformat("2026-01-01T00:00:00+01:00")) == datetime(2025, 12, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize("wall", ["0001-01-01T00:00:00", "9999-12-31T23:59:59-10:00"])
def test_outside_the_calendar(wall: str) -> None:
    with pytest.raises(ValueError, match="outside the calendar"):
        from_local(datetime.fromisoformat(wall))


def test_the_end_of_a_certificate_without_one_can_be_shown() -> None:
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert to_local(last) == datetime(9999, 12, 31, 23, 59, 59)
    assert written(last) == "9999-12-31T23:59:59+00:00"

"""Dates and times as people type them, in a town at +9:00 on the morning of 1 December 2026."""

import contextlib
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.typed import DateFault, Tense, TownClock, TypedDateError, dates, written

JAPAN = timezone(timedelta(hours=9))


def town_at(*now: int, offset: int = 540) -> TownClock:
    zone = timezone(timedelta(minutes=offset))
    return TownClock(utc_offset_minutes=offset, now=int(datetime(*now, tzinfo=zone).timestamp()))


TOWN = town_at(2026, 12, 1, 9, 0)

WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
DAYS = {
    "2026-11-29 2026/11/29 2026.11.29 20261129 2026年11月29日 2026/11/29(日) 11/29 11-29 11月29日 "
    "29日 令和8年11月29日 令和8年11月29日 R8.11.29 r8/11/29 R08-11-29 令8.11.29 R8年11月29日 "
    "㋿8年11月29日 11/29（日） 11/29(日曜) 11月29日日曜日 11/29(日・祝) 2026ー11ー29 "
    "二〇二六年十一月二十九日 令和八年十一月二十九日（日） 十一月二十九日 29th おととい 一昨日 "
    "2日前 二日前": date(2026, 11, 29),
    "きのう 昨日 yesterday 30日 11/30(月) 前日": date(2026, 11, 30),
    "今日 本日 きょう today 1日 12/1 12月1日（火）": date(2026, 12, 1),
    "12/2 12/31(水)": None,
    "令和元年5月1日 R1.5.1 R元.5.1 2019/5/1": date(2019, 5, 1),
    "平成31年4月30日 H31.4.30 ㍻31年4月30日": date(2019, 4, 30),
}
SPACED = {
    "29 Nov 2026": date(2026, 11, 29),
    "Sun 29 November 2026": date(2026, 11, 29),
    "November 29, 2026": date(2026, 11, 29),
    "Nov 29": date(2026, 11, 29),
    "2 days ago": date(2026, 11, 29),
    " 2026 / 11 / 29 ": date(2026, 11, 29),
    "令和 8 年 11 月 29 日": date(2026, 11, 29),
    "\u300011/29\u3000（日）": date(2026, 11, 29),
}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [(one, day) for forms, day in DAYS.items() if day for one in forms.split()]
    + list(SPACED.items()),
)
def test_a_day_is_read_in_every_form_that_offices_use(typed, meant):
    assert dates.day(typed, TOWN) == meant
    assert dates.day(typed.translate(WIDE), TOWN) == meant
    assert dates.day(typed.replace("-", "\u2212"), TOWN) == meant


@pytest.mark.parametrize(
    ("typed", "now", "meant"),
    [
        ("29日", (2026, 12, 1), date(2026, 11, 29)),
        ("29日", (2027, 1, 1), date(2026, 12, 29)),
        ("29日", (2026, 12, 29), date(2026, 12, 29)),
        ("31日", (2027, 1, 1), date(2026, 12, 31)),
        ("29日", (2028, 3, 1), date(2028, 2, 29)),
        ("12/31", (2027, 1, 1), date(2026, 12, 31)),
        ("12/31", (2026, 12, 1), date(2025, 12, 31)),
        ("2/29", (2028, 12, 1), date(2028, 2, 29)),
    ],
)
def test_what_lacks_its_year_or_month_is_the_latest_that_has_been(typed, now, meant):
    assert dates.day(typed, town_at(*now)) == meant


TIMES = [
    ("2026-11-29 17:00", 29, 17, 0),
    ("2026-11-29T17:00", 29, 17, 0),
    ("2026-11-29T17:00:00", 29, 17, 0),
    ("2026-11-29T08:00:00Z", 29, 17, 0),
    ("2026-11-29T17:00:00+09:00", 29, 17, 0),
    ("2026-11-29T10:00+0200", 29, 17, 0),
    ("2026-11-29 08:00 UTC", 29, 17, 0),
    ("2026-11-29 17:00 JST", 29, 17, 0),
    ("2026-11-28T23:30:00-08:30", 29, 17, 0),
    ("2026-11-29T17:00:00.123+09:00", 29, 17, 0),
    ("11/29 17時", 29, 17, 0),
    ("29日17時", 29, 17, 0),
    ("29日 午後5時", 29, 17, 0),
    ("２９日　午後５時３０分", 29, 17, 30),
    ("29日17時半", 29, 17, 30),
    ("11/29(日) 5pm", 29, 17, 0),
    ("11/29 5:30 p.m.", 29, 17, 30),
    ("おとといの午後五時", 29, 17, 0),
    ("11/29 正午", 29, 12, 0),
    ("11/29 12pm", 29, 12, 0),
    ("11/29 12am", 29, 0, 0),
    ("11/29 午前0時5分", 29, 0, 5),
    ("11/29", 29, 12, 0),
    ("きのう", 30, 12, 0),
    ("きのう23:59", 30, 23, 59),
]


@pytest.mark.parametrize(("typed", "day", "hour", "minute"), TIMES)
def test_a_time_is_the_towns_unless_it_names_another_clock(typed, day, hour, minute, monkeypatch):
    monkeypatch.setenv("TZ", "America/Los_Angeles")  # the computer's zone has no say
    meant = datetime(2026, 11, day, hour, minute, tzinfo=JAPAN)
    assert dates.moment(typed, TOWN) == int(meant.timestamp())


def test_today_without_a_time_is_now():
    for typed in ("今日", "1日", "12/1", "2026-12-01", "今", "now"):
        assert dates.moment(typed, TOWN) == TOWN.now
    assert dates.moment("8:30", TOWN) == TOWN.now - 30 * 60


def test_yesterday_is_the_towns_and_not_that_of_utc():
    early = town_at(2026, 12, 1, 8, 59)  # 30 November 23:59 in UTC
    assert dates.day("きのう", early) == date(2026, 11, 30)
    west = town_at(2026, 11, 30, 20, 0, offset=-480)  # 1 December 04:00 in UTC
    assert dates.day("yesterday", west) == date(2026, 11, 29)


FAULTS = {
    DateFault.UNREADABLE: [
        *(
            "",
            " ",
            "x",
            "29",
            "1129",
            "11.29",
            "26/11/29",
            "11/29/2026",
            "29/11/2026",
            "5",
            "日曜日",
        ),
        *(
            "2026-W48-7",
            "2026-333",
            "2026-11-29 17",
            "2026-11-2917:00",
            "昭和50年1月1日",
            "2026/11",
        ),
        *(
            "11/29 17:0",
            "11/29 午後5時pm",
            "2026−02",  # noqa: RUF001
            "明後日",
            "2026-11/29",
            "11/29-30日",
            "1/2/3",
            "--",
        ),
        *(
            "400日前",
            "2026-11-29 17:00 +9",
            "4.4e3",
            "44 Foo",
            "NaN",
            "11/29 17:00 EST",
            "月",
            "🌾",
        ),
        "0" * 81,
    ],
    DateFault.NO_SUCH_DAY: [
        *(
            "11/31",
            "2/30",
            "31日",
            "0日",
            "13/1",
            "2026-02-29",
            "2027年2月29日",
            "11月0日",
            "R7.2.29",
        ),
        *("2026-00-10", "20261301", "32日", "平成31年2月30日"),
    ],
    DateFault.NO_SUCH_TIME: [
        *("11/29 24:00", "11/29 25時", "11/29 17:60", "11/29 午後13時", "11/29 13pm", "11/29 0am"),
        *("11/29 17:00:60", "11/29 17時61分", "11/29 17:00+15:00", "29:00"),
    ],
    DateFault.WHICH_HALF: ["11/29 午後12時", "11/29 午前12時", "午後12時30分"],
    DateFault.WRONG_WEEKDAY: ["11/29(月)", "11月29日（土）", "Mon 29 November 2026", "今日(日)"],
    DateFault.TO_COME: [
        *("明日", "tomorrow", "2026-12-02", "2026/12/1 09:01", "17:00", "12/1 10:00", "R9.1.1"),
        *("2026-12-01T00:30Z", "2099-12-31", "正午", "令和8年12月2日"),
    ],
    DateFault.YEAR_OUT_OF_RANGE: ["1999-12-31", "2100-01-01", "平成11年1月1日", "0001/1/1"],
    DateFault.OTHER_ERA: ["平成31年5月1日", "令和元年4月30日", "R0.5.1", "H32.1.1"],
}


@pytest.mark.parametrize(
    ("kind", "typed"), [(kind, one) for kind, typed in FAULTS.items() for one in typed]
)
def test_what_is_impossible_or_to_come_is_refused_with_what_to_write(kind, typed):
    with pytest.raises(TypedDateError) as refused:
        dates.moment(typed, TOWN)
    assert refused.value.kind == kind
    for language in ("ja", "en"):
        said = refused.value.say(language)
        assert typed[:40] in said
        assert "{" not in said


def test_a_time_is_no_day():
    with pytest.raises(TypedDateError) as refused:
        dates.day("11/29 17:00", TOWN)
    assert refused.value.kind is DateFault.NO_TIME_HERE


def test_a_period_has_whole_days_and_may_end_in_days_to_come():
    assert (
        written.of_moment(dates.first_moment("29日", TOWN), utc_offset_minutes=540, language="en")
        == "Sun 29 November 2026 00:00"
    )
    last = dates.last_moment("2026-12-31", TOWN)
    assert TOWN.local(last).isoformat() == "2026-12-31T23:59:59+09:00"
    assert dates.last_moment("12/31", TOWN) < TOWN.now  # the latest that has been
    assert dates.first_moment("11/29 17:00", TOWN) == dates.moment("11/29 17:00", TOWN)


@pytest.mark.parametrize("typed", ["11/29", "29日", "4月1日"])
def test_what_is_agreed_needs_its_year(typed):
    with pytest.raises(TypedDateError) as refused:
        dates.day(typed, TOWN, Tense.PLANNED)
    assert refused.value.kind is DateFault.YEAR_NEEDED
    assert dates.day("令和9年3月31日", TOWN, Tense.PLANNED) == date(2027, 3, 31)
    assert dates.day("明日", TOWN, Tense.PLANNED) == date(2026, 12, 2)


def test_a_file_is_read_on_any_day():
    assert dates.whole_day("R8.11.29".translate(WIDE)) == date(2026, 11, 29)
    assert dates.whole_day("2026/11/29 13:05:10", may_have_time=True) == date(2026, 11, 29)
    for typed in ("11/29", "きのう", "3日前"):
        with pytest.raises(TypedDateError) as refused:
            dates.whole_day(typed)
        assert refused.value.kind is DateFault.YEAR_NEEDED
    for typed in ("17:00", "今"):
        with pytest.raises(TypedDateError):
            dates.whole_day(typed, may_have_time=True)


def read_or_fault(typed, town):
    try:
        return dates.day(typed, town)
    except TypedDateError as error:
        return error.kind


MOMENTS = st.integers(946_771_200, 1_900_000_000)  # from 2000-01-02 on: the same year everywhere
OFFSETS = st.integers(-720, 840)


@given(MOMENTS, OFFSETS, st.sampled_from(["ja", "en"]))
def test_what_is_said_is_read_back(seconds, offset, language):
    seconds -= seconds % 60
    town = TownClock(utc_offset_minutes=offset, now=seconds)
    said = written.of_moment(seconds, utc_offset_minutes=offset, language=language)
    assert dates.moment(said, town) == seconds


@given(MOMENTS, OFFSETS, st.integers(1, 31), st.integers(0, 12))
def test_a_day_alone_is_never_to_come_and_never_long_ago(seconds, offset, of_month, month):
    town = TownClock(utc_offset_minutes=offset, now=seconds)
    read = read_or_fault(f"{month}/{of_month}" if month else f"{of_month}日", town)
    if isinstance(read, DateFault):
        assert read is DateFault.NO_SUCH_DAY
        return
    assert town.today - timedelta(days=366 if month else 31) <= read <= town.today
    assert read.day == of_month


@given(st.text(max_size=100))
def test_anything_else_is_refused_and_nothing_breaks(text):
    for read in (dates.moment, dates.day, dates.first_moment, dates.last_moment):
        with contextlib.suppress(TypedDateError):
            read(text, TOWN)

"""How often stickers were asked about: by days, and nothing else of it is kept."""

import sqlite3

import pytest

from gateway.plausibility.evidence import ScanFacts
from gateway.plausibility.scans import Scans

ROLL = "3R4M9X2B0KTD7S8V2J5E"


@pytest.fixture
def scans(tmp_path):
    return Scans(tmp_path / "var" / "scans.sqlite")


def ask(scans, number, *, times=1, days=1):
    for day in range(days):
        for _ in range(times):
            scans.note(ROLL, number, day=f"2026-04-{day + 1:02}")


def often(scans, first, last):
    return scans.often(ROLL, first, last, a_day=3, days=5)


def test_more_than_so_many_on_one_day_are_found(scans):
    ask(scans, 7, times=3)
    assert often(scans, 1, 10) is None
    ask(scans, 7)
    assert often(scans, 1, 10) == ScanFacts(stickers=1, most_a_day=4, days=1)
    assert often(scans, 8, 10) is None
    assert scans.often("R" * 20, 1, 10, a_day=3, days=5) is None


def test_more_than_so_many_days_are_found(scans):
    ask(scans, 7, days=5)
    assert often(scans, 7, 7) is None
    ask(scans, 8, days=6)
    ask(scans, 9, times=2, days=7)
    assert often(scans, 7, 9) == ScanFacts(stickers=2, most_a_day=2, days=7)


def test_the_most_of_a_day_stays_when_fewer_follow(scans):
    ask(scans, 7, times=9)
    scans.note(ROLL, 7, day="2026-05-01")
    assert often(scans, 7, 7) == ScanFacts(stickers=1, most_a_day=9, days=2)


def test_counts_outlive_the_process_and_show_no_time_of_day(scans, tmp_path):
    ask(scans, 7, times=2)
    path = tmp_path / "var" / "scans.sqlite"
    assert path.stat().st_mode & 0o077 == 0
    rows = sqlite3.connect(path).execute("SELECT * FROM scans").fetchall()
    assert rows == [(ROLL, 7, "2026-04-01", 2, 2, 1)]
    ask(Scans(path), 7, times=2)
    assert often(scans, 7, 7) == ScanFacts(stickers=1, most_a_day=4, days=1)


def test_a_broken_file_keeps_nobody_from_an_answer(scans, tmp_path):
    for file in (tmp_path / "var").iterdir():
        file.write_bytes(b"no database" * 1_000)
    ask(scans, 7, times=9)
    assert often(scans, 7, 7) is None


def test_without_a_path_nothing_is_kept():
    scans = Scans()
    ask(scans, 7, times=9)
    assert often(scans, 7, 7) is None

"""What people type, read; and what was read, said back to them.

    dates       dates and times as people type them -> a `date`, or seconds since 1970
    clock       the town's clock: what day it is there, and what "today" means
    written     dates and times as people in the town write them
    faults      why a date can't be read, and what to write instead, in both languages
    characters  full-width digits, dashes and numerals as one keyboard would type them

A typed time is the town's, whose offset from UTC the constitution fixes; never the computer's.
    town = TownClock(utc_offset_minutes=540, now=int(time.time()))
    dates.moment("11/29 午後5時", town)     # seconds since 1970
    dates.day("令和8年11月29日", town)       # date(2026, 11, 29)
"""

from gateway.typed.clock import Tense, TownClock
from gateway.typed.faults import DateFault, TypedDateError

__all__ = ["DateFault", "Tense", "TownClock", "TypedDateError"]

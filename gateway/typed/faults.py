"""Why a typed date or time can't be taken, and what to write instead, in both languages."""

from enum import StrEnum
from typing import Final

from chaincode.base.evidence import EvidenceError
from gateway.words.language import Language

SHOWN_CHARACTERS_MAX: Final = 40  # of what was typed, in a message


class DateFault(StrEnum):
    """What is wrong with a typed date or time."""

    UNREADABLE = "unreadable"
    NO_SUCH_DAY = "no-such-day"
    NO_SUCH_TIME = "no-such-time"
    WHICH_HALF = "which-half"
    WRONG_WEEKDAY = "wrong-weekday"
    TO_COME = "to-come"
    YEAR_NEEDED = "year-needed"
    YEAR_OUT_OF_RANGE = "year-out-of-range"
    OTHER_ERA = "other-era"
    NO_TIME_HERE = "no-time-here"


# {typed}: as it was typed; {read}: the day or time that it would be, in words.
_WORDS: Final[dict[DateFault, dict[Language, str]]] = {
    DateFault.UNREADABLE: {
        "ja": "「{typed}」は日付・時刻として読めません。2026-11-29、11/29 17:00、29日、"
        "令和8年11月29日、きのう午後5時 のように書いてください。",
        "en": "“{typed}” is no date or time: write it as 2026-11-29, 11/29 17:00, 29日, "
        "R8.11.29 or yesterday 5pm",
    },
    DateFault.NO_SUCH_DAY: {
        "ja": "「{typed}」という日は暦にありません。日を確かめて、"
        "2026-11-29 のように年と月も書いてください。",
        "en": "“{typed}”: the calendar has no such day; check it, and write year and month "
        "with it, as 2026-11-29",
    },
    DateFault.NO_SUCH_TIME: {
        "ja": "「{typed}」という時刻はありません。0:00から23:59までで書いてください。"
        "夜中の0時は、次の日の0:00です。",
        "en": "“{typed}”: there is no such time; write 0:00 to 23:59 (midnight is 0:00 of the "
        "next day)",
    },
    DateFault.WHICH_HALF: {
        "ja": "「{typed}」は正午とも真夜中とも読めます。12:00 か 0:00 と書いてください。",
        "en": "“{typed}” may be noon or midnight: write 12:00 or 0:00",
    },
    DateFault.WRONG_WEEKDAY: {
        "ja": "「{typed}」は曜日が合いません。その日は{read}です。日付か曜日を直してください。",
        "en": "“{typed}”: that day is {read}; correct the date or the weekday",
    },
    DateFault.TO_COME: {
        "ja": "「{typed}」は{read}で、まだ来ていません。すでに過ぎた日時を書いてください"
        "（別の年のことなら、年も書いてください）。",
        "en": "“{typed}” is {read}, which is still to come: write a time that has been (with "
        "its year, if another is meant)",
    },
    DateFault.YEAR_NEEDED: {
        "ja": "「{typed}」は何年か分かりません。"
        "2026-11-29 か 令和8年11月29日 のように、年も書いてください。",
        "en": "“{typed}” has no year: write it as 2026-11-29 or R8.11.29",
    },
    DateFault.YEAR_OUT_OF_RANGE: {
        "ja": "「{typed}」は2000年から2099年までの日ではありません。年を確かめてください。",
        "en": "“{typed}” is not within 2000 to 2099: check the year",
    },
    DateFault.OTHER_ERA: {
        "ja": "「{typed}」は、その元号の日ではありません。"
        "平成は2019年4月30日まで、令和は2019年5月1日からです。",
        "en": "“{typed}” is no day of that era: Heisei ended on 2019-04-30, Reiwa began the "
        "day after",
    },
    DateFault.NO_TIME_HERE: {
        "ja": "「{typed}」には時刻が入っています。2026-11-29 のように、日付だけを書いてください。",
        "en": "“{typed}” has a time: write the day alone, as 2026-11-29",
    },
}


class TypedDateError(EvidenceError, ValueError):
    """A date or time can't be taken as it was typed.

    Attributes:
        kind: What is wrong.
        typed: What was typed, cut short.
    """

    def __init__(self, kind: DateFault, typed: str, *, read: tuple[str, str] = ("", "")) -> None:
        self.kind = kind
        self.typed = typed[:SHOWN_CHARACTERS_MAX]
        self._read: dict[Language, str] = {"ja": read[0], "en": read[1]}
        super().__init__(self.say("en"))

    def say(self, language: Language) -> str:
        """Return what is wrong and what to write, in a language."""
        return _WORDS[self.kind][language].format(typed=self.typed, read=self._read[language])

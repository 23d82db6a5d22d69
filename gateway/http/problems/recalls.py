"""What a recall can't do: name nothing new, or more than there is room for."""

from typing import Final

from chaincode.base.errors import Code
from gateway.http.problems.wording import Problem, problem

RECALL: Final[tuple[Problem, ...]] = (
    problem(
        Code.NOTHING_NEW,
        409,
        number=640,
        ja=(
            "変わることがありません",
            "書かれたロットについて、この回収にはもうそのとおり書かれているか、止めているものがありません。",
            "ロット番号を確かめてください。何もしなくてよい場合もあります。",
        ),
        en=(
            "Nothing new",
            "The recall says so of all these lots already, or stops none of them.",
            "Check the lots' numbers; perhaps nothing is to be done.",
        ),
    ),
    problem(
        Code.TOO_MANY_CROPS,
        422,
        number=652,
        ja=(
            "品目が多すぎます",
            "品目が、ひとつの記録に入る数、またはそのロットにありうる数を超えます。",
            "品目を確かめるか、いくつかの記録に分けてください。",
        ),
        en=(
            "Too many crops",
            "It is about more crops than a record has room for, or than its lots can have been.",
            "Check the crops, or make several records of it, each of fewer.",
        ),
    ),
    problem(
        Code.TOO_MANY_UNCONFIRMED,
        422,
        number=653,
        ja=(
            "ひとりで回収できる数を超えます",
            "ふたり目の確認を待っている回収が、この人、またはこの団体の上限に達しています。",
            (
                "ほかの団体の回収担当者に確認してもらうか、ふたりで回収を始めてください。"
                "ほかの担当者も、ひとりで始められます。"
            ),
        ),
        en=(
            "Too much unconfirmed",
            "What this person, or organisation, has recalled alone is as much as it can be.",
            (
                "Let an officer of another organisation confirm what waits, or sign by two; another"
                " officer can still recall alone."
            ),
        ),
    ),
)

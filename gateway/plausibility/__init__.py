"""Plausibility: what an inspector may want to look at. Nothing here refuses or stops anything.

The ledger takes what is signed and right in form. Whether it is likely is another question, asked
here, off the ledger, of accepted entries and the records they are about: a flag names an entry, its
record and whose entry it is, and says in figures what was compared with what. It is computed when
it is read, by anyone who may see the data: no flag is stored, so none can be forged or forgotten,
a corrected entry loses its flag, and rebuilding the tables changes none.

    codes        every flag there is
    thresholds   from when on something is flagged: dated, each with its reason
    evidence     what rules look at: entries, lots, holdings; and the flag
    timing       late, ahead, received before it was shipped
    amounts      yield, supplements, stock-taking, losses, estimates
    goods        crops and classes without a name, unlikely packs; also asked before signing
    labelling    stickers that can't all be right: the trace that copied serials leave here
    habits       diaries filled in afterwards, round numbers, many corrections
    judging      which rule looks at which entry
    wording      the text of a flag, in Japanese and English

Rules are pure functions of rows. The rows come from `gateway.lookups.flags`.
"""

from gateway.plausibility.codes import FlagCode
from gateway.plausibility.evidence import Entry, Evidence, Flag
from gateway.plausibility.goods import Doubt, doubts
from gateway.plausibility.judging import WATCHED, judge
from gateway.plausibility.wording import text_of

__all__ = [
    "WATCHED",
    "Doubt",
    "Entry",
    "Evidence",
    "Flag",
    "FlagCode",
    "doubts",
    "judge",
    "text_of",
]

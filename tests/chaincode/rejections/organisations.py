"""Faults of suspending an organisation's offices, and of giving them back."""

from tests.chaincode.drafts import Draft
from tests.chaincode.rejections import fault

SUSPEND = "organisation.suspend"
REINSTATE = "organisation.reinstate"


def decides_about_itself(draft: Draft) -> None:
    draft.body["organisation"] = draft.world.people[draft.by].organisation


def names_no_organisation(draft: Draft) -> None:
    draft.body["organisation"] = "harbour"


RENAME = "organisation.rename_msp"

for _type in (SUSPEND, REINSTATE, RENAME):
    fault(_type, "NOT_INDEPENDENT", "organisation")(decides_about_itself)
    fault(_type, "UNKNOWN_ORGANISATION", "organisation")(names_no_organisation)


@fault(SUSPEND, "PERIOD_REVERSED", "until")
def suspends_until_yesterday(draft: Draft) -> None:
    draft.body["until"] = "2026-04-14"


@fault(SUSPEND, "TOO_FEW_ORGANISATIONS", "organisation")
def suspends_an_auditor(draft: Draft) -> None:
    draft.body["organisation"] = "auditor"


@fault(SUSPEND, "PERIOD_TOO_LONG", "until")
def suspends_for_ninety_one_days(draft: Draft) -> None:
    draft.body["until"] = "2026-07-15"


@fault(REINSTATE, "UNKNOWN_VOTE", "vote")
def takes_back_a_vote_twice(draft: Draft) -> None:
    draft.world.act(draft.by, REINSTATE, {"organisation": "shops"})


@fault(REINSTATE, "UNKNOWN_VOTE", "organisation")
def takes_back_a_vote_never_given(draft: Draft) -> None:
    draft.body["organisation"] = "town"


@fault(RENAME, "CONSTITUTION_REFUSED", "msp")
def names_an_msp_that_another_has(draft: Draft) -> None:
    draft.body["msp"] = "TownMSP"


@fault(RENAME, "CONSTITUTION_REFUSED", "organisation")
def names_an_auditors_msp(draft: Draft) -> None:
    draft.body["organisation"] = "auditor"

"""Faults of entering land."""

from tests.chaincode.drafts import Draft
from tests.chaincode.pen import pseudonym
from tests.chaincode.rejections import fault


@fault("plot.register", "UNKNOWN_PARTY", "party")
def registers_the_land_of_nobody(draft: Draft) -> None:
    draft.body["party"] = pseudonym("party nobody")

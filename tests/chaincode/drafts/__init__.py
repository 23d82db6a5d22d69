"""A right command of every type, not yet signed, for tests that spoil one thing about it.

    draft = valid("lot.ship")
    draft.closed["quantity_g"] += 1
    assert draft.answer() == "INSUFFICIENT_QUANTITY"

A command that needs two signers is spoiled before it is proposed; `answer` is the approval's.

    registry    harvest    handover    outflow    consignment    making    recalls
    consent
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module

from chaincode.base.stub import Creator
from tests.chaincode.pen import Pen, bits128
from tests.chaincode.world import NOW, World

Builder = Callable[[World], "Draft"]


@dataclass(slots=True, kw_only=True)
class Draft:
    """A command about to be given, in a world prepared for it.

    Attributes:
        by: Who signs, or proposes.
        approver: Who approves, where two must sign.
        members: Members of the payload to replace, or, as `None`, to leave out.
        pen: Whose key signs, if not the signer's own.
        creator: Who submits the transaction.
        time: Ledger time.
        proposed_with, approved_with: Further members of either of two signers' payloads.
    """

    world: World
    by: str
    type: str
    body: dict
    closed: dict | None = None
    approver: str | None = None
    members: dict = field(default_factory=dict)
    pen: Pen | None = None
    creator: Creator | None = None
    time: int = NOW
    proposed_with: dict = field(default_factory=dict)
    approved_with: dict = field(default_factory=dict)

    def copy(self) -> "Draft":
        return replace(
            self,
            world=self.world.copy(),
            body=deepcopy(self.body),
            closed=deepcopy(self.closed),
            members=dict(self.members),
            proposed_with=dict(self.proposed_with),
            approved_with=dict(self.approved_with),
        )

    def payload(self) -> dict:
        return self.world.payload(self.by, self.type, self.body, self.closed, **self.members)

    def wire(self) -> bytes:
        """Return the signed command."""
        pen = self.pen or self.world.people[self.by].pen
        return pen.wire(self.payload(), self.closed)

    def submit(self) -> dict:
        """Send just this command and return its result."""
        (result,) = self.world.ledger.results(self.wire(), time=self.time, creator=self.creator)
        self.world.resume()
        return result

    def approval(self) -> "Draft":
        """Propose, and return the approval, not yet signed."""
        return self.approval_of(
            self.world.act(
                self.by, self.type, self.body, self.closed, **self.members, **self.proposed_with
            )
        )

    def approval_of(self, proposal: str) -> "Draft":
        """Return the approval of a proposal like this."""
        world = self.world
        proposer = {"device": world.kid(self.by), "actor": world.actor(self.by)}
        if "on_behalf" in self.members:
            proposer["on_behalf"] = self.members["on_behalf"]
        body = {
            "proposal": proposal,
            "proposer": proposer,
            "type": self.type,
            "body": deepcopy(self.body),
        }
        return Draft(
            world=world,
            by=self.approver,
            type="proposal.approve",
            body=body,
            closed=deepcopy(self.closed),
            members=dict(self.approved_with),
            time=self.time,
        )

    def last(self) -> "Draft":
        """Return the command that decides: itself, or after the proposal its approval."""
        return self.approval() if self.approver else self

    def answer(self) -> str:
        """Give the command, with its second signature where it needs one; return the last code."""
        return self.last().submit()["code"]


_BUILDERS: dict[str, Builder] = {}


def prepares(type_name: str) -> Callable[[Builder], Builder]:
    """Enter the decorated function as what prepares a right command of that type."""

    def enter(build: Builder) -> Builder:
        _BUILDERS[type_name] = build
        return build

    return enter


def valid(type_name: str) -> Draft:
    """Return a draft that would be accepted."""
    return _prepared(type_name).copy()


@cache
def _prepared(type_name: str) -> Draft:
    is_first = type_name == "registry.bootstrap"
    return build(type_name, World.unfounded() if is_first else World.standing())


def build(type_name: str, world: World) -> Draft:
    """Prepare a right command in a world of one's own."""
    draft = _BUILDERS[type_name](world)
    draft.type = type_name
    if draft.closed is not None:
        draft.closed = {"salt": bits128(f"salt {type_name}"), **draft.closed}
    return draft


def types() -> list[str]:
    """Return every type there is a draft for."""
    return list(_BUILDERS)


for _family in (
    "registry",
    "harvest",
    "handover",
    "outflow",
    "consignment",
    "consent",
    "making",
    "recalls",
):
    import_module(f"tests.chaincode.drafts.{_family}")

"""The way of a command from a request to the ledger.

    admission    shape, ledger, key, signature; a fault refuses the whole request
    outbox       on disk before anybody is told "accepted"; `outbox_store` is its SQLite file
    lines        each device in the order of its sequence; a gap waits for its predecessor
    precedence   who must come before whom; `lanes`: who may share a transaction
    batching     what goes into the next transaction                      pure
    schedule     what the outcome of a transaction means for each command pure
    dispatcher   several transactions in flight
    twins        one entry signed by two keys: asked back before it is queued
    entries      who waits for what, and how much room there is
    intake       all of it together: `Intake`
    ports        what must be known of the ledger's content; `projected` knows it

The contract takes each command once, however often it is sent, because every command writes its
device's sequence. So everything here may fail at any moment: what has no answer is sent again.
"""

from gateway.intake.answers import Answer, Status
from gateway.intake.errors import (
    CommandRefusedError,
    DeviceBusyError,
    IntakeError,
    IntakeStoppedError,
    OutboxError,
    OutboxInUseError,
    OverloadedError,
    SequenceReusedError,
)
from gateway.intake.intake import Intake
from gateway.intake.outbox import Outbox
from gateway.intake.projected import Projected, answer_of
from gateway.intake.settings import IntakeSettings

__all__ = [
    "Answer",
    "CommandRefusedError",
    "DeviceBusyError",
    "Intake",
    "IntakeError",
    "IntakeSettings",
    "IntakeStoppedError",
    "Outbox",
    "OutboxError",
    "OutboxInUseError",
    "OverloadedError",
    "Projected",
    "SequenceReusedError",
    "Status",
    "answer_of",
]

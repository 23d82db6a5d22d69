"""After a registrar has acted, it is over: nothing by that actor's keys but what the act says."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from chaincode import proposals
from chaincode.base.errors import Code, FaultError
from chaincode.registry import founding
from chaincode.registry.records import Actor, Registrar, Revocation, Spared
from chaincode.rules import Rules
from tests.chaincode.machine.joint_keys import JointKeysMachine
from tests.chaincode.machine.keys import KeysMachine
from tests.chaincode.machine.reaching import Reaching

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]  # fifty signed commands take a while
QUICK = settings(  # until a fault is caught
    max_examples=1_000,
    stateful_step_count=50,
    phases=[Phase.generate],
    database=None,
    print_blob=False,
    suppress_health_check=SLOW,
)
# What a run must have led to, or it proved little: what kind of command, and how it was answered.
SEEN = {
    *((name, "ACCEPTED") for name in ("key.enrol", "key.revoke", "actor.grant", "live", "spared")),
    *(("key.revoke", code) for code in ("DEVICE_REVOKED", "PERIOD_TOO_LONG", "ROLE_MISSING")),
    ("actor.grant", "NOT_THE_LATEST"),
    ("spared", "ROLE_MISSING"),
    ("lot.sell", "KEY_REVOKED"),
    ("party.register", "KEY_REVOKED"),
}


# The same with a second organisation beside, agents, and lists of mandates.
SEEN_TOGETHER = {
    *((name, "ACCEPTED") for name in ("registry.bootstrap", "mandate.grant", "mandate.revoke")),
    *(("for another", code) for code in ("ACCEPTED", "NO_MANDATE", "KEY_REVOKED")),
    *(("proposal.approve", code) for code in ("ACCEPTED", "NOT_INDEPENDENT", "PROPOSAL_CLOSED")),
    ("proposal.approve", "DEVICE_REVOKED"),
    ("mandate.register", "ACCEPTED"),
    ("registry.bootstrap", "REGISTRAR_MISMATCH"),
    ("key.revoke", "NOT_YOUR_ORGANISATION"),
}


class EveryAnswer(Reaching):
    """Each of the answers that matter has to be given."""

    seen = SEEN

    def forget(self):
        KeysMachine.answers.clear()

    def lacking(self):
        return sorted(self.seen - set(KeysMachine.answers))


class TestKeys(EveryAnswer, KeysMachine.TestCase):
    """In `make test`: 200 runs of up to 50 acts."""

    settings = settings(max_examples=200, stateful_step_count=50, suppress_health_check=SLOW)


class TestJointKeys(EveryAnswer, JointKeysMachine.TestCase):
    """In `make test`: 200 runs of up to 50 acts, the second organisation's among them."""

    seen = SEEN_TOGETHER
    settings = settings(max_examples=200, stateful_step_count=50, suppress_health_check=SLOW)


@pytest.mark.soak
class TestJointKeysForLong(EveryAnswer, JointKeysMachine.TestCase):
    """In `make soak`, as below."""

    seen = SEEN_TOGETHER
    settings = settings(suppress_health_check=SLOW)


@pytest.mark.soak
class TestKeysForLong(EveryAnswer, KeysMachine.TestCase):
    """In `make soak`: as the profile says, 2,000 runs of up to 100 acts."""

    settings = settings(suppress_health_check=SLOW)


def counts_anywhere(self, command_id, _seq):
    return command_id in self.commands


def takes_the_last_word(_self, other, *, seq, today):
    return spared_narrowed(other, other, seq=seq, today=today) if other else None


def takes_the_first_word(self, _other, *, seq, today):
    return spared_narrowed(self, self, seq=seq, today=today)


def never_ends(self, _today):
    return self.spared is None


def spares_keys_too(_self, revocation, request):
    spared = revocation.spared
    return spared is not None and spared.has(request.command.id, request.command.seq)


spared_narrowed = Spared.narrowed


@pytest.mark.parametrize(
    ("owner", "name", "mutant"),
    [
        (Spared, "has", counts_anywhere),
        (Spared, "narrowed", takes_the_last_word),
        (Spared, "narrowed", takes_the_first_word),
        (Revocation, "is_over", never_ends),
        (Rules, "spares", spares_keys_too),
        (Actor, "reached", property(lambda self: self.devices)),
        (Actor, "draining_on", lambda self, _today: self.draining),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_contract_with_a_fault_is_caught(monkeypatch, owner, name, mutant):
    monkeypatch.setattr(owner, name, mutant)
    with pytest.raises((AssertionError, ExceptionGroup)):
        run_state_machine_as_test(KeysMachine, settings=QUICK)


def keeps_the_old_registrar(body, overlay):
    """Set another registrar beside the one before, whose key goes on."""
    if overlay.find(Registrar, Registrar.key(body.organisation)) != body.replaces:
        raise FaultError(Code.REGISTRAR_MISMATCH, "body.replaces")


def needs_no_second_organisation(_kind, _proposing, _approving):
    """Let two registrars of one organisation do what takes two organisations."""


def never_applies(self, **changes):
    return replace(self, **changes) if "state" not in changes else self


@pytest.mark.parametrize(
    ("owner", "name", "mutant"),
    [
        (founding, "_replace_registrar", keeps_the_old_registrar),
        (proposals, "_require_independence", needs_no_second_organisation),
        (proposals, "replace", never_applies),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_contract_with_a_fault_between_organisations_is_caught(monkeypatch, owner, name, mutant):
    monkeypatch.setattr(owner, name, mutant)
    with pytest.raises((AssertionError, ExceptionGroup)):
        run_state_machine_as_test(JointKeysMachine, settings=QUICK)

"""An MSP's new name: who gives it, and that it is in force once its admin bootstraps."""

import pytest

from tests.chaincode.organisations import letters, registrar_of, standing, suspend
from tests.chaincode.pen import pseudonym
from tests.chaincode.world import DAY_S, NOW, Person, World
from tests.identities import creator

NEW = "Anew"


def name(world: World, by: str, msp: str = NEW, *, time: int = NOW) -> list[str]:
    """Let an organisation's registrar name the MSP of the first; return the answer."""
    body = {"organisation": "a", "msp": msp}
    wire = world.write(registrar_of(by), "organisation.rename_msp", body)
    return world.submit(wire, time=time)


def bootstrap(world: World, msp: str, handle: str = "a-newcomer") -> list[str]:
    """Let an admin of an MSP set a new registrar of the organisation; return the answer."""
    person = world.people[handle] = Person.of(handle, "a", "a-office")
    registrar = world.ledger.record("registrar/a")
    body = world.bootstrap("a") | {
        "jwk": person.pen.jwk,
        "actor": person.actor,
        "replaces": {"device": registrar["device"], "actor": registrar["actor"]},
    }
    wire = world.write(handle, "registry.bootstrap", body)
    return world.submit(wire, creator=creator(msp))


def msp_of(world: World) -> str:
    organisations = world.ledger.record("contract/constitution")["organisations"]
    (found,) = (one for one in organisations if one["id"] == "a")
    return found["msp"]


@pytest.mark.parametrize("count", [2, 3, 5])
def test_a_new_name_is_in_force_when_its_admin_bootstraps_and_the_old_ones_is_not_then(count):
    world = standing(count)
    for one in letters(count)[1:3]:
        assert bootstrap(world, NEW) == ["NOT_ADMIN"]
        assert name(world, one) == ["ACCEPTED"]
    assert msp_of(world) == "AMSP"  # it was only said
    assert bootstrap(world, NEW) == ["ACCEPTED"]
    assert msp_of(world) == NEW
    body = {"party": pseudonym("party new"), "kind": "farm"}
    world.act("a-newcomer", "party.register", body)
    lost = world.write("a-registrar", "party.register", body | {"party": "K" * 12})
    assert world.submit(lost) == ["KEY_REVOKED"]  # whoever had the old key
    assert bootstrap(world, "AMSP", "a-thief") == ["NOT_ADMIN"]


def test_until_then_the_old_ones_admin_may_bootstrap_still():
    world = standing(3)
    for one in ("b", "c"):
        name(world, one)
    assert bootstrap(world, "AMSP") == ["ACCEPTED"]


def test_one_of_several_says_it_in_vain_however_often():
    world = standing(3)
    for _ in range(3):
        assert name(world, "b") == ["ACCEPTED"]
    assert bootstrap(world, NEW) == ["NOT_ADMIN"]


def test_two_that_say_different_names_agree_on_none():
    world = standing(5)
    for one, msp in (("b", NEW), ("c", "Other"), ("d", "Other"), ("e", NEW)):
        assert name(world, one, msp) == ["ACCEPTED"]
    assert [bootstrap(world, msp) for msp in (NEW, "Other")] == [["NOT_ADMIN"]] * 2


def test_what_one_said_is_forgotten_after_ninety_days():
    world = standing(3)
    assert name(world, "b") == ["ACCEPTED"]
    assert name(world, "c", time=NOW + 91 * DAY_S) == ["ACCEPTED"]
    assert bootstrap(world, NEW) == ["NOT_ADMIN"]


def test_a_suspended_organisations_word_does_not_count():
    world = standing(5)
    assert name(world, "b") == ["ACCEPTED"]
    suspend(world, "b", by=["a", "c", "d"])
    assert name(world, "c") == ["ACCEPTED"]
    assert bootstrap(world, NEW) == ["NOT_ADMIN"]
    assert name(world, "d") == ["ACCEPTED"]
    assert bootstrap(world, NEW) == ["ACCEPTED"]


def test_an_organisation_does_not_name_its_own():
    """Whoever holds its registrar's key would take its admin's place."""
    assert name(standing(3), "a") == ["NOT_INDEPENDENT"]


def test_who_names_the_one_in_force_takes_their_word_back():
    world = standing(3)
    for one in ("b", "c"):
        name(world, one)
    assert name(world, "c", "AMSP") == ["ACCEPTED"]
    assert bootstrap(world, NEW) == ["NOT_ADMIN"]

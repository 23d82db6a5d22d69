import pytest

from network.deployment import Deployment
from network.lifecycle import Definition

ONE = Definition(version="1", sequence=1)
TWO = Definition(version="2", sequence=2)
OTHER_TWO = Definition(version="autumn", sequence=2)
OLD, NEW = ("old",), ("new", "command")


def test_deployment_is_the_same_when_saved_and_loaded(tmp_path):
    deployment = Deployment(current=ONE, current_command=OLD, next=TWO, next_command=NEW)
    deployment.save(tmp_path)
    assert Deployment.load(tmp_path) == deployment


def test_deployment_is_empty_when_nothing_was_saved(tmp_path):
    assert Deployment.load(tmp_path) == Deployment()


def test_next_definition_is_found_on_the_channel_however_late_it_gets_there():
    cut_off = Deployment(current=ONE, current_command=OLD, next=TWO, next_command=NEW)
    assert cut_off.settled(ONE).settled(ONE).settled(TWO) == cut_off.promoted()


@pytest.mark.parametrize(
    ("before", "actual", "after"),
    [
        (Deployment(), None, Deployment()),
        # the first deployment, cut off before and after its commit
        (
            Deployment(next=ONE, next_command=NEW),
            None,
            Deployment(next=ONE, next_command=NEW),
        ),
        (
            Deployment(next=ONE, next_command=NEW),
            ONE,
            Deployment(current=ONE, current_command=NEW),
        ),
        # an upgrade, cut off before and after its commit
        (
            Deployment(current=ONE, current_command=OLD, next=TWO, next_command=NEW),
            ONE,
            Deployment(current=ONE, current_command=OLD, next=TWO, next_command=NEW),
        ),
        (
            Deployment(current=ONE, current_command=OLD, next=TWO, next_command=NEW),
            TWO,
            Deployment(current=TWO, current_command=NEW),
        ),
        # an earlier try of the same upgrade arrived after all
        (
            Deployment(current=ONE, current_command=OLD, next=TWO, next_command=NEW),
            OTHER_TWO,
            Deployment(current=OTHER_TWO, current_command=NEW),
        ),
        # one was brought, and then its name was lost
        (
            Deployment(current=ONE, current_command=OLD),
            TWO,
            Deployment(current=TWO, current_command=OLD),
        ),
        # the peers have not heard of the current one yet
        (
            Deployment(current=TWO, current_command=NEW),
            ONE,
            Deployment(current=TWO, current_command=NEW),
        ),
        # nothing was going on
        (
            Deployment(current=TWO, current_command=NEW),
            TWO,
            Deployment(current=TWO, current_command=NEW),
        ),
    ],
)
def test_crash_is_settled_by_what_the_channel_has(before, actual, after):
    assert before.settled(actual) == after

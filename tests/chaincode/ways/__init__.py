"""How a mistake with each command is put right: the sentences of the specification, each with the
story that shows it to be true.

    @way("lot.hold", "`lot.release`.")
    def released(world: World) -> None:
        ...

The README takes its sentences from here, so none stands there without a test.

    registry    lots    consignment    consent    making    sorting    recalls
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from tests.chaincode.world import World

Story = Callable[[World], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One sentence of the specification, and the story that shows it."""

    type: str
    sentence: str
    story: Story

    @property
    def name(self) -> str:
        return f"{self.type}: {self.story.__name__}"


WAYS: list[Way] = []


def way(type_name: str, sentence: str) -> Callable[[Story], Story]:
    """Enter the decorated story as a way to put a mistake with that type right."""

    def enter(story: Story) -> Story:
        WAYS.append(Way(type=type_name, sentence=sentence, story=story))
        return story

    return enter


def sentences(type_name: str) -> str:
    """Return what the specification says of a type."""
    return " ".join(one.sentence for one in WAYS if one.type == type_name)


for _family in ("registry", "lots", "consignment", "consent", "making", "sorting", "recalls"):
    import_module(f"tests.chaincode.ways.{_family}")

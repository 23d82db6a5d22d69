"""Plots: the land that lots grow on, each of one party, known to the public by its district."""

from dataclasses import dataclass

from chaincode.base.envelope import Command
from chaincode.base.errors import Code
from chaincode.base.shapes import AreaCode, PseudonymId
from chaincode.command_types import Act, CommandType, Touches, require
from chaincode.registry.records import Party

LAND_REGISTRAR = "land-registrar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """`plot/<id>`: whose it is, and the district that the public may know (大字, never finer)."""

    party: PseudonymId
    district: AreaCode

    @staticmethod
    def key(plot_id: str) -> str:
        """Return the state key."""
        return f"plot/{plot_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPlot:
    """Open part of `plot.register`; registering again moves a plot to another party or district."""

    plot: PseudonymId
    party: PseudonymId
    district: AreaCode


def _register(act: Act, body: RegisterPlot, _closed: None) -> None:
    require(act.find(Party, Party.key(body.party)) is not None, Code.UNKNOWN_PARTY)
    act.put(Plot.key(body.plot), Plot(party=body.party, district=body.district))


def _register_touches(_command: Command, body: RegisterPlot, _closed: None) -> Touches:
    return Touches(reads=(Party.key(body.party),), writes=(Plot.key(body.plot),))


TYPES = (
    CommandType(
        name="plot.register",
        body=RegisterPlot,
        roles=frozenset({LAND_REGISTRAR}),
        touches=_register_touches,
        apply=_register,
    ),
)

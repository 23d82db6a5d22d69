"""Everything of a gateway that routes and pages need; `gateway.running` opens it."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.intake import Intake
from gateway.ledgers.port import Ledger
from gateway.ledgers.shared_height import SharedHeight
from gateway.plausibility.scans import Scans
from gateway.projection import Follower, Projection
from gateway.sessions import Sessions
from gateway.settings import Settings
from gateway.storage.keeping import Keeping
from gateway.town.areas import Areas
from gateway.town.catalogue import Catalogue
from gateway.town.explanations import Explanations
from gateway.town.names import Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Everything that the HTTP side needs, running. Whoever opened it closes it."""

    settings: Settings
    ledger: Ledger
    height: SharedHeight
    projection: Projection
    follower: Follower
    intake: Intake
    sessions: Sessions
    names: Names
    catalogue: Catalogue
    areas: Areas
    explanations: Explanations
    scans: Scans
    storage: Sequence[Keeping]

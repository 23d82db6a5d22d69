"""A machine that tries the commands on lots in any order, sensible ones and nonsense.

Each rule gives commands and asks the books (`tests.chaincode.books`) what the ledger must answer.
In some runs each travels alone, in others several people's go in one transaction. After each
transaction ledger and books must agree on every gram, on what is recalled, and on every sticker.

    base    moving    consigning    claiming    making    sorting    recalling    labelling
"""

from tests.chaincode.machine.claiming import Claiming
from tests.chaincode.machine.labelling import Labelling
from tests.chaincode.machine.moving import Moving
from tests.chaincode.machine.recalling import Recalling
from tests.chaincode.machine.sorting import Sorting


class LotsMachine(Moving, Sorting, Recalling, Labelling, Claiming):
    """Every command on lots."""

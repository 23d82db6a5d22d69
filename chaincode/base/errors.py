"""Every answer the contract can give to a command, in the order in which the checks are made.

When several would apply, the one that stands first here wins: shape, key and signature, sequence
(none of these leaves a trace in state), then time, authority, existence, state, rule (each taken,
recorded with the device's next running number, and final). Shape is judged part by part: header,
payload, closed part; what the type asks of each is judged once the signature is verified, and a
command that was taken before is told so ahead of that. README names the few other exceptions.

    FaultError(code)       the command can't be taken: drop it, or mend it and sign again
    RejectionError(code)   the command is taken, and refused for good
"""

from enum import StrEnum

from chaincode.base.evidence import EvidenceError


class Code(StrEnum):
    """A stable answer. The order of the members is the order of the checks."""

    ACCEPTED = "ACCEPTED"

    # Shape: what the bytes alone show.
    TOO_LARGE = "TOO_LARGE"
    NOT_A_JWS = "NOT_A_JWS"
    BAD_HEADER = "BAD_HEADER"
    BAD_ALGORITHM = "BAD_ALGORITHM"
    TOO_MANY_VALUES = "TOO_MANY_VALUES"
    NOT_UTF8 = "NOT_UTF8"
    TOO_DEEP = "TOO_DEEP"
    NOT_JSON = "NOT_JSON"
    DUPLICATE_MEMBER = "DUPLICATE_MEMBER"
    NOT_A_NUMBER = "NOT_A_NUMBER"
    NOT_AN_INTEGER = "NOT_AN_INTEGER"
    INTEGER_TOO_LARGE = "INTEGER_TOO_LARGE"
    TEXT_TOO_LONG = "TEXT_TOO_LONG"
    LONE_SURROGATE = "LONE_SURROGATE"
    NON_ASCII_DIGIT = "NON_ASCII_DIGIT"
    FORBIDDEN_CHARACTER = "FORBIDDEN_CHARACTER"
    NOT_NFC = "NOT_NFC"
    NOT_CANONICAL = "NOT_CANONICAL"
    UNKNOWN_MEMBER = "UNKNOWN_MEMBER"
    MISSING_MEMBER = "MISSING_MEMBER"
    BAD_VALUE = "BAD_VALUE"
    UNKNOWN_TYPE = "UNKNOWN_TYPE"
    CLOSED_PART_MISSING = "CLOSED_PART_MISSING"
    CLOSED_PART_UNEXPECTED = "CLOSED_PART_UNEXPECTED"
    CLOSED_PART_MISMATCH = "CLOSED_PART_MISMATCH"
    TOO_MANY_RECORDS = "TOO_MANY_RECORDS"

    # Ledger, key and signature.
    NOT_FOUNDED = "NOT_FOUNDED"
    WRONG_LEDGER = "WRONG_LEDGER"
    UNKNOWN_KEY = "UNKNOWN_KEY"
    BAD_SIGNATURE = "BAD_SIGNATURE"

    # Sequence. A revoked key's owner still learns that a command sent again had been taken.
    ALREADY_TAKEN = "ALREADY_TAKEN"
    KEY_REVOKED = "KEY_REVOKED"
    SEQUENCE_GAP = "SEQUENCE_GAP"
    WRONG_PREDECESSOR = "WRONG_PREDECESSOR"

    # Bootstrap, which has no key record yet that could advance.
    ALREADY_FOUNDED = "ALREADY_FOUNDED"
    BAD_CONSTITUTION = "BAD_CONSTITUTION"
    NOT_ADMIN = "NOT_ADMIN"
    REGISTRAR_MISMATCH = "REGISTRAR_MISMATCH"
    NAME_IN_USE = "NAME_IN_USE"

    # A command before it changed the rules: it has to be read by the new ones.
    RULES_CHANGED = "RULES_CHANGED"

    # The others have taken its organisation's offices for a time; the device keeps it.
    ORGANISATION_SUSPENDED = "ORGANISATION_SUSPENDED"

    # The contract itself failed: a bug of ours, never the sender's fault.
    CONTRACT_FAULT = "CONTRACT_FAULT"

    # Time.
    EXPIRED = "EXPIRED"
    FUTURE_EVENT = "FUTURE_EVENT"

    # Authority.
    WRONG_ACTOR = "WRONG_ACTOR"
    OPERATOR_UNEXPECTED = "OPERATOR_UNEXPECTED"
    NO_MANDATE = "NO_MANDATE"
    ROLE_MISSING = "ROLE_MISSING"
    SHARED_KEY = "SHARED_KEY"
    NOT_INDEPENDENT = "NOT_INDEPENDENT"
    NOT_YOUR_PARTY = "NOT_YOUR_PARTY"
    NOT_YOUR_ORGANISATION = "NOT_YOUR_ORGANISATION"
    NOT_CONSIGNED = "NOT_CONSIGNED"

    # Existence.
    UNKNOWN_ORGANISATION = "UNKNOWN_ORGANISATION"
    UNKNOWN_PARTY = "UNKNOWN_PARTY"
    UNKNOWN_ACTOR = "UNKNOWN_ACTOR"
    UNKNOWN_DEVICE = "UNKNOWN_DEVICE"
    UNKNOWN_MANDATE = "UNKNOWN_MANDATE"
    UNKNOWN_PROPOSAL = "UNKNOWN_PROPOSAL"
    UNKNOWN_VOTE = "UNKNOWN_VOTE"
    UNKNOWN_PLOT = "UNKNOWN_PLOT"
    UNKNOWN_CONSIGNMENT = "UNKNOWN_CONSIGNMENT"
    UNKNOWN_LOT = "UNKNOWN_LOT"
    UNKNOWN_CLAIM = "UNKNOWN_CLAIM"
    UNKNOWN_SHIPMENT = "UNKNOWN_SHIPMENT"
    NOT_THEIR_SHIPMENT = "NOT_THEIR_SHIPMENT"
    LOT_DIFFERS = "LOT_DIFFERS"
    OWNER_DIFFERS = "OWNER_DIFFERS"
    UNKNOWN_RECALL = "UNKNOWN_RECALL"
    UNKNOWN_RUN = "UNKNOWN_RUN"
    UNKNOWN_LABELS = "UNKNOWN_LABELS"
    NOTHING_HELD = "NOTHING_HELD"
    ID_NOT_DERIVED = "ID_NOT_DERIVED"
    ID_TAKEN = "ID_TAKEN"

    # State.
    PROPOSAL_CLOSED = "PROPOSAL_CLOSED"
    PROPOSAL_DIFFERS = "PROPOSAL_DIFFERS"
    DEVICE_REVOKED = "DEVICE_REVOKED"
    HAS_OWN_KEY = "HAS_OWN_KEY"
    NOT_IN_TRANSIT = "NOT_IN_TRANSIT"
    NOT_DISPUTED = "NOT_DISPUTED"
    NOT_RECEIVED = "NOT_RECEIVED"
    NOT_BOUGHT = "NOT_BOUGHT"
    NOT_HARVESTED = "NOT_HARVESTED"
    NOT_THE_LATEST = "NOT_THE_LATEST"
    RUN_DIFFERS = "RUN_DIFFERS"
    RUN_ENDED = "RUN_ENDED"
    ON_HOLD = "ON_HOLD"
    NOT_ON_HOLD = "NOT_ON_HOLD"
    RECALLED = "RECALLED"
    NOT_UNCONFIRMED = "NOT_UNCONFIRMED"
    RECALL_ENDED = "RECALL_ENDED"
    NOTHING_NEW = "NOTHING_NEW"

    # Rule.
    BAD_PROOF = "BAD_PROOF"
    ROLE_NOT_GRANTABLE = "ROLE_NOT_GRANTABLE"
    NOT_DELEGABLE = "NOT_DELEGABLE"
    PERIOD_REVERSED = "PERIOD_REVERSED"
    PERIOD_TOO_LONG = "PERIOD_TOO_LONG"
    TOO_MANY_DEVICES = "TOO_MANY_DEVICES"
    OFFICE_ON_SHARED_KEY = "OFFICE_ON_SHARED_KEY"
    CONSTITUTION_REFUSED = "CONSTITUTION_REFUSED"
    ROLE_TAKEN_UNSIGNED = "ROLE_TAKEN_UNSIGNED"
    TOO_FEW_ORGANISATIONS = "TOO_FEW_ORGANISATIONS"
    RULES_UNKNOWN = "RULES_UNKNOWN"
    NOT_AN_EMERGENCY = "NOT_AN_EMERGENCY"
    PACKS_DIFFER = "PACKS_DIFFER"
    CROP_DIFFERS = "CROP_DIFFERS"
    SHARES_DIFFER = "SHARES_DIFFER"
    MORE_THAN_RECORDED = "MORE_THAN_RECORDED"
    INSUFFICIENT_QUANTITY = "INSUFFICIENT_QUANTITY"
    UNPROVEN = "UNPROVEN"
    ALREADY_LEFT = "ALREADY_LEFT"
    SUM_DIFFERS = "SUM_DIFFERS"
    TOO_MANY_CLAIMS = "TOO_MANY_CLAIMS"
    LABELS_TAKEN = "LABELS_TAKEN"
    TOO_MANY_LABELS = "TOO_MANY_LABELS"
    TOO_MANY_CROPS = "TOO_MANY_CROPS"
    TOO_MANY_UNCONFIRMED = "TOO_MANY_UNCONFIRMED"
    TOO_MANY_ROOTS = "TOO_MANY_ROOTS"

    # After the rule: what it would change.
    RUN_OPEN = "RUN_OPEN"

    @property
    def is_taken(self) -> bool:
        """Whether a command so answered advances its device and stands on record."""
        return self is Code.ACCEPTED or _ORDER[self] > _ORDER[Code.CONTRACT_FAULT]


_ORDER = {code: place for place, code in enumerate(Code)}


class FaultError(EvidenceError):
    """The command can't be taken. `member` is the JSON member at fault, where there is one."""

    def __init__(self, code: Code, member: str = "") -> None:
        super().__init__(f"{code} {member}".rstrip())
        self.code = code
        self.member = member


class RejectionError(EvidenceError):
    """The command is taken and refused for good."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code

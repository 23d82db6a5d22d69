"""The parts of `chaincode/README.md` that follow from the code: shapes, records, commands, codes.

`python -m tests.chaincode.specification` writes them into the README, between their marks;
`test_specification` fails when they differ. What a command does, in words, stands in `wording`, and
how a mistake with it is put right in `ways`.
"""

import re
from collections.abc import Callable
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from chaincode.base import envelope, shapes, signed_texts
from chaincode.base.envelope import Jwk
from chaincode.base.errors import Code
from chaincode.command_types import CommandType
from chaincode.lots import making, quantities, sorting
from chaincode.lots.claims import Claims, OpenClaim
from chaincode.lots.consent import Consignment
from chaincode.lots.labels import BoundRange, Roll
from chaincode.lots.records import Holding, Lot, Shipment
from chaincode.plots import Plot
from chaincode.proposals import APPROVE, Proposer
from chaincode.reading import EVERY_TRANSACTION_READS, read
from chaincode.recalls.records import OPEN_RECALLS, OpenRecall, OpenRecalls, Recall
from chaincode.registry import records
from chaincode.registry.founding import BOOTSTRAP
from chaincode.registry.organisations import Suspension, Vote
from chaincode.registry.successions import Naming, Succession
from chaincode.rules import EVER
from gateway.http.problems import PROBLEMS
from tests.chaincode import always_read, liveness
from tests.chaincode.drafts import valid
from tests.chaincode.rejections import faults
from tests.chaincode.ways import sentences
from tests.chaincode.wording import DOES

README = Path(__file__).parents[2] / "chaincode" / "README.md"

RECORDS = {
    records.HEAD: (records.Head, "what every transaction reads; a change of it ends envelopes"),
    records.CONSTITUTION: (records.Constitution, "the organisations and what each may grant"),
    records.DEMO_TIME: (records.DemoTime, "the latest time that a demo's transaction has carried"),
    "registrar/<organisation>": (records.Registrar, "the key that the admin set last"),
    "succession/<organisation>": (Succession, "an MSP's new name, until its admin bootstraps"),
    "suspension/<organisation>": (Suspension, "who wants its offices suspended, and until when"),
    "party/<party>": (records.Party, "a business or household"),
    "actor/<actor>": (records.Actor, "one person or till"),
    "device/<kid>": (records.Device, "a key, whose it is, and where its sequence stands"),
    "mandate/<principal>/<agent>": (records.Mandate, "what the agent may do for the principal"),
    "pending/<command>": (records.Proposal, "the first of two signatures"),
    "plot/<plot>": (Plot, "land: whose, and in which district"),
    "consignment/<producer>/<shop>": (Consignment, "the shop may take the producer's goods in"),
    "claims/<party>": (Claims, "goods that came without that, and their producer has not answered"),
    "lot/<lot>": (Lot, "what it is, where it comes from, and the left side of its mass balance"),
    "holding/<lot>/<holder>/<owner>": (Holding, "grams at one party, and where its others went"),
    "shipment/<shipment>": (Shipment, "grams on their way from one party to another"),
    "run/<party>/<id_nonce>": (
        sorting.Run,
        "sorting over several commands, and its classes",
    ),
    "roll/<roll>": (Roll, "stickers: whose, and which lot each range of numbers is on"),
    OPEN_RECALLS: (OpenRecalls, "what may not be passed on now; every transaction reads it"),
    "recall/<recall>": (Recall, "one recall, or drill, as the public may know it"),
}

SHAPES = {
    name: get_args(alias)[1]
    for name, alias in vars(shapes).items()
    if get_origin(alias) is Annotated and name[0].isupper()
}
INNER = (
    Jwk,
    records.Organisation,
    records.Standing,
    Vote,
    Naming,
    records.Grant,
    records.Revocation,
    records.Spared,
    records.Draining,
    Proposer,
    quantities.Packs,
    making.Make,
    making.Child,
    making.Input,
    making.Packed,
    sorting.BeginSort,
    sorting.PutIn,
    sorting.SortClass,
    sorting.Part,
    sorting.RunInput,
    BoundRange,
    OpenClaim,
    OpenRecall,
)
# What a command may touch beyond what the one does that is described.
MORE_OPERATIONS = {
    BOOTSTRAP: ", 4 more when it replaces a registrar",
    "actor.grant": ", 2 more for each device but the first",
    "proposal.approve": " for `lot.settle`; 5 with the approved type's own in general",
    **dict.fromkeys(
        ("lot.merge", "lot.repack", "lot.sort", "lot.process"),
        " here; 2 + 3 for each parent + 2 for each child, and 2 for each of its owners",
    ),
    **dict.fromkeys(
        ("recall.emergency", "recall.own", "recall.extend"), " here; 5 + 1 for each lot"
    ),
    "recall.clear": " here; 4 + 1 for each lot",
    "lot.begin_sort": " here; 4 + 3 for each parent",
    "lot.sort_class": " here; 6 + 2 for each owner",
    "lot.undo_class": " here; 6 + 2 for each owner",
    "lot.undo_sort": " here; 4 + 2 for each parent",
    "lot.unmake": " here; 2 + 2 for each parent + 2 for each child, and 2 for each of its owners",
}


def codes() -> str:
    """Every code, in the order of the checks."""
    lines = ["| code | taken | HTTP | meaning | what to do |", "|---|---|---|---|---|"]
    for code in Code:
        if code is Code.ACCEPTED:
            lines.append("| `ACCEPTED` | yes | 200 | The command is applied. | |")
            continue
        problem = PROBLEMS[code]
        taken = "yes" if code.is_taken else "no"
        meaning = f"{problem.en.detail} | {problem.en.remedy}"
        lines.append(f"| `{code}` | {taken} | {problem.status} | {meaning} |")
    return "\n".join(lines)


LEFT = {
    "harvest_g": {
        "lot.harvest": "a public entry, the producer's own",
        "lot.open": "a second party has seen it (flag `opening`)",
        "lot.correct_harvest": "flag `corrected`",
    },
    "supplement_g": {
        "lot.supplement": "flag `supplemented`",
        "lot.correct_harvest": "flag `corrected`",
    },
    "claimed_g": {
        "lot.arrive": "flag `claimed`",
        "lot.accept_claim": "flag `claimed`",
        "lot.correct_arrival": "flag `claimed`",
        "lot.deny_claim": "flag `denied`",
    },
    "made_g": dict.fromkeys(
        ("lot.merge", "lot.repack", "lot.sort", "lot.process", "lot.sort_class"),
        "bound: what the parents put in",
    ),
    "surplus_g": {"lot.take_stock": "flag `surplus`; bound: what was lost, and 2 % of what came"},
}


def left() -> str:
    rows = [
        f"| {term.removesuffix('_g')} | {', '.join(f'`{one}`' for one in types)} | {how} |"
        for term, ways in LEFT.items()
        for how in dict.fromkeys(ways.values())
        for types in [[one for one, said in ways.items() if said == how]]
    ]
    return "\n".join(("| term | grows by | and what tells of it |", "|---|---|---|", *rows))


def state() -> str:
    """Every record with its key, its members and who writes it."""
    writers = _writers()
    lines = ["| key | what it is, and its members | written by |", "|---|---|---|"]
    for key, (shape, meaning) in RECORDS.items():
        what = f"{meaning[0].upper()}{meaning[1:]}: {_members(shape)}"
        lines.append(f"| `{key}` | {what} | {writers[key]} |")
    return "\n".join(lines)


def _writers() -> dict[str, str]:
    """Return, by record, the types that may write it."""
    names: dict[str, list[str]] = {key: [] for key in RECORDS}
    for kind in EVER.values():
        if kind.name == APPROVE:
            continue  # writes what the approved type writes
        draft = valid(kind.name)
        for key in dict.fromkeys(
            _template(key) for key in read(envelope.parse(draft.last().wire()), EVER).touches.writes
        ):
            names[key].append(f"`{kind.name}`")
    written_by = {key: ", ".join(types) for key, types in names.items()}
    written_by[records.DEMO_TIME] = "`submit_at`"
    written_by["device/<kid>"] = "every command that is taken"
    written_by["pending/<command>"] = "every type with two signers, `proposal.withdraw`"
    return written_by


def _template(key: str) -> str:
    """Return the key as RECORDS spells it."""
    return next(
        one for one in RECORDS if re.fullmatch(re.sub("<[a-z_]+>", "[^/]+", one), key) is not None
    )


def signed_texts_() -> str:
    """Every text that any device's key signs."""
    lines = ["| mark | what is signed | by | what it does, and who reads it |", "|---|---|---|---|"]
    for kind, text in signed_texts.TEXTS.items():
        lines.append(f"| `{kind}` | {text.signed} | {text.by} | {text.to} |")
    return "\n".join(lines)


def shapes_() -> str:
    """Every shape a member may have, and the records that stand within others."""
    lines = ["| shape | what it is | example |", "|---|---|---|"]
    for name, constraint in SHAPES.items():
        described = constraint.schema()
        example = f"`{described['examples'][0]}`" if "examples" in described else ""
        lines.append(f"| {name} | {_described(constraint)} | {example} |")
    lines += [f"| {shape.__name__} | {_members(shape)} | |" for shape in INNER]
    return "\n".join(lines)


def _described(constraint: shapes.Text | shapes.Calendar | shapes.Integer | shapes.Anything) -> str:
    if isinstance(constraint, shapes.Integer):
        return f"{constraint.least:,} to {constraint.most:,}"
    if isinstance(constraint, shapes.Anything):
        return "an object whose shape the named type decides"
    text = constraint.text if isinstance(constraint, shapes.Calendar) else constraint
    pattern = text.pattern.replace("|", "\\|").replace("\u3000", "\\u3000")
    return f"`{pattern}`" + (", a day that there is" if text is not constraint else "")


def commands() -> str:
    """Every command type."""
    return "\n\n".join(_command(kind) for kind in EVER.values())


def operations(kind: CommandType) -> tuple[int, int]:
    """Return (reads, writes) of a command of this type, with its device's record.

    Of a type with two signers it is the approval that is counted: the proposal does less.
    """
    wire = valid(kind.name).last().wire()
    touches = read(envelope.parse(wire), EVER).touches
    reads = set(touches.reads) - set(EVERY_TRANSACTION_READS)
    return len(reads), len(set(touches.writes))


def _command(kind: CommandType) -> str:
    does, mistake = DOES[kind.name], sentences(kind.name)
    by = " or ".join(f"`{role}`" for role in sorted(kind.roles)) or "any device"
    if kind.name == BOOTSTRAP:
        by = "the key that it sets, submitted by the organisation's admin"
    signers = ""
    if kind.signers == 2:
        signers = f" Two signers, different {kind.independent}s."
    closed = _members(kind.closed) if kind.closed else "none"
    proof: str = kind.proof
    if kind.name == APPROVE:
        closed = proof = "that of the approved command"
    if not mistake.startswith("`"):
        mistake = mistake[0].lower() + mistake[1:]
    failures = [f"| {', '.join(ways)} | `{code}` |" for code, ways in _failures(kind).items()]
    return "\n".join(
        (
            f"### `{kind.name}`",
            "",
            does,
            "",
            f"- **By**: {by}.{signers}",
            f"- **Open**: {_members(kind.body)}",
            f"- **Closed**: {closed}",
            f"- **Proof**: {proof}",
            f"- **Records**: {_records(kind)}",
            f"- **A mistake is put right** by: {mistake}",
            "",
            "| fails when it | answer |",
            "|---|---|",
            *failures,
        )
    )


def _records(kind: CommandType) -> str:
    """Return what a command of this type reads and writes, and how many state operations it is."""
    touches = read(envelope.parse(valid(kind.name).last().wire()), EVER).touches
    reads = [_template(key) for key in touches.reads if key not in EVERY_TRANSACTION_READS]
    writes = [_template(key) for key in touches.writes]
    only_read = [key for key in dict.fromkeys(reads) if key not in writes]
    only_written = [key for key in dict.fromkeys(writes) if key not in reads]
    both = [key for key in dict.fromkeys(writes) if key in reads]
    parts = [
        f"{verb} {', '.join(_times(key, counted) for key in keys)}"
        for verb, keys, counted in (
            ("reads", only_read, reads),
            ("reads and writes", both, writes),
            ("writes", only_written, writes),
        )
        if keys
    ]
    total = sum(operations(kind))
    return f"{'; '.join(parts)}: {total} state operations{MORE_OPERATIONS.get(kind.name, '')}"


def _times(key: str, counted: list[str]) -> str:
    count = counted.count(key)
    return f"`{key}`" if count == 1 else f"{count} × `{key}`"


def _failures(kind: CommandType) -> dict[str, list[str]]:
    """Return, by code in the order of the checks, what the tests of this type's refusals do."""
    ways: dict[str, list[str]] = {}
    for one in sorted(faults(kind.name), key=lambda one: list(Code).index(Code(one.code))):
        text = one.spoil.__name__.replace("_", " ")
        for spoken, written_ in APOSTROPHES:
            text = text.replace(spoken, written_)
        ways.setdefault(one.code, []).append(text)
    return ways


def _members(shape: type) -> str:
    """Return a record's members with their shapes; `?` marks those that may be absent."""
    members = []
    for name, hint in get_type_hints(shape, include_extras=True).items():
        options = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
        optional = "?" if NoneType in options else ""
        members.append(f"`{name}`{optional} {_shape(options[0])}")
    some = " or ".join(f"`{name}`" for name in shapes.needs_some_of(shape))
    return ", ".join(members) + (f"; {some}, or both" if some else "")


def _shape(hint: Any) -> str:
    if hint is bool:
        return "*true or false*"
    if get_origin(hint) is not Annotated:
        return f"*{hint.__name__}*"
    base, constraint = get_args(hint)
    if isinstance(constraint, shapes.Items):
        return f"{constraint.least} to {constraint.most} of {_shape(get_args(base)[0])}"
    for name, one in SHAPES.items():
        if one == constraint:
            return f"*{name}*"
    if isinstance(constraint, shapes.Integer):
        return f"*{constraint.least} to {constraint.most}*"
    return "*" + ", ".join(constraint.pattern.split("|")) + "*"


APOSTROPHES = (
    ("producers", "producer's"),
    ("anothers", "another's"),
    ("others mandate", "others' mandate"),
    ("ones ", "one's "),
    ("partys", "party's"),
    ("actors name", "actor's name"),
    ("auditors registrar", "auditor's registrar"),
    ("constitutions hash", "constitution's hash"),
    ("organisations msp", "organisation's msp"),
    ("organisations admin", "organisation's admin"),
    ("organisations registrars", "organisation's registrars"),
    ("organisations role", "organisation's role"),
    ("organisations actor", "organisation's actor"),
)


def always() -> str:
    """What every transaction reads."""
    return always_read.table(_writers())


PARTS: dict[str, Callable[[], str]] = {
    "signed texts": signed_texts_,
    "shapes": shapes_,
    "state": state,
    "always": always,
    "left": left,
    "commands": commands,
    "codes": codes,
    "liveness": liveness.table,
}


def marked(name: str, text: str) -> str:
    return f"<!-- {name}: from the code -->\n{text}\n<!-- end of {name} -->"


def written(readme: str) -> str:
    """Return the README with its parts as the code has them now."""
    for name, part in PARTS.items():
        start = readme.index(f"<!-- {name}: from the code -->")
        end = readme.index(f"<!-- end of {name} -->") + len(f"<!-- end of {name} -->")
        readme = readme[:start] + marked(name, part()) + readme[end:]
    return readme


if __name__ == "__main__":
    README.write_text(written(README.read_text()))

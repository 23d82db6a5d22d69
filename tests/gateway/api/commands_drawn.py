"""Commands as nobody thought of them: bodies of the right shape with any content, and spoiled ones.

    body, closed = data.draw(parts(kind, pool))

The shapes are the contract's own, so whatever they let through is drawn, as well as what they
refuse: a member left out, added, or of another kind.
"""

from typing import Annotated, Any, get_args, get_origin

from hypothesis import strategies as st

from chaincode.base import shapes
from chaincode.base.canonical import INTEGER_MAX
from chaincode.command_types import CommandType

Pool = dict[str, list[str]]  # by the pattern of a shape: what really exists of it

junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-INTEGER_MAX, INTEGER_MAX)
    | st.text(max_size=20)
    | st.sampled_from(["", "0" * 20, "A" * 12, "\uff11\uff12", "か\u3099", "\0", "-1", "1e3"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
times = st.sampled_from(["2026-04-01", "2020-01-01", "2026-02-30", "2026-04-01T21:05:00Z"])


def right(hint: Any, pool: Pool) -> st.SearchStrategy:
    """Return a strategy of the values that a shape lets through."""
    if hint is bool:
        return st.booleans()
    if get_origin(hint) is not Annotated:
        return record(hint, pool)
    base, constraint = get_args(hint)
    match constraint:
        case shapes.Items(least=least, most=most):
            item = right(get_args(base)[0], pool)
            found = st.lists(item, min_size=least, max_size=min(most, least + 3))
        case shapes.Integer(least=least, most=most):
            found = st.integers(least, min(most, least + 3_000)) | st.integers(least, most)
        case shapes.Anything():
            found = st.dictionaries(st.text(max_size=8), junk, max_size=3)
        case shapes.Calendar():
            found = times
        case shapes.Text(pattern=pattern):
            found = st.from_regex(pattern, fullmatch=True, alphabet=st.characters(codec="ascii"))
            if pattern in pool:
                found |= st.sampled_from(pool[pattern])
    return found


def record(shape: type, pool: Pool) -> st.SearchStrategy:
    """Return a strategy of the JSON objects of a shape; the salt is drawn when signing."""
    required, optional = {}, {}
    for name, (_, is_required, hint) in shapes._members(shape).items():
        if name != "salt":
            (required if is_required else optional)[name] = right(hint, pool)
    return st.fixed_dictionaries(required, optional=optional)


@st.composite
def spoiled(draw: Any, parts: st.SearchStrategy) -> dict:
    """Draw an object, and leave out, add or replace a member or two of it."""
    value = dict(draw(parts))
    for name in draw(st.lists(st.sampled_from([*value, "note"]), max_size=2)):
        if draw(st.booleans()):
            value.pop(name, None)
        else:
            value[name] = draw(junk)
    return value


def parts(kind: CommandType, pool: Pool) -> st.SearchStrategy:
    """Return a strategy of (open part, closed part or `None`) of a type: right, and not."""
    body = record(kind.body, pool)
    closed = st.none() if kind.closed is None else record(kind.closed, pool)
    strange = junk.filter(lambda value: isinstance(value, dict)) | st.none()
    wrong = st.tuples(spoiled(body), closed if kind.closed is None else spoiled(closed))
    return st.tuples(body, closed) | st.tuples(body, closed) | wrong | st.tuples(body, strange)

"""Sharing out measured wholes among those who put something in: by largest remainder."""

from collections.abc import Sequence


def apportion(whole_g: int, weights_g: Sequence[int]) -> list[int]:
    """Return each one's part of `whole_g`, in proportion to `weights_g`, to the gram.

    Everyone gets the part rounded down; the grams left over go to the largest remainders, of equal
    ones to whoever stands first. The parts sum to the whole, and no part exceeds its weight unless
    the whole exceeds their sum. The weights' sum is positive.
    """
    total_g = sum(weights_g)
    parts = [whole_g * weight_g // total_g for weight_g in weights_g]
    remainders = [whole_g * weight_g % total_g for weight_g in weights_g]
    by_remainder = sorted(range(len(parts)), key=lambda place: (-remainders[place], place))
    for place in by_remainder[: whole_g - sum(parts)]:
        parts[place] += 1
    return parts


def share_out(wholes_g: Sequence[int], inputs_g: Sequence[int]) -> list[list[int]] | None:
    """Return, for each whole in turn, each one's part, in proportion to what that one has left.

    That is in proportion to the inputs, but for single grams: sharing out each whole by the inputs
    themselves would let roundings add up, and take from someone more than was put in. `None` if
    the wholes exceed the inputs.
    """
    left_g = list(inputs_g)
    shares = []
    for whole_g in wholes_g:
        if whole_g > sum(left_g):
            return None
        parts = apportion(whole_g, left_g) if whole_g else [0] * len(left_g)
        left_g = [one_g - part_g for one_g, part_g in zip(left_g, parts, strict=True)]
        shares.append(parts)
    return shares

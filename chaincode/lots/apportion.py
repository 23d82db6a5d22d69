"""Sharing out a measured whole among those who put something in: by largest remainder."""

from collections.abc import Sequence


def apportion(whole_g: int, weights_g: Sequence[int]) -> list[int]:
    """Return each one's part of `whole_g`, in proportion to `weights_g`, to the gram.

    Everyone gets the part rounded down; the grams left over go to the largest remainders, of equal
    ones to whoever stands first. The parts sum to the whole. Weights are positive.
    """
    total_g = sum(weights_g)
    parts = [whole_g * weight_g // total_g for weight_g in weights_g]
    remainders = [whole_g * weight_g % total_g for weight_g in weights_g]
    by_remainder = sorted(range(len(parts)), key=lambda place: (-remainders[place], place))
    for place in by_remainder[: whole_g - sum(parts)]:
        parts[place] += 1
    return parts

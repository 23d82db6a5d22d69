"""Names of goods that nobody has named: of what is made from a crop, by its code's last words.

Codes of what is processed are mostly a crop's and a product's (`carrot-juice`). Whoever names them
in the town's catalogue is heard first (`gateway.town.names`); this is for those who have not yet.
"""

from collections.abc import Callable, Mapping
from typing import Final

from gateway.words.language import Language

PRODUCTS: Final[Mapping[str, tuple[str, str]]] = {
    "chips": ("チップス", "chips"),
    "curry": ("カレー", "curry"),
    "cut": ("カット", "cut"),
    "dressing": ("ドレッシング", "dressing"),
    "dried": ("（乾燥）", "dried"),
    "flour": ("粉", "flour"),
    "frozen": ("（冷凍）", "frozen"),
    "jam": ("ジャム", "jam"),
    "juice": ("ジュース", "juice"),
    "paste": ("ペースト", "paste"),
    "pickles": ("の漬物", "pickles"),
    "powder": ("パウダー", "powder"),
    "puree": ("ピューレ", "purée"),
    "salad": ("サラダ", "salad"),
    "sauce": ("ソース", "sauce"),
    "soup": ("スープ", "soup"),
}


def readable(code: str, named: Callable[[str], str | None], language: Language) -> str:
    """Return what to call goods with a code that has no name.

    Args:
        code: Such as `carrot-juice`; small letters, digits and hyphens.
        named: Returns a crop's name, `None` for none.
        language: The name's.
    """
    words = code.split("-")
    for count in range(len(words) - 1, 0, -1):
        crop = named("-".join(words[:count]))
        if crop is None:
            continue
        product = "-".join(words[count:])
        ja, en = PRODUCTS.get(product, (f"の加工品（{product}）", product.replace("-", " ")))
        return f"{crop} {en}" if language == "en" else f"{crop}{ja}"
    plain = " ".join(words).capitalize()
    return plain if language == "en" else f"品目「{plain}」"

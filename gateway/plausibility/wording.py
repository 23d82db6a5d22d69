"""The text of a flag: what was compared with what, and why it may well be true."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gateway.plausibility.codes import FlagCode
from gateway.plausibility.evidence import Figure, Flag
from gateway.plausibility.goods import Doubt
from gateway.town.catalogue import PACK_UNITS
from gateway.words.language import Language

NOT_NECESSARILY: Final[Mapping[Language, str]] = {
    "ja": "間違いとは限りません。",
    "en": "It is not necessarily wrong: ",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What was compared with what, and what may explain it; grams are shown as kilograms."""

    ja: str
    ja_why: str
    en: str
    en_why: str


TEXTS: Final[Mapping[FlagCode, Wording]] = {
    FlagCode.ENTERED_TWICE: Wording(
        ja="同じ記録が{entries_count}回、台帳にあります。最初のものは{after_minutes}分前です。",
        ja_why="端末を替えたあと、もう一度あったこととして送られたのかもしれません。",
        en="The same entry is on record {entries_count} times, first {after_minutes} minutes"
        " before.",
        en_why="whoever signed it with another key may have meant it once more.",
    ),
    FlagCode.ENTERED_LATE: Wording(
        ja="起きた日から{late_days}日たってから記録されました。",
        ja_why="電波や手の空きを待ったのかもしれません。",
        en="Recorded {late_days} days after it happened.",
        en_why="there may have been no signal, or no time.",
    ),
    FlagCode.DATED_AHEAD: Wording(
        ja="記録された時刻より{ahead_minutes}分先の時刻になっています。",
        ja_why="端末の時計のずれかもしれません。",
        en="Dated {ahead_minutes} minutes after it was recorded.",
        en_why="the device's clock may be wrong.",
    ),
    FlagCode.RECEIVED_BEFORE_SHIPPED: Wording(
        ja="受取の時刻が出荷の時刻より{before_minutes}分早くなっています（目安"
        "{limit_minutes}分）。",
        ja_why="時刻の入れまちがいや、後からの出荷記録かもしれません。",
        en="Received {before_minutes} minutes before it was shipped (allowed: {limit_minutes}).",
        en_why="a time may be mistyped, or the shipment entered afterwards.",
    ),
    FlagCode.ARRIVED_BEFORE_HARVEST: Wording(
        ja="入荷が収穫の時刻より{before_minutes}分早くなっています（目安{limit_minutes}分）。",
        ja_why="収穫の時刻を直さずに、後から記録したのかもしれません。",
        en="Arrived {before_minutes} minutes before it was harvested (allowed: {limit_minutes}).",
        en_why="the harvest may have been entered afterwards, with the time of entry.",
    ),
    FlagCode.ARRIVED_SOON: Wording(
        ja="{quantity_g}kgが収穫から{after_minutes}分で入荷しています（目安{limit_minutes}分）。",
        ja_why="収穫の時刻が、荷造りや到着の時刻かもしれません。",
        en="{quantity_g} kg arrived {after_minutes} minutes after harvest (expected:"
        " {limit_minutes} or more).",
        en_why="the time of harvest may be that of packing or arrival.",
    ),
    FlagCode.CROP_UNKNOWN: Wording(
        ja="「{word}」という品目は、この町の一覧にありません。",
        ja_why="役場がまだ名前をつけていないのかもしれません。",
        en="There is no crop “{word}” in this town's list.",
        en_why="the office may not have named it yet.",
    ),
    FlagCode.CLASS_UNKNOWN: Wording(
        ja="「{word}」という等級・階級は、この町の一覧にありません。",
        ja_why="役場がまだ名前をつけていないのかもしれません。",
        en="There is no class “{word}” in this town's list.",
        en_why="the office may not have named it yet.",
    ),
    FlagCode.PACK_FAR_FROM_SPEC: Wording(
        ja="{packs_count}{unit}で{whole_g}kgなので、1{unit}が{pack_g}kgになります。町の荷姿では"
        "1{unit}が{spec_g}kgです。",
        ja_why="大きさのちがう荷姿かもしれません。",
        en="{whole_g} kg in {packs_count} × {unit} is {pack_g} kg each; by the town's spec one"
        " weighs {spec_g} kg.",
        en_why="it may be another size of pack.",
    ),
    FlagCode.PACK_UNLIKELY: Wording(
        ja="1{unit}が{pack_g}kgになります。ふつうは{least_g}kgから{most_g}kgです。",
        ja_why="変わった荷姿かもしれません。",
        en="One {unit} comes to {pack_g} kg; usual are {least_g} to {most_g} kg.",
        en_why="it may be an unusual pack.",
    ),
    FlagCode.PACK_UNIT_UNUSUAL: Wording(
        ja="{crop}の荷姿に{unit}は登録されていません（登録は{usual_count}種類）。",
        ja_why="新しい荷姿かもしれません。",
        en="The town has no packing spec of {crop} by the {unit}, but of {usual_count} other"
        " units.",
        en_why="it may be a new way of packing.",
    ),
    FlagCode.AMOUNT_SMALL: Wording(
        ja="全部で{whole_g}kgです。いちばん小さな荷姿でも{pack_g}kgあります。",
        ja_why="見本や、単位（gとkg）のまちがいかもしれません。",
        en="It is {whole_g} kg in all; even the smallest pack has {pack_g} kg.",
        en_why="it may be a sample, or grams and kilograms were mixed up.",
    ),
    FlagCode.YIELD_HIGH: Wording(
        ja="{year}年の{crop}の収穫が{harvested_g}kgになりました。{area_m2}㎡の畑の目安"
        "{usual_g}kgの{limit_percent}%を超えています。",
        ja_why="年に何度も作付けしたか、畑の面積や目安が違うのかもしれません。",
        en="{harvested_g} kg of {crop} in {year}: over {limit_percent} % of {usual_g} kg,"
        " which is usual for a plot of {area_m2} m².",
        en_why="there may have been several crops in the year, or the area or the norm is not"
        " right.",
    ),
    FlagCode.SUPPLEMENT_LARGE: Wording(
        ja="計量した収穫{harvest_g}kgへの追加が{supplement_g}kgになりました（目安"
        "{limit_percent}%）。",
        ja_why="二度目の収穫かもしれません。",
        en="{supplement_g} kg added to a measured harvest of {harvest_g} kg (expected:"
        " {limit_percent} % at most).",
        en_why="it may be a second picking.",
    ),
    FlagCode.ESTIMATE_FAR: Wording(
        ja="見積もり{estimated_g}kgに対し、実際は{turned_out_g}kgでした（目安±{limit_percent}%）。",
        ja_why="見積もりは外れるものです。",
        en="Estimated as {estimated_g} kg, it turned out to be {turned_out_g} kg (expected:"
        " within {limit_percent} %).",
        en_why="an estimate is an estimate.",
    ),
    FlagCode.SURPLUS_LARGE: Wording(
        ja="棚卸で{surplus_g}kg多く見つかりました。ロットは{lot_g}kgです（目安{limit_percent}%）。",
        ja_why="入荷や計量の記録もれかもしれません。",
        en="{surplus_g} kg more than recorded at stock-taking, of a lot of {lot_g} kg"
        " (expected: {limit_percent} % at most).",
        en_why="an arrival may not have been recorded, or was weighed wrongly.",
    ),
    FlagCode.LOSS_LARGE: Wording(
        ja="{gone_g}kgが廃棄または不足になりました。ロットは{lot_g}kgです（目安"
        "{limit_percent}%）。",
        ja_why="傷みや天候、売れ残りかもしれません。",
        en="{gone_g} kg discarded or missing, of a lot of {lot_g} kg (expected:"
        " {limit_percent} % at most).",
        en_why="it may have spoiled, or not have sold.",
    ),
    FlagCode.RUN_LOSS_LARGE: Wording(
        ja="{in_g}kgから{out_g}kgができ、{lost_percent}%が失われました（目安{limit_percent}%）。",
        ja_why="規格外が多かったか、水分が抜けたのかもしれません。",
        en="{out_g} kg made from {in_g} kg: {lost_percent} % lost (expected: {limit_percent}"
        " % at most).",
        en_why="there may have been many culls, or water went out.",
    ),
    FlagCode.STICKERS_BEYOND_GOODS: Wording(
        ja="{lot_g}kgのロットに{stickers_count}枚のシールがあります。{pack_g}kgの最小の荷姿"
        "でも{packs_count}個です。",
        ja_why="余ったシールを外していないか、もっと小さな荷姿かもしれません。",
        en="{stickers_count} stickers on a lot of {lot_g} kg, which is {packs_count} packs"
        " even of {pack_g} kg, the smallest.",
        en_why="stickers left over may not have been taken off, or there are smaller packs.",
    ),
    FlagCode.STICKERS_WITHOUT_GOODS: Wording(
        ja="このロットを作っても持ってもいない事業者が{stickers_count}枚のシールを付けました"
        "（手持ち{held_g}kg）。",
        ja_why="ロット番号のまちがいか、入荷の記録がまだなのかもしれません。",
        en="{stickers_count} stickers put on by a party that neither made this lot nor has"
        " ever held any (held: {held_g} kg).",
        en_why="the number of the lot may be mistyped, or its arrival not yet recorded.",
    ),
    FlagCode.STICKERS_MOVED_OFTEN: Wording(
        ja="{within_days}日のうちに{moves_count}回、シールが別のロットのものとして外されまし"
        "た（目安{limit_count}回）。",
        ja_why="作業に慣れていないだけかもしれません。",
        en="Stickers of this roll taken off as on the wrong lot {moves_count} times within"
        " {within_days} days (expected: {limit_count} at most).",
        en_why="somebody may still be learning it.",
    ),
    FlagCode.STICKERS_COPIED: Wording(
        ja="{stickers_count}枚のシールの番号が、1枚で1日に最大{most_count}回、または{most_days}"
        "日にわたって調べられました（目安1日{limit_count}回、{limit_days}日）。",
        ja_why="だれでも何度でも読めるので、写しがあるとは限りません。",
        en="{stickers_count} stickers' numbers were asked about up to {most_count} times in a"
        " day, or on up to {most_days} days, for one sticker (expected: {limit_count} times and"
        " {limit_days} days at most).",
        en_why="anybody can read one sticker many times: there need be no copy.",
    ),
    FlagCode.ENTERED_IN_A_BUNCH: Wording(
        ja="{days_count}日分の{entries_count}件が、{within_minutes}分のうちに後から記録され"
        "ました。",
        ja_why="手帳から写したのかもしれません。",
        en="{entries_count} entries about {days_count} different days, made afterwards"
        " within {within_minutes} minutes.",
        en_why="they may have been copied from a notebook.",
    ),
    FlagCode.ROUND_NUMBERS: Wording(
        ja="計量した収穫が{entries_count}回続けて{multiple_g}kg単位ちょうどです（目安"
        "{limit_count}回）。",
        ja_why="計量をその単位でしているのかもしれません。",
        en="{entries_count} measured harvests in a row at whole multiples of {multiple_g} kg"
        " (expected: {limit_count} at most).",
        en_why="the scales may show no less.",
    ),
    FlagCode.CORRECTED_OFTEN: Wording(
        ja="このロットの記録が{corrections_count}回訂正されました（目安{limit_count}回）。",
        ja_why="正しく直していくのはよいことです。",
        en="Entries about this lot corrected {corrections_count} times (expected:"
        " {limit_count} at most).",
        en_why="putting things right is what corrections are for.",
    ),
}


def text_of(flag: Flag | Doubt, language: Language, names: Mapping[str, str] | None = None) -> str:
    """Return what a flag says.

    Args:
        flag: The flag, or what is asked back.
        language: In which language.
        names: What stands for a code among the figures: a crop's name.
    """
    wording = TEXTS[flag.code]
    is_english = language == "en"
    compared = wording.en if is_english else wording.ja
    reason = wording.en_why if is_english else wording.ja_why
    shown = {
        name: _shown(name, value, names or {}, language) for name, value in flag.figures.items()
    }
    return f"{compared.format_map(shown)} {NOT_NECESSARILY[language]}{reason}"


def _shown(name: str, value: Figure, names: Mapping[str, str], language: Language) -> str:
    if isinstance(value, str):
        unit = PACK_UNITS.get(value, value) if name == "unit" and language == "ja" else value
        return names.get(value, unit)
    if name.endswith("_g"):
        whole, grams = divmod(abs(value), 1000)
        fraction = f".{grams:03}".rstrip("0").rstrip(".")
        return f"{'-' if value < 0 else ''}{whole:,}{fraction}"
    return str(value) if name == "year" else f"{value:,}"

"""Sentences on how the organisations stand, and on mandates, in Japanese and English."""

from collections.abc import Mapping
from typing import Final

from gateway.town.vocabulary import sentences

ORGANISATION_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    **sentences("organisation.suspend", "reason", "organisation_reason_"),
    **sentences("registry.bootstrap", "kind", "organisation_kind_"),
    "organisations_title": ("台帳を営む団体", "The organisations behind this ledger"),
    "organisations_text": (
        "どの団体も、1団体だけでほかの団体にかかわることは決められません（緊急の回収を除く）。",
        "None decides alone what binds another, but to stop goods in an emergency.",
    ),
    "organisations_none": (
        "台帳はまだ始まっていません。",
        "The ledger is not founded yet.",
    ),
    "organisation_grants": ("定める役割", "Roles it grants"),
    "organisation_msp": ("証明書の名前（MSP）", "Certificates (MSP)"),
    "organisation_suspended": (
        "職務（{offices}）は停止中です：{until}まで",
        "Its offices ({offices}) are suspended until {until}",
    ),
    "organisation_suspended_note": (
        "決めた団体：{others}。この団体の人の記録（収穫・販売など）は、いつもどおり続きます。",
        "By the votes of {others}. What its people record for themselves goes on.",
    ),
    "organisation_wanted": (
        "職務の停止を求める票があります（過半数に足りないので、停止していません）",
        "Some want its offices suspended; it is no majority, and nothing is suspended",
    ),
    "organisation_vote": ("{title}：{reason}（{until}まで）", "{title}: {reason} (until {until})"),
    "organisation_renamed": (
        "証明書の名前が変わると、ほかの団体が届け出ています：{msp}",
        "Others say that its certificates have a new name: {msp}",
    ),
    "organisation_renamed_note": (
        "{others}が届け出ました。{msp}の管理者が登録係を決めた時から有効です。",
        "Said by {others}. In force when an admin of {msp} sets a registrar.",
    ),
    "organisation_naming": (
        "{title}：{msp}（{until}まで。団体の数が足りないので、まだ変わりません）",
        "{title}: {msp} (until {until}; not enough of them yet)",
    ),
    "nav_mandates": ("代理", "Mandates"),
    "note_mandates": (
        "だれがだれの代わりに記録してよいか。登録係には、団体の人の分がすべて出ます。",
        "Who may record for whom. A registrar sees those of all people of the organisation.",
    ),
    "col_principal": ("本人", "For"),
    "col_agent": ("代理で記録する人", "Recorded by"),
    "col_types": ("記録の種類", "What"),
    "col_since": ("いつから", "From"),
    "col_until": ("いつまで", "Until"),
    "badge_not_in_force": ("きょうは無効", "Not in force today"),
    "badge_by_registrars": ("登録係が登録（本人の鍵なし）", "Given by registrars: no own key"),
    "vouch_suspended": (
        "{title}の職務は{until}まで停止中です。記録は、いつもどおり続いています。",
        "The offices of {title} are suspended until {until}. Records go on.",
    ),
    "own_suspended_office": (
        (
            "あなたの職務（{offices}）は、{others}の票により{until}まで停止中です。"
            "職務で署名したものは端末に残ります。ご自分の記録は、いつもどおり続けられます。"
        ),
        (
            "Your office ({offices}) is suspended until {until}, by the votes of {others}."
            " What you sign for it stays on your device. Your own acts go on."
        ),
    ),
    "own_suspended": (
        (
            "{title}の職務（{offices}）は、{others}の票により{until}まで停止中です。"
            "ご自分の記録は、いつもどおり続けられます。新しい端末の登録などは、その後になります。"
        ),
        (
            "The offices of {title} ({offices}) are suspended until {until}, by the votes of"
            " {others}. Your own acts go on. A new device, say, is enrolled after that."
        ),
    ),
    "own_wanted": (
        "{others}が、{title}の職務（{offices}）の停止を求めています。まだ停止していません。",
        "{others} want the offices of {title} ({offices}) suspended. Nothing is suspended yet.",
    ),
}

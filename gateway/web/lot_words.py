"""Sentences of lots and recalls, in Japanese and English."""

from collections.abc import Mapping
from typing import Final

from gateway.town.vocabulary import sentences

LOT_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    # How a lot came into being.
    "made_on": ("つくられた日", "Made"),
    "made_by": ("つくった事業者", "Made by"),
    "grade": ("等級・階級", "Class"),
    "grade_cull": ("規格外", "Off grade"),
    "several_places": ("いくつかの産地", "Several places"),
    "no_place": ("産地の記録はありません", "No place on record"),
    "status_made": ("いくつかのロットからつくられました", "Made from other lots"),
    "status_made_note": (
        "もとになったロットと、その産地・生産者を下に示します。",
        "The lots it was made from, with where and by whom they were grown, stand below.",
    ),
    "status_opening": ("みのりを始める前からの品です", "From before Minori, by document"),
    "status_opening_note": (
        "この台帳を始める前の収穫です。書類を、生産者とは別の人が確かめて署名しました。",
        "Harvested before this ledger began. Someone else has seen the papers, and signed.",
    ),
    "status_claim": ("まだ記録が届いていません", "Not received yet"),
    "status_claim_note": (
        "生産者の収穫の記録が、まだ台帳に届いていません。時間をおいてご覧ください。",
        "The producer's own record has not reached the ledger yet. Please look again later.",
    ),
    "status_unmade": ("取り消された記録です", "Taken back"),
    "status_unmade_note": (
        "まちがいで記録されたため、取り消されました。この番号の品はありません。",
        "It was recorded by mistake and taken back. There are no goods of this number.",
    ),
    "status_denied": (
        "生産者が認めていない分があります",
        "The producer denies some of it",
    ),
    "status_denied_note": (
        "この番号で届いた品の一部を、生産者は自分のものではないと申し出ています。",
        "Of what others received under this number, the producer says some is not theirs.",
    ),
    "status_surplus": (
        "記録より多く見つかった分があります",
        "More was found than is on record",
    ),
    "status_surplus_note": (
        "この番号の品を持つ店などが、棚卸で、受け取った量より多くを数えました。生産者の確認はまだです。",
        "A holder of such goods counted more than came in; the producer has not confirmed it.",
    ),
    "status_supplemented": ("収穫の追加があります", "More was added"),
    "status_supplemented_note": (
        "見積もりより多かった分を、生産者があとから記録しました。",
        "There was more than estimated: the producer recorded it later.",
    ),
    # Recalls.
    "recalled_title": ("回収中です。食べないでください", "Recalled: please do not eat it"),
    "recalled_title_other": ("回収中です", "Recalled"),
    "recalled_title_uncertain": (
        "回収の対象かもしれません。食べないでください",
        "Recalled, as far as anyone knows: please do not eat it",
    ),
    "recalled_call": (
        "お手元にあるときは、買ったお店か下の電話番号へご連絡ください。",
        "If you have it, please call the shop where you bought it, or the number below.",
    ),
    "recall_see": ("この回収について", "About this recall"),
    "recall_state_unconfirmed": (
        "緊急の回収（二人目の確認待ち）",
        "Emergency recall, awaiting a second person",
    ),
    "recall_state_confirmed": ("回収中", "In force"),
    "recall_state_lapsed": ("効力がなくなりました", "Lapsed"),
    "recall_state_lifted": ("取り消されました", "Lifted"),
    "recall_state_closed": ("終わりました", "Closed"),
    "recall_state_drill": ("訓練", "Drill"),
    **sentences("recall.declare", "kind", "recall_kind_"),
    **sentences("recall.declare", "cause", "recall_cause_"),
    # Where the parts grew.
    "origins_title": ("もとになった収穫", "Where its parts grew"),
    "origins_note": (
        "重さの多い順です。この品に入っている可能性のある、すべての生産者です。",
        "In descending order of weight: every producer whose goods may be in it.",
    ),
    "origins_more": (
        "多すぎるため、すべては表示していません。",
        "There are too many to show them all.",
    ),
    "computed": ("計算による割合", "Share computed"),
    "computed_note": (
        "「計算による割合」は、量らずに、持ち込まれた重さの比で分けたものです。",
        "“Share computed”: not weighed, but divided in proportion to what was brought in.",
    ),
    "origin_claim": ("まだ記録が届いていません", "Not received yet"),
    "origin_opening": ("みのりの前から", "From before Minori"),
    "lineage_title": ("つながりの図", "How it was made"),
    "lineage_alt": (
        "もとのロットからこの品までの図。同じ内容を下の一覧に示します。",
        "Drawing from the first lots to this one; the lists say the same in words.",
    ),
    "lineage_folded": ("ほか{}件", "{} more"),
    "lineage_steps": ("図を文字で", "The drawing in words"),
    # What only those see whom it concerns.
    "share_title": ("あなたに見える分", "What you may see"),
    "share_note": (
        "サインインしている方だけに、その方の権限で見られる分を表示しています。",
        "Shown only to you who are signed in, as far as you may see it.",
    ),
    "share_harvest_g": ("収穫", "Harvested"),
    "share_supplement_g": ("あとからの追加", "Added later"),
    "share_made_g": ("つくった重さ", "Made"),
    "share_claimed_g": ("記録より前に受け取られた分", "Received before its record"),
    "share_denied_g": ("認めていない分", "Denied"),
    "share_plot": ("畑の番号", "Plot"),
    "share_plot_name": ("畑（印刷には出ません）", "Plot (not printed)"),
    "share_holdings": ("どこにあるか", "Where it lies"),
    "share_shipments": ("出荷・入荷", "Shipments"),
    "share_parents": ("もとになったロット", "What it was made of"),
    "share_children": ("ここからつくられたロット", "What was made of it"),
    "lineage_cut": (
        "多すぎるため、つながりのすべては表示していません。",
        "The lineage is too large to show all of it.",
    ),
    "lineage_this": ("この品", "This one"),
    "recalled_mark": ("回収", "Recalled"),
    # Entries of a lot's history.
    "entry_supplement": ("収穫を追加", "More was added"),
    "entry_opening": ("以前からの品を記録", "Stock from before recorded"),
    "entry_merge": ("ロットをまとめた", "Lots merged"),
    "entry_repack": ("詰めかえた", "Repacked"),
    "entry_sort": ("選別した", "Sorted"),
    "entry_process": ("加工した", "Processed"),
    "entry_unmake": ("記録を取り消した", "Taken back"),
    **sentences("lot.supplement", "reason", "reason_"),
    "mark_supplemented": ("追加", "Added"),
    "mark_opening": ("書類による", "By document"),
    "mark_corrected": ("訂正", "Corrected"),
}

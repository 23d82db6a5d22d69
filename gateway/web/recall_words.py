"""Sentences of the recalls' own pages, in Japanese and English."""

from collections.abc import Mapping
from typing import Final

RECALL_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "recall_cause": ("原因", "Cause"),
    "recall_kind": ("種類", "Kind"),
    "recall_scope": ("対象の決め方", "Found by"),
    "recall_scope_lot": ("ロット", "Lot"),
    "recall_scope_plot": ("畑", "Plot"),
    "recall_scope_input": ("資材", "Input"),
    "recall_scope_period": ("期間", "Period"),
    "recall_by": ("知らせた事業者", "Declared by"),
    "recall_declared": ("知らせた日時", "Declared"),
    "recall_changed": ("最後の変更", "Last change"),
    "recall_number": ("回収番号", "Recall number"),
    "recall_roots": ("対象のロット", "Lots recalled"),
    "recall_roots_note": (
        "これらのロットと、これらからつくられたすべての品が対象です。",
        "These lots, and everything made of them.",
    ),
    "recall_roots_ended": ("いま対象のロットはありません。", "No lot is recalled any more."),
    "recall_history": ("これまでの経過", "What was done"),
    "recall_event_declare": ("二人で回収を決定", "Declared by two persons"),
    "recall_event_emergency": ("一人で緊急に回収", "Declared in an emergency by one"),
    "recall_event_confirm": ("二人目が確認", "Confirmed by a second person"),
    "recall_event_extend": ("対象を追加", "Extended"),
    "recall_event_lift": ("取り消し（まちがいの回収）", "Lifted: it was a mistake"),
    "recall_event_close": ("終了（品物を確認ずみ）", "Closed: all goods are accounted for"),
    "recall_event_drill": ("訓練を記録", "Drill recorded"),
    "lift_wrong-lot": ("ロットの取りちがえ", "Another lot was meant"),
    "lift_no-fault-found": ("問題は見つかりませんでした", "No fault was found"),
    "lift_wrong-test": ("検査のまちがい", "The test was wrong"),
    "lift_typing": ("入力のまちがい", "Typed wrongly"),
    "lift_other": ("その他", "Another reason"),
    "recalls_title": ("回収のお知らせ", "Recalls"),
    "recalls_text": (
        "この町の品の回収です。終わったものも消さずに残します。",
        "Recalls of this town's produce; those that ended stay listed.",
    ),
    "recalls_none": ("いま回収のお知らせはありません。", "There are no recalls."),
    "next_page": ("つづきを見る", "Next page"),
    "csv": ("表計算ソフト用（CSV）", "For a spreadsheet (CSV)"),
}

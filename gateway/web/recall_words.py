"""Sentences of the recalls' own pages, in Japanese and English."""

from collections.abc import Mapping
from typing import Final

from gateway.town.vocabulary import sentences

RECALL_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "recalls_title": ("回収のお知らせ", "Recalls"),
    "recalls_text": (
        "この町の品の回収です。終わったものも消さずに残します。",
        "Recalls of this town's produce; those that ended stay listed.",
    ),
    "recalls_none": ("回収のお知らせはありません。", "There are no recalls."),
    "recall_title": ("回収について", "A recall"),
    "recall_back": ("この回収の記録へ", "Back to the recall"),
    "recall_scope": ("対象の決め方", "Found by"),
    **sentences("recall.declare", "scope", "recall_scope_"),
    "recall_by": ("知らせた事業者", "Declared by"),
    "recall_declared": ("知らせた日時", "Declared"),
    "recall_changed": ("最後の変更", "Last change"),
    "recall_number": ("回収番号", "Recall number"),
    "recall_entry": ("最新の記録（確認・終了の署名に）", "Latest entry, to confirm or end it by"),
    "recall_note_lifted": (
        "まちがいの回収でした。対象だった品は、この回収とは関係ありません。",
        "It was a mistake: what it named has nothing to do with it.",
    ),
    "recall_note_closed": (
        "対象の品物はすべて確認されました。",
        "All goods are accounted for.",
    ),
    "recall_note_lapsed": (
        "ひとりで知らせたもので、7日のうちに確認がなかったため、効力がなくなりました。",
        "One person declared it, and nobody confirmed it within seven days: it has lapsed.",
    ),
    "recall_note_confirmed": (
        "対象の品を食べたり売ったりしないでください。",
        "Please neither eat nor sell what it names.",
    ),
    "recall_note_unconfirmed": (
        "一人が知らせたもので、二人目の確認を待っています。それまでも有効です。",
        "One person declared it; it is in force while a second one is awaited.",
    ),
    "recall_note_drill": (
        "訓練です。何も止まりません。係の方だけに表示しています。",
        "A drill: nothing is stopped. Shown to recall officers only.",
    ),
    "recall_roots": ("対象のロット", "Lots recalled"),
    "recall_roots_note": (
        "これらのロットと、これらからつくられたすべての品が対象です。",
        "These lots, and everything made of them.",
    ),
    "recall_roots_more": ("ほか{}件", "{} more"),
    "recall_roots_once": ("対象だったロット", "Lots that were recalled"),
    "recall_roots_ended": (
        "この回収は終わっていて、これらのロットはもう対象ではありません。",
        "It has ended: these lots are recalled by it no more.",
    ),
    "recall_overdue": (
        "24時間を過ぎましたが、二人目の確認がまだです。回収は有効なままです。",
        "Overdue: no second person has confirmed it within 24 hours. It stays in force.",
    ),
    "recall_explanation": ("町からの説明", "What the public was told"),
    "recall_explanation_missing": (
        "説明の文章は、まだ公開されていません（台帳にはその要約値があります）。",
        "The text is not published yet; the ledger has its hash.",
    ),
    "recall_ended_lifted": ("回収は取り消されました", "A recall was lifted"),
    "recall_ended_closed": ("回収は終わりました", "A recall was closed"),
    "recall_ended_lapsed": ("回収は効力がなくなりました", "A recall has lapsed"),
    "recall_history": ("これまでの経過", "What was done"),
    "recall_event_declare": ("ふたつの団体で回収を決定", "Declared by two organisations"),
    "recall_event_own": ("自分の品を回収", "Recalled by whose goods they are"),
    "recall_event_emergency": ("一人で緊急に回収", "Declared in an emergency by one"),
    "recall_event_confirm": ("二人目が確認", "Confirmed by a second person"),
    "recall_event_extend": ("ひとりで対象を追加", "Extended by one officer"),
    "recall_event_widen": ("ふたつの団体で対象を追加", "Extended by two organisations"),
    "recall_event_clear": (
        "つくられ方の分からないロットの停止を解除",
        "Lots freed that it stopped because nobody knew all they were made of",
    ),
    "recall_event_lift": ("取り消し（まちがいの回収）", "Lifted: it was a mistake"),
    "recall_event_close": ("終了（品物を確認ずみ）", "Closed: all goods are accounted for"),
    "recall_event_drill": ("訓練を記録", "Drill recorded"),
    **sentences("recall.lift", "reason", "lift_"),
    **sentences("recall.clear", "reason", "clear_"),
    "back_to_recalls": ("回収の一覧へ", "All recalls"),
    # What recall officers see besides.
    "scope_title": ("どこに何があるか", "Who has what"),
    "scope_open": ("係の方へ：どこに何があるか", "For officers: who has what"),
    "scope_note": (
        "いまの記録から計算しました。連絡先は台帳にありません。事務局の名簿でお調べください。",
        "Worked out from the records as they are. Telephone numbers are in the office's register.",
    ),
    "scope_counts": (
        "対象のロット：{lots}（うち署名で名指すもの：{roots}）",
        "Lots reached: {lots}, of which a signature names {roots}",
    ),
    "scope_missing": ("追加が必要なロットがあります", "Some lots are not covered"),
    "scope_missing_note": (
        (
            "対象からつくられ、別の系列になったロットです。下の記録に署名してください。"
            "100件までは recall.extend でひとりですぐに止められます。"
            "それより多いものは recall.widen で、ふたつの団体が署名します。"
        ),
        (
            "They were made of what is recalled, with a lineage of their own: sign what stands"
            " below. One officer stops up to 100 at once by a recall.extend; more takes a"
            " recall.widen by two organisations."
        ),
    ),
    "scope_covered": ("すべてのロットが対象に入っています", "Everything is covered"),
    "scope_more_seeds": (
        "当てはまるロットが多すぎるため、すべては調べていません。",
        "More lots fit than were looked at.",
    ),
    "scope_fits_not": (
        (
            "名指すロットが{needed}件あり、空きは{room}件です（すべての回収を合わせて{most}件まで）。"
            "下の一覧は急ぐ順です。もとのロットが先、つづいて新しいロットです。入る分だけを載せました。"
            "残りは、下の表の事業者に電話をして、出荷停止（lot.hold）を頼んでください。"
            "終わった回収を完了にすると、空きが増えます。"
        ),
        (
            "{needed} lots have to be named, and there is room for {room} ({most} over all"
            " recalls). The list below is in order of urgency, the lots it begins with and then"
            " the newest, as far as there is room. Call the businesses in the table and have them"
            " hold the rest (lot.hold). Closing recalls that are over makes room."
        ),
    ),
    "scope_declare": (
        "{number}件目：recall.declare の roots",
        "Record {number}: the roots of a recall.declare",
    ),
    "scope_extend": (
        "{number}件目：recall.extend の roots",
        "Record {number}: the roots of a recall.extend",
    ),
    "scope_widen": (
        "{number}件目：recall.widen の roots",
        "Record {number}: the roots of a recall.widen",
    ),
    "scope_together_new": (
        (
            "ひとつの記録では400件まで名指せます。最初の記録につづけて、残りにも署名してください："
            "minori submit recall.widen recall=回収番号 roots=…。別の団体の方が、"
            "記録ごとに minori approve … --later で承認し、最後に minori submit queue で"
            "まとめて送ります。一度に台帳に書かれます。"
        ),
        (
            "One record names 400 lots at most. Sign the others right after the first: minori"
            " submit recall.widen recall=its-number roots=…. An officer of another organisation"
            " approves each by minori approve … --later, and sends them together by minori submit"
            " queue. They are written to the ledger at once."
        ),
    ),
    "scope_together": (
        (
            "記録ごとに minori submit recall.widen … で署名してください。別の団体の方が、"
            "記録ごとに minori approve … --later で承認し、最後に minori submit queue で"
            "まとめて送ってください。一度に台帳に書かれます。"
        ),
        (
            "Sign each by minori submit recall.widen …. An officer of another organisation approves"
            " each by minori approve … --later; send them together by minori submit queue. They are"
            " written to the ledger at once."
        ),
    ),
    "scope_unrecorded": (
        (
            "台帳にロットの記録がないもの：{}件（{}）。お店などの申し出だけの品です。"
            "ひとりで署名する recall.emergency と recall.extend では名指せないので、その記録からは"
            "除いてください。recall.declare と recall.widen（二つの団体）なら名指せます。"
            "申し出の品は、生産者が認めるまでどこにも出ません。"
        ),
        (
            "Of {} no lot is on record ({}): a business only claims to have them. Leave them out of"
            " a recall.emergency or recall.extend, which one person signs; recall.declare and"
            " recall.widen, by two organisations, name them. What is claimed goes nowhere before"
            " its producer has accepted it."
        ),
    ),
    "scope_commands": ("署名する記録：{} 件", "Records to sign: {}"),
    "scope_roots": ("署名するロットの一覧", "The lots to sign"),
    "scope_total": ("合計", "In all"),
    "preview_title": ("回収の下調べ", "Before a recall"),
    "preview_note": (
        "ここで調べても、台帳には何も書かれません。",
        "Looking here writes nothing to the ledger.",
    ),
    "preview_by_lots": ("ロット番号から", "By lot numbers"),
    "preview_lots": ("ロット番号（1行にひとつ）", "Lot numbers, one a line"),
    "preview_by_plot": ("畑と期間から", "By plot and period"),
    "preview_plot_note": (
        (
            "同じ農家の品で、畑の記録がないもの（お店の申し出だけの品、台帳より前の在庫）も"
            "含めます。"
        ),
        (
            "Goods of the same farm without a plot on record (only claimed, or from before this"
            " ledger) are included."
        ),
    ),
    "preview_plot": ("畑（生産者名で探せます）", "Plot: search by its producer's name"),
    "preview_by_producer": ("生産者・品目・期間から", "By producer, crop and period"),
    "preview_producer": ("生産者（名前で探せます）", "Producer: search by name"),
    "preview_since": ("この日から", "From"),
    "preview_until": ("この日まで", "Until"),
    "preview_button": ("調べる", "Look"),
    "preview_wrong": (
        "読めないところがあります。番号と日付をお確かめください。",
        "Something can't be read: please check numbers and dates.",
    ),
    "preview_result": ("調べた結果", "What it would reach"),
    "preview_sign": (
        (
            "これを recall.declare の roots に入れて署名し、別の団体の方が承認します。"
            "安全に関わり急ぐときは、100件まで recall.emergency でひとりですぐに止められます。"
        ),
        (
            "Sign them as the roots of a recall.declare; an officer of another organisation"
            " approves it. For safety's sake one officer stops up to 100 at once by a"
            " recall.emergency."
        ),
    ),
    "scope_left_out": (
        "同じ生産者・同じ日の、ほかの品目のロット（回収の対象になりません）",
        "Lots of the same producer and days, but of other crops: not reached",
    ),
    "scope_left_out_note": (
        "品目の打ちまちがいや、まだ名前のない品目かもしれません。一つずつお確かめください。",
        "A crop may be misspelt, or not named yet: please look at each.",
    ),
    "scope_more_left_out": (
        "対象にならないロットが多すぎて、すべては表示していません。期間をせばめてください。",
        "Too many lots are left out to show them all: narrow the period.",
    ),
    "scope_uncertain": (
        "何からつくられたか分かりきらないため、安全のために止まるロット",
        "Lots stopped for safety's sake because nobody knows all that they were made of",
    ),
    "scope_uncertain_note": (
        (
            "元のロットが多すぎて記録に入りきらないか、記録より先に届いた品です。"
            "対象のロットからつくられていないと確かめたものは、回収中に"
            " minori submit recall.clear lots=… reason=… で解除できます。"
        ),
        (
            "They have more ancestors than a record holds, or came before their record. What is"
            " found to come of no recalled lot, an officer frees while the recall is in force:"
            " minori submit recall.clear lots=… reason=…."
        ),
    ),
    "scope_more_uncertain": (
        "何からつくられたか分かりきらないロットが多すぎて、すべては表示していません。",
        "Too many lots are stopped for what they may be made of to show them all.",
    ),
    "preview_empty": ("当てはまるロットはありません。", "No lot fits."),
}

"""Every sentence of the pages, in Japanese and English; templates ask for them by name."""

from collections.abc import Mapping
from typing import Final

from gateway.town.vocabulary import sentences
from gateway.web.lot_words import LOT_WORDS
from gateway.web.organisation_words import ORGANISATION_WORDS
from gateway.web.own_words import OWN_WORDS
from gateway.web.recall_words import RECALL_WORDS
from gateway.words.language import Language

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    **LOT_WORDS,
    **ORGANISATION_WORDS,
    **OWN_WORDS,
    **RECALL_WORDS,
    "brand": ("みのり", "Minori"),
    "brand_line": ("畑から食卓までの記録", "From the field to the table"),
    "other_language": ("English", "日本語"),
    "skip": ("本文へ", "Skip to the content"),
    "demo_title": ("これはデモです", "This is a demonstration"),
    "demo_text": (
        "農園もお店も野菜も、架空のものです。",
        "The farms, the shops and the vegetables are made up.",
    ),
    "phone_lead": ("わからないときは、お電話ください", "Questions? Please telephone"),
    "phone_unset": ("電話番号は準備中です", "The telephone number is not set yet"),
    "footer_line": (
        "町と農家とお店がいっしょに記す、農産物の台帳です。",
        "A ledger of produce, kept together by the town, its farmers and its shops.",
    ),
    # The page of a lot.
    "lot_eyebrow": ("この野菜の記録", "The record of this produce"),
    "harvested_on": ("収穫", "Harvested"),
    "grown_in": ("育った場所", "Grown in"),
    "grown_by": ("つくった人", "Grown by"),
    "recorded_on": ("台帳に届いた日時", "Reached the ledger"),
    "name_withheld": ("お名前は公開されていません", "The name is not published"),
    "on_ledger_as": ("台帳での番号", "On the ledger as"),
    "status_recorded": ("収穫の記録が届いています", "The harvest is on record"),
    "status_corrected": ("記録のあとで訂正がありました", "The record was corrected later"),
    "status_corrected_note": (
        "訂正の前とあとを、下の「記録の歩み」で見られます。",
        "What it said before and after stands under “History”.",
    ),
    "status_recorded_note": (
        "届いたあとの訂正はありません。",
        "Nothing was corrected since.",
    ),
    "history": ("記録の歩み", "History"),
    "history_note": (
        "記録は書き足すだけで、消したり書きかえたりしません。",
        "Entries are only ever added, never removed or rewritten.",
    ),
    "entry_harvest": ("収穫を記録", "Harvest recorded"),
    "entry_correction": ("記録を訂正", "Record corrected"),
    "entry_recorded": ("台帳に届いた日時", "Reached the ledger"),
    "entry_hidden": (
        "公開していない部分（数量など）の訂正です。",
        "It corrects what is not public, such as a quantity.",
    ),
    "entry_by_agent": ("代理で入力した人", "Entered on the producer's behalf by"),
    "entry_signed": ("署名された内容を見る", "See what was signed"),
    "change_crop": ("品目", "Crop"),
    "change_district": ("場所", "Place"),
    "change_harvested": ("収穫日時", "Harvested"),
    "before": ("訂正前", "Before"),
    "after": ("訂正後", "After"),
    "reason": ("理由", "Reason"),
    **sentences("lot.correct_harvest", "reason", "reason_"),
    "mark_late": ("あとから入力", "Entered late"),
    "mark_future": ("端末の時計のずれ", "The device's clock was ahead"),
    "vouch": ("だれが確かめたか", "Who vouches for it"),
    "vouch_self": ("生産者の自己申告です", "Declared by the producer"),
    "vouch_self_text": (
        "生産者が自分の端末で署名した記録です。検査員などの第三者は、まだ確かめていません。",
        "The producer signed it on their own device. No inspector has checked it.",
    ),
    "vouch_maker": ("つくった事業者の自己申告です", "Declared by the business that made it"),
    "vouch_maker_text": (
        "この品をつくった事業者が署名した記録です。検査員などの第三者は、まだ確かめていません。",
        "The business that made it signed it. No inspector has checked it.",
    ),
    "vouch_keepers": ("同じ記録を保管している団体", "Organisations that keep the same record"),
    "vouch_kept": ("記録の保管", "Who keeps the record"),
    "limits_title": ("書きかえなし ≠ 安全の保証", "Unaltered is not the same as safe"),
    "limits_text": (
        "記録があとから書きかえられていなくても、内容の正しさや食品の安全は保証されません。",
        "That a record was not rewritten says nothing of whether it is true, or food is safe.",
    ),
    "qr_title": ("このページのコード", "This page's code"),
    "qr_alt": ("このページを開くQRコード", "QR code that opens this page"),
    "lot_number": ("ロット番号", "Lot number"),
    "lot_check": ("確認の文字（手で打つとき、番号の後に）", "Check character, to type after it"),
    # The start page.
    "start_title": ("袋のコードから、畑が見えます。", "From the code on the bag to the field."),
    "start_text": (
        "いつ、どこで、だれが育てたか。農家が畑で記した記録を、そのままお見せします。",
        "When, where and by whom it was grown: the farmer's own record, as it was written down.",
    ),
    "find_title": ("ラベルの番号を入れる", "Type the number on the label"),
    "find_label": (
        "ロット番号（20けた、または読み取ったコード）",
        "Lot number (20 characters), or a code",
    ),
    "find_button": ("記録を見る", "See the record"),
    "find_help": (
        "QRコードの下の英数字です。確認の文字も続けて打つと、打ちまちがいがわかります。",
        "It stands below the QR code. Type the check character, too: it tells a slip.",
    ),
    "number_elsewhere": (
        "「{host}」のコードです。この町の記録にはない番号なので、そちらでお調べください。",
        "This is a code of “{host}”, not on this town's record: please look it up there.",
    ),
    "demo_lots": ("デモのロット", "Lots of the demo"),
    "demo_lots_note": (
        "実際の町では、ロットの一覧は公開しません。",
        "In a real town, lots are never listed in public.",
    ),
    "for_programs": ("しくみを使う・調べる", "For those who build or check"),
    "for_programs_api": ("APIの仕様（OpenAPI）", "The API (OpenAPI)"),
    "for_programs_ledger": ("この台帳について", "About this ledger"),
    "for_programs_problems": ("番号で調べる：お知らせの一覧", "All messages, by number"),
    # Problems.
    "problem_number": ("お電話では、この番号をお伝えください", "On the telephone, say this number"),
    "problem_what_now": ("どうすればよいか", "What to do"),
    "problem_request": ("受付番号", "Request"),
    "problem_code": ("記号", "Code"),
    "problem_home": ("最初のページへ", "To the start page"),
    "problems_title": ("お知らせの一覧", "All messages"),
    "problems_text": (
        "画面や電話で伝えられた番号の意味と、直し方です。",
        "What each number means, and how to put it right.",
    ),
}


def word(name: str, language: Language) -> str:
    """Return a sentence in a language.

    Raises:
        KeyError: There is none of that name.
    """
    ja, en = WORDS[name]
    return en if language == "en" else ja

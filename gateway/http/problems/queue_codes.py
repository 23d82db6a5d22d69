"""Problems of the queue, the ledger, the tables: not now, mostly."""

from typing import Final

from gateway.http.problems.wording import RETRY_JA, problem
from gateway.words.codes import GatewayCode

QUEUE: Final = (
    problem(
        GatewayCode.SEQUENCE_REUSED,
        409,
        number=761,
        ja=(
            "通し番号が重なっています",
            "この端末の同じ番号で、別の記録が届いています。",
            "端末の最新位置を取り直し、署名し直してください。",
        ),
        en=(
            "The running number is used",
            "Another command of this device has it, on record or in the queue.",
            "Ask for GET /api/devices/{kid}/head and sign the rest anew.",
        ),
    ),
    problem(
        GatewayCode.ENTERED_TWICE,
        409,
        number=772,
        ja=(
            "同じ記録が、もう届いています",
            "この記録は、前の端末など別の鍵で署名されて、もう届いています。まだ何も受け付けていません。",
            "一度だけのことなら送らないでください。もう一度あったことなら、againを付けて送ってください。",
        ),
        en=(
            "The same entry was sent before",
            "It came signed by another key, such as a former device's. Nothing was queued.",
            "Drop it if it happened once; send it with `again` if it happened once more.",
        ),
    ),
    problem(
        GatewayCode.QUEUE_FULL,
        503,
        number=762,
        ja=("ただいま混み合っています", "順番待ちがいっぱいで、受け付けませんでした。", RETRY_JA),
        en=(
            "The queue is full",
            "Nothing of this request was queued.",
            "Wait as long as Retry-After says, then send the same again.",
        ),
    ),
    problem(
        GatewayCode.BUSY,
        503,
        number=770,
        ja=(
            "ただいま混み合っています",
            "ほかの方の処理が重なり、受け付けませんでした。",
            RETRY_JA,
        ),
        en=(
            "Busy",
            "Too much of this is under way at once; nothing of this request was done.",
            "Wait as long as Retry-After says, then send the same again.",
        ),
    ),
    problem(
        GatewayCode.NOT_THERE_YET,
        503,
        number=763,
        ja=(
            "最新の記録を読み込み中です",
            "お求めの時点の記録に、まだ追いついていません。",
            RETRY_JA,
        ),
        en=(
            "Not at that block yet",
            "The tables have not reached the block asked for.",
            "Ask again, as Retry-After says.",
        ),
    ),
    problem(
        GatewayCode.LEDGER_UNAVAILABLE,
        503,
        number=764,
        ja=("台帳につながりません", "いま台帳と通信できません。", RETRY_JA),
        en=(
            "The ledger is unavailable",
            "This gateway can't reach its ledger now.",
            "Ask again, as Retry-After says.",
        ),
    ),
    problem(
        GatewayCode.RULES_MISSING,
        503,
        number=773,
        ja=(
            "プログラムの更新が必要です",
            "町の規則が新しくなりましたが、この団体のプログラムがまだ古いままです。",
            "受け付けた記録は残っていて、更新がすむと台帳に届きます。運営者に更新を頼んでください。",
        ),
        en=(
            "The program here is too old",
            "Newer rules are in force than this organisation's program has (VERSION_MISSING).",
            "What was queued stays, and lands after the update. Ask whoever runs it to update.",
        ),
    ),
    problem(
        GatewayCode.TABLES_UNAVAILABLE,
        503,
        number=765,
        ja=("記録を読み出せません", "いま一覧の保管場所と通信できません。", RETRY_JA),
        en=(
            "The tables are unavailable",
            "This gateway can't read its database now.",
            "Ask again, as Retry-After says.",
        ),
    ),
    problem(
        GatewayCode.OUTBOX_UNAVAILABLE,
        503,
        number=766,
        ja=("受け付けられません", "お預かりする場所に書き込めませんでした。", RETRY_JA),
        en=(
            "The outbox is unavailable",
            "This gateway can't keep commands durably now; nothing was queued.",
            "Send the same again, as Retry-After says, or to another gateway.",
        ),
    ),
    problem(
        GatewayCode.STOPPING,
        503,
        number=767,
        ja=("窓口を閉じるところです", "この窓口は停止中で、受け付けませんでした。", RETRY_JA),
        en=(
            "The gateway is stopping",
            "Nothing of this request was queued.",
            "Send the same again, as Retry-After says, or to another gateway.",
        ),
    ),
    problem(
        GatewayCode.NOT_READY,
        503,
        number=771,
        ja=(
            "準備ができていません",
            "台帳か一覧か受付のどれかが動いていません。",
            "`health` の内容を確かめてください。",
        ),
        en=(
            "Not ready",
            "The ledger, the tables or the queue are not as they should be.",
            "See `health`; requests may wait meanwhile, and nothing accepted is lost.",
        ),
    ),
    problem(
        GatewayCode.OUT_OF_TIME,
        503,
        number=768,
        ja=("時間がかかりすぎました", "決められた時間内に答えられませんでした。", RETRY_JA),
        en=(
            "Out of time",
            "The answer took longer than this gateway allows.",
            "Ask again; a command sent again is taken once.",
        ),
    ),
    problem(
        GatewayCode.INTERNAL,
        500,
        number=769,
        ja=("思わぬ不具合が起きました", "こちらの不具合です。ご迷惑をおかけします。", RETRY_JA),
        en=(
            "Something failed",
            "This is a bug of ours.",
            "Try again; if it stays, report the code and the request's id.",
        ),
    ),
)

"""Problems of the gateway itself: request, session, what was asked for."""

from typing import Final

from gateway.http.problems.wording import RETRY_JA, problem
from gateway.words.codes import GatewayCode

REQUEST: Final = (
    problem(
        GatewayCode.INVALID_REQUEST,
        422,
        number=701,
        ja=(
            "入力の形が正しくありません",
            "項目が足りないか、形式が違います。",
            "`errors` の項目を直してください。",
        ),
        en=(
            "The request is not valid",
            "A parameter, header or member is missing or has the wrong form.",
            "Correct what `errors` lists; /api/openapi.json describes every request.",
        ),
    ),
    problem(
        GatewayCode.UNSUPPORTED_MEDIA_TYPE,
        415,
        number=702,
        ja=(
            "受け取れない形式です",
            "本文は JSON だけを受け取ります。",
            "Content-Type を application/json にしてください。",
        ),
        en=(
            "Unsupported media type",
            "A body must be JSON.",
            "Send it with Content-Type: application/json.",
        ),
    ),
    problem(
        GatewayCode.REQUEST_TOO_LARGE,
        413,
        number=703,
        ja=(
            "送る量が多すぎます",
            "1回に送れる大きさを超えています。",
            "何回かに分けて送ってください。",
        ),
        en=(
            "The request is too large",
            "Its body has more bytes than this gateway reads.",
            "Divide it into several requests.",
        ),
    ),
    problem(
        GatewayCode.TOO_MANY_COMMANDS,
        413,
        number=704,
        ja=(
            "件数が多すぎます",
            "1回に送れる件数を超えています。",
            "何回かに分けて送ってください。",
        ),
        en=(
            "Too many commands",
            "A request holds fewer commands than this.",
            "Divide it into several requests, in the order of their running numbers.",
        ),
    ),
    problem(
        GatewayCode.ROUTE_NOT_FOUND,
        404,
        number=705,
        ja=(
            "ページが見つかりません",
            "このアドレスには何もありません。",
            "アドレスを確かめてください。",
        ),
        en=("Not found", "There is nothing at this address.", "See /api/openapi.json for what is."),
    ),
    problem(
        GatewayCode.METHOD_NOT_ALLOWED,
        405,
        number=706,
        ja=(
            "できない操作です",
            "このアドレスでは使えない方法です。",
            "Allow ヘッダーの方法を使ってください。",
        ),
        en=(
            "Method not allowed",
            "This address does not take that method.",
            "Use one of the header Allow.",
        ),
    ),
    problem(
        GatewayCode.ORIGIN_REFUSED,
        403,
        number=707,
        ja=(
            "ほかのサイトからの操作です",
            "このサイトのページからだけ操作できます。",
            "このサイトを開き直してください。",
        ),
        en=(
            "Refused origin",
            "A page of another site sent this, or no Origin came with a session cookie.",
            "Send it from this gateway's own pages, or use the bearer token.",
        ),
    ),
    problem(
        GatewayCode.RATE_LIMITED,
        429,
        number=708,
        ja=("回数が多すぎます", "短い間に送れる回数を超えました。", RETRY_JA),
        en=(
            "Too many requests",
            "This address or device has used up its share for now; nothing was queued.",
            "Wait as long as Retry-After says, then send the same again.",
        ),
    ),
)

SESSION: Final = (
    problem(
        GatewayCode.SESSION_REQUIRED,
        401,
        number=721,
        ja=(
            "端末の確認が必要です",
            "この内容は、関係する端末にだけ表示します。",
            "パソコンでは minori pages で開いてください。電話でのお問い合わせもどうぞ。",
        ),
        en=(
            "A session is required",
            "This is shown to enrolled devices only.",
            "Run `minori pages` where your key is; programs: see POST /api/sessions/challenge.",
        ),
    ),
    problem(
        GatewayCode.SESSION_ENDED,
        401,
        number=722,
        ja=(
            "端末の確認が切れました",
            "時間が過ぎたか、端末の使用が止められました。",
            "もう一度、端末の確認をしてください（パソコンでは minori pages）。",
        ),
        en=(
            "The session has ended",
            "It expired, was closed, or its device was revoked.",
            "Sign a new challenge; for the pages, run `minori pages` again.",
        ),
    ),
    problem(
        GatewayCode.CHALLENGE_REFUSED,
        403,
        number=723,
        ja=(
            "端末の確認ができませんでした",
            "確認の合い言葉が古いか、使用済みです。",
            "もう一度、最初から行ってください。",
        ),
        en=(
            "The challenge is refused",
            "It is not this gateway's, was made for another key, has expired, or was used.",
            "Ask for a new challenge and sign that, once.",
        ),
    ),
    problem(
        GatewayCode.WRONG_AUDIENCE,
        403,
        number=724,
        ja=(
            "別の窓口あての確認です",
            "この窓口のために署名されたものではありません。",
            "このサイトを開き直して、もう一度行ってください。",
        ),
        en=(
            "Signed for another gateway",
            "`audience` is not an origin of this gateway.",
            "Sign the scheme, host and port at which you reach this gateway, no other.",
        ),
    ),
    problem(
        GatewayCode.NOT_YOUR_DEVICE,
        403,
        number=725,
        ja=(
            "ほかの端末の情報です",
            "端末の位置は、その端末にだけ表示します。",
            "その端末で開いてください。",
        ),
        en=(
            "Another device's",
            "A device's head is given to that device alone.",
            "Open a session with the device's own key.",
        ),
    ),
    problem(
        GatewayCode.NOT_YOUR_OFFICE,
        403,
        number=726,
        ja=(
            "係の方だけの画面です",
            "この内容は、その役割を持つ人にだけ表示します。",
            "役割が必要なときは、事務局にご連絡ください。",
        ),
        en=(
            "Not your office",
            "This is shown only to whoever holds the role for it.",
            "Ask the registrar, if you should hold it.",
        ),
    ),
    problem(
        GatewayCode.NOT_YOUR_COMMAND,
        403,
        number=728,
        ja=(
            "ご自分の記録ではありません",
            "試せるのは、サインインした本人の記録だけです。",
            "その人の端末でサインインしてください。",
        ),
        en=(
            "Another's command",
            "Only what the signed-in person would sign can be tried.",
            "Open a session with a device of the command's actor.",
        ),
    ),
    problem(
        GatewayCode.LINK_REFUSED,
        403,
        number=727,
        ja=(
            "このリンクは使えません",
            "リンクは一度だけ、短い間だけ使えます。",
            "端末で新しいリンクを作ってください。",
        ),
        en=(
            "The link can't be used",
            "A link opens the pages once, and for a short time only.",
            "Make a new one on the device that made this.",
        ),
    ),
)

FOUND: Final = (
    problem(
        GatewayCode.COMMAND_NOT_FOUND,
        404,
        number=741,
        ja=(
            "記録がまだ届いていません",
            "この番号の記録は、ここには届いていません。",
            "送った端末で送信状態を確かめてください。",
        ),
        en=(
            "No such command",
            "No command of this id is queued here or on record.",
            "Send it again: the same command is taken once.",
        ),
    ),
    problem(
        GatewayCode.LOT_NOT_FOUND,
        404,
        number=742,
        ja=(
            "まだ記録が届いていません",
            "このロットの収穫の記録は、まだ台帳に届いていません。",
            "畑で印刷したラベルは、記録が後から届くことがあります。時間をおいてご覧ください。",
        ),
        en=(
            "Not received yet",
            "No harvest of this lot has reached the ledger so far.",
            "Labels are printed in the field, often before the record arrives: look again later.",
        ),
    ),
    problem(
        GatewayCode.PROBLEM_NOT_FOUND,
        404,
        number=743,
        ja=(
            "その番号の説明はありません",
            "この記号の不具合は知られていません。",
            "一覧から選んでください。",
        ),
        en=("No such code", "No answer of this gateway has that code.", "See /problems for all."),
    ),
    problem(
        GatewayCode.RECALL_NOT_FOUND,
        404,
        number=745,
        ja=(
            "その回収は見つかりません",
            "この番号の回収は公表されていません。",
            "一覧から選んでください。",
        ),
        en=(
            "No such recall",
            "No recall of this number has been made public.",
            "Choose one from the list.",
        ),
    ),
    problem(
        GatewayCode.STICKER_NOT_FOUND,
        404,
        number=746,
        ja=(
            "このシールの記録はまだありません",
            "この番号のシールは、まだどのロットにも結びついていません。",
            "番号を確かめるか、時間をおいてご覧ください。",
        ),
        en=(
            "No such sticker yet",
            "This sticker's number is bound to no lot so far.",
            "Check the number, or look again later.",
        ),
    ),
    problem(
        GatewayCode.SCOPE_EMPTY,
        404,
        number=747,
        ja=(
            "当てはまるロットがありません",
            "この条件のロットは台帳にありません。",
            "番号、畑、期間を確かめてください。",
        ),
        en=(
            "No lot fits",
            "No lot on record is what was asked for.",
            "Check the numbers, the plot and the period.",
        ),
    ),
    problem(
        GatewayCode.CURSOR_INVALID,
        400,
        number=744,
        ja=(
            "続きの目印が正しくありません",
            "一覧の続きを読み出せません。",
            "一覧を最初から開き直してください。",
        ),
        en=(
            "The cursor is not valid",
            "It is not one that this list gave.",
            "Follow `next` as it came, or start again without a cursor.",
        ),
    ),
    problem(
        GatewayCode.BLOCK_TOO_FAR,
        422,
        number=748,
        ja=(
            "その番号の記録はありません",
            "お求めの番号は、台帳にある記録よりはるかに先です。",
            "送信の答えにある `block` の番号にするか、番号を付けずに読み込んでください。",
        ),
        en=(
            "That block is far off",
            "The ledger has not nearly as many blocks as were asked for.",
            "Ask for the `block` that the answer to a command named, or for none.",
        ),
    ),
)

"""Problems of rule: everything is there, and a rule forbids it."""

from typing import Final

from chaincode.base.errors import Code
from gateway.http.problems.wording import problem

RULE: Final = (
    problem(
        Code.BAD_PROOF,
        422,
        number=601,
        ja=(
            "端末の確認に失敗しました",
            "新しい鍵の署名が一致しません。",
            "招待をやり直してください。",
        ),
        en=(
            "The proof does not verify",
            "The new key did not sign this enrolment.",
            "Invite the device again.",
        ),
    ),
    problem(
        Code.ROLE_NOT_GRANTABLE,
        422,
        number=602,
        ja=(
            "与えられない役割です",
            "その団体が出せる役割ではありません。",
            "役割を選び直してください。",
        ),
        en=(
            "The role can't be granted",
            "The constitution does not let this organisation grant it.",
            "Grant one of the organisation's roles.",
        ),
    ),
    problem(
        Code.NOT_DELEGABLE,
        422,
        number=603,
        ja=(
            "代理にできない記録です",
            "この種類は本人だけが記録できます。",
            "ご本人が記録してください。",
        ),
        en=("Not delegable", "No mandate may name this type.", "The principal signs it in person."),
    ),
    problem(
        Code.PERIOD_REVERSED,
        422,
        number=604,
        ja=("期間が逆です", "終わりの日が始まりの日より前です。", "日付を入れ直してください。"),
        en=("The period is reversed", "It ends before it begins.", "Correct the dates."),
    ),
    problem(
        Code.PERIOD_TOO_LONG,
        422,
        number=638,
        ja=(
            "期間が長すぎます",
            "終わりの日が期限より先です（失効の例外は31日、職務の停止は90日まで）。",
            "終わりの日を早めてください。",
        ),
        en=(
            "The period is too long",
            "It ends too late: what a revocation spares after 31 days, a suspension after 90.",
            "Name an earlier day.",
        ),
    ),
    problem(
        Code.TOO_MANY_DEVICES,
        422,
        number=605,
        ja=(
            "端末が多すぎます",
            "1人が登録できる端末の数を超えます。",
            "使わない端末を止めてから登録してください。端末を止めるときは、残りの記録を受け付けずに止めてください。",
        ),
        en=(
            "Too many devices",
            "An actor has at most eight that are not revoked, and eight more that drain.",
            "Revoke one that is no longer used, or spare nothing.",
        ),
    ),
    problem(
        Code.OFFICE_ON_SHARED_KEY,
        422,
        number=641,
        ja=(
            "共用の端末に職務は持たせられません",
            "登録係・回収係・検査員・監査人などの職務は、1人だけが使う端末で行います。",
            "共用の端末を止めるか、職務のない人の端末として登録してください。",
        ),
        en=(
            "A shared key holds no office",
            "Registrars, officers, inspectors, clerks and auditors sign by a device of their own.",
            "Revoke the shared device, or enrol it for someone without an office.",
        ),
    ),
    problem(
        Code.CONSTITUTION_REFUSED,
        422,
        number=606,
        ja=(
            "取り決めを変えられません",
            "変えてはならない部分が変わっています。",
            "団体を消さず、番号、時差、記録の種類の組をそのままにしてください。",
        ),
        en=(
            "The constitution may not become this",
            "Its id, demo mark, offset, families and the organisations it has must stay.",
            "Add to it, and change only titles and roles.",
        ),
    ),
    problem(
        Code.ROLE_TAKEN_UNSIGNED,
        422,
        number=612,
        ja=(
            "その団体の署名がありません",
            "役割を減らされる団体が署名していません。",
            "その団体も署名するか、他の団体の過半数で職務を一時停止してください（organisation.suspend）。",
        ),
        en=(
            "Its organisation has not signed",
            "It takes a role from an organisation that signs neither proposal nor approval.",
            "Let it sign, or let the others suspend its offices (organisation.suspend).",
        ),
    ),
    problem(
        Code.TOO_FEW_ORGANISATIONS,
        422,
        number=613,
        ja=(
            "職務を停止できない団体です",
            "停止には他の団体の過半数（2つ以上）が要ります。監査人に職務はありません。",
            "2つの団体だけの台帳では、話し合ってください。",
        ),
        en=(
            "It can't be suspended",
            "It takes a majority of the others, two at least; an auditor has no offices.",
            "Where there are two organisations, come to terms.",
        ),
    ),
    problem(
        Code.RULES_UNKNOWN,
        422,
        number=607,
        ja=(
            "その規則はありません",
            "知らない版か、前の版に戻そうとしています。",
            "正しい版を選んでください。",
        ),
        en=(
            "Unknown rules",
            "There is no such version, or it is older than the one in force.",
            "Name a version that every organisation runs.",
        ),
    ),
    problem(
        Code.INSUFFICIENT_QUANTITY,
        422,
        number=608,
        ja=(
            "在庫より多い数量です",
            "手元にある量を超えています。",
            "数量を直すか、先に収穫・受け取りの記録を直してください。",
        ),
        en=(
            "More than there is",
            "The party holds fewer grams of this lot.",
            "Correct the quantity, or first the harvest or receipt it comes from.",
        ),
    ),
    problem(
        Code.UNPROVEN,
        422,
        number=644,
        ja=(
            "棚卸で見つかった分が含まれます",
            "棚卸で見つかった、受け取った量を超える分は、ほかへ渡せません。",
            "数量を減らすか、ここで販売してください。生産者が追加を記録し、出荷し直すこともできます。",
        ),
        en=(
            "Some of it nobody else vouches for",
            "What stock-takings found beyond what came in stays where it is.",
            "Name fewer grams, or sell it here; or the producer adds and ships it.",
        ),
    ),
    problem(
        Code.ALREADY_LEFT,
        422,
        number=609,
        ja=(
            "もう手元を離れた分があります",
            "すでに出荷・販売した量よりも少なくは直せません。",
            "先に返送や販売の訂正を記録してください。",
        ),
        en=(
            "It has already left",
            "The correction would go below what was shipped or sold since.",
            "First take back a shipment, or correct what was sold.",
        ),
    ),
    problem(
        Code.NOT_AN_EMERGENCY,
        422,
        number=631,
        ja=(
            "緊急の回収ではありません",
            "ほかの事業者の品をひとりで回収できるのは、安全に関わるときだけです。",
            "ふたりで回収を始めてください。",
        ),
        en=(
            "Not an emergency",
            "Of others' goods one person alone may declare only a safety recall.",
            "Propose it, and let a second person approve.",
        ),
    ),
    problem(
        Code.PACKS_DIFFER,
        422,
        number=632,
        ja=(
            "数と重さが合いません",
            "個数×1個の重さが、重さの合計と違います。",
            "個数か重さを直してください。",
        ),
        en=(
            "Packs and grams differ",
            "Count times grams per unit is not the quantity.",
            "Correct the count or the quantity, or leave the grams per unit out if it was weighed.",
        ),
    ),
    problem(
        Code.CROP_DIFFERS,
        422,
        number=633,
        ja=(
            "品目が違います",
            "混ぜるロットやできたロットの品目が同じではありません。",
            "品目を確かめてください。加工なら「加工」として記録してください。",
        ),
        en=(
            "Another crop",
            "Lots of different crops can't be one, or the label says another crop.",
            "Check the lots; what becomes another product is processed.",
        ),
    ),
    problem(
        Code.SHARES_DIFFER,
        422,
        number=634,
        ja=(
            "内訳が合いません",
            "使った量と、できたロットへの内訳が合いません。",
            "元のロットごとに、入れた量と内訳を確かめてください。",
        ),
        en=(
            "The shares don't fit",
            "Inputs cover what came of them; a merge loses nothing; formulas hold.",
            "Correct the inputs and what of each went into each new lot.",
        ),
    ),
    problem(
        Code.MORE_THAN_RECORDED,
        422,
        number=610,
        ja=(
            "元の記録より多い訂正です",
            "訂正や否認の量が、そこに記録された合計を超えています。",
            "元の数量を確かめてください。",
        ),
        en=(
            "More than was recorded",
            "More is corrected, or denied, than was booked there.",
            "Name what the corrected command said.",
        ),
    ),
    problem(
        Code.SUM_DIFFERS,
        422,
        number=611,
        ja=(
            "合計が合いません",
            "差の分け方の合計が、差の量と違います。",
            "1グラムまで合うように分けてください。",
        ),
        en=(
            "The sum differs",
            "The parts must add up to the disputed grams.",
            "Divide the disputed grams to the last one.",
        ),
    ),
    problem(
        Code.LABELS_TAKEN,
        422,
        number=635,
        ja=(
            "使われている番号です",
            "その番号のシールは、ほかのロットに結びついています。",
            "番号を確かめるか、先に結びつきを外してください。",
        ),
        en=(
            "Labels taken",
            "Some of these stickers are bound already.",
            "Check the numbers, or unbind the range first.",
        ),
    ),
    problem(
        Code.TOO_MANY_CLAIMS,
        422,
        number=651,
        ja=(
            "答えを待つ申告が多すぎます",
            "生産者の答えを待つ申告は、50ロットまでです。",
            "生産者に答えてもらうか、まちがった申告を0gに訂正してください。",
        ),
        en=(
            "Too many claims",
            "At most 50 lots can wait for their producers' answer.",
            "Ask the producers to answer, or correct mistaken claims to 0 g.",
        ),
    ),
    problem(
        Code.TOO_MANY_LABELS,
        422,
        number=636,
        ja=(
            "このロールはもう分けられません",
            "ひとつのロールに結びつけられる範囲の数を超えました。",
            "次のロールを使ってください。",
        ),
        en=(
            "Too many ranges",
            "The roll has as many ranges as it can have.",
            "Use the next roll.",
        ),
    ),
    problem(
        Code.RUN_OPEN,
        409,
        number=639,
        ja=(
            "この品の選別はまだ終わっていません",
            "選別した品は、最後の等級を記録するまで動かせません。",
            "最後の等級まで記録するか、新しい等級から順に取り消してください。",
        ),
        en=(
            "Its sorting has not ended",
            "Nothing that came out of a run moves before its last class is recorded.",
            "Record the last class, or take the classes back, the latest first.",
        ),
    ),
    problem(
        Code.TOO_MANY_ROOTS,
        422,
        number=637,
        ja=(
            "回収の範囲が広すぎます",
            "回収中のロットが、全体の上限、または団体・事業者ごとの上限を超えます。",
            "終わった回収を完了にするか、入らない品の出荷停止を事業者に頼んでください。",
        ),
        en=(
            "Too many roots",
            "All open recalls, or this organisation's or party's, name or clear too many lots.",
            "Close recalls whose goods are accounted for, or have holders hold what does not fit.",
        ),
    ),
)

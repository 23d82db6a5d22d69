"""Problems of existence, state and rule: what the ledger holds does not allow it."""

from typing import Final

from chaincode.errors import Code
from gateway.api.problems.wording import problem

_CHOOSE_JA: Final = "番号を確かめて、選び直してください。"
_CHECK_EN: Final = "Check the id; it may not have reached the ledger yet."

EXISTENCE: Final = (
    problem(
        Code.UNKNOWN_ORGANISATION,
        404,
        number=401,
        ja=("団体が見つかりません", "台帳にない団体です。", _CHOOSE_JA),
        en=("Unknown organisation", "The constitution has no such organisation.", _CHECK_EN),
    ),
    problem(
        Code.UNKNOWN_PARTY,
        404,
        number=402,
        ja=("農園・お店が見つかりません", "台帳に登録されていません。", _CHOOSE_JA),
        en=("Unknown party", "No such party is registered.", _CHECK_EN),
    ),
    problem(
        Code.UNKNOWN_ACTOR,
        404,
        number=403,
        ja=("人が見つかりません", "台帳に登録されていません。", _CHOOSE_JA),
        en=("Unknown actor", "No such actor is registered.", _CHECK_EN),
    ),
    problem(
        Code.UNKNOWN_DEVICE,
        404,
        number=404,
        ja=("端末が見つかりません", "その人の端末として登録されていません。", _CHOOSE_JA),
        en=("Unknown device", "That actor has no such device.", _CHECK_EN),
    ),
    problem(
        Code.UNKNOWN_MANDATE,
        404,
        number=405,
        ja=("委任が見つかりません", "その委任は台帳にありません。", _CHOOSE_JA),
        en=("Unknown mandate", "There is no such mandate.", _CHECK_EN),
    ),
    problem(
        Code.UNKNOWN_PROPOSAL,
        404,
        number=406,
        ja=(
            "提案が見つかりません",
            "承認する提案が台帳にありません。",
            "相手に提案の番号を確かめてください。",
        ),
        en=(
            "Unknown proposal",
            "There is no such proposal of that proposer.",
            "Name the proposal's id and its proposer's device, actor and principal.",
        ),
    ),
    problem(
        Code.UNKNOWN_PLOT,
        404,
        number=407,
        ja=(
            "ほ場が見つかりません",
            "台帳に登録されていないほ場です。",
            "農地の登録窓口にお電話ください。",
        ),
        en=("Unknown plot", "No such plot is registered.", "The land registrar enters plots."),
    ),
    problem(
        Code.UNKNOWN_LOT,
        404,
        number=408,
        ja=("ロットが見つかりません", "このロットの記録は台帳にありません。", _CHOOSE_JA),
        en=("Unknown lot", "There is no such lot of this party.", _CHECK_EN),
    ),
    problem(
        Code.UNKNOWN_SHIPMENT,
        404,
        number=409,
        ja=("出荷が見つかりません", "あなたあての、その出荷はありません。", _CHOOSE_JA),
        en=("Unknown shipment", "There is no such shipment between these parties.", _CHECK_EN),
    ),
    problem(
        Code.NOTHING_HELD,
        404,
        number=410,
        ja=(
            "手元にそのロットがありません",
            "受け取りの記録がまだないロットです。",
            "先に受け取りを記録してください。",
        ),
        en=(
            "Nothing held",
            "The party holds nothing of this lot.",
            "Record the harvest or the receipt first.",
        ),
    ),
    problem(
        Code.ID_NOT_DERIVED,
        422,
        number=411,
        ja=(
            "番号の作り方が違います",
            "ラベルの番号が決まった計算と合いません。",
            "新しい番号を作ってください。",
        ),
        en=(
            "The id is not derived",
            "It does not follow from ledger, party, nonce and index.",
            "Derive it as the specification says, or draw a new nonce.",
        ),
    ),
    problem(
        Code.ID_TAKEN,
        409,
        number=412,
        ja=(
            "その番号は使われています",
            "同じ番号がすでに台帳にあります。",
            "新しい番号で記録してください。",
        ),
        en=("The id is taken", "A record of this id exists.", "Draw a new nonce."),
    ),
)

STATE: Final = (
    problem(
        Code.PROPOSAL_CLOSED,
        409,
        number=501,
        ja=(
            "提案は終わっています",
            "すでに承認または取り下げ済みです。",
            "必要なら新しく提案してください。",
        ),
        en=(
            "The proposal is closed",
            "It was applied or withdrawn before.",
            "Propose anew if it is still wanted.",
        ),
    ),
    problem(
        Code.PROPOSAL_DIFFERS,
        409,
        number=502,
        ja=(
            "提案と内容が違います",
            "承認の内容が、提案されたものと同じではありません。",
            "提案を開き直してください。",
        ),
        en=(
            "The approval differs",
            "Type, body or closed part are not the proposal's.",
            "Repeat them byte for byte.",
        ),
    ),
    problem(
        Code.DEVICE_REVOKED,
        409,
        number=503,
        ja=("使用を止めた端末です", "その端末の鍵は失効しています。", "別の端末で行ってください。"),
        en=("The device is revoked", "It was revoked before.", "Use or name another device."),
    ),
    problem(
        Code.HAS_OWN_KEY,
        409,
        number=508,
        ja=(
            "ご本人の端末があります",
            "この人は自分の端末を持っています。",
            "代理の届け出は、ご本人の端末から行ってください。",
        ),
        en=(
            "The principal has a key",
            "Registrars give a mandate only for somebody who has no device.",
            "The principal grants it in person with mandate.grant.",
        ),
    ),
    problem(
        Code.NOT_IN_TRANSIT,
        409,
        number=504,
        ja=(
            "輸送中の出荷ではありません",
            "すでに受け取り、または返送済みです。",
            "数の訂正は「受け取りの訂正」で行います。",
        ),
        en=(
            "Not in transit",
            "The shipment was received or returned before.",
            "Correct the count with lot.correct_receipt.",
        ),
    ),
    problem(
        Code.NOT_DISPUTED,
        409,
        number=505,
        ja=(
            "差の確認待ちではありません",
            "この出荷に、解決が必要な差はありません。",
            "何もする必要はありません。",
        ),
        en=("Not disputed", "The shipment has no difference to settle.", "Nothing is to be done."),
    ),
    problem(
        Code.NOT_RECEIVED,
        409,
        number=506,
        ja=(
            "まだ受け取られていません",
            "受け取りの記録がないか、解決済みです。",
            "先に受け取りを記録してください。",
        ),
        en=(
            "Not received",
            "There is no count to correct, or its difference is settled.",
            "Record the receipt first.",
        ),
    ),
    problem(
        Code.NOT_THE_LATEST,
        409,
        number=507,
        ja=(
            "先に別の更新がありました",
            "古い記録にもとづいています。",
            "最新の記録を開き直して、もう一度行ってください。",
        ),
        en=(
            "Not the latest",
            "It corrects or changes an entry that is no longer in force.",
            "Read the record again and name the entry in force.",
        ),
    ),
)

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
        Code.TOO_MANY_DEVICES,
        422,
        number=605,
        ja=(
            "端末が多すぎます",
            "1人が登録できる端末の数を超えます。",
            "使わない端末を止めてから登録してください。",
        ),
        en=(
            "Too many devices",
            "An actor has at most eight that are not revoked.",
            "Revoke one that is no longer used.",
        ),
    ),
    problem(
        Code.CONSTITUTION_REFUSED,
        422,
        number=606,
        ja=(
            "取り決めを変えられません",
            "変えてはならない部分が変わっています。",
            "団体を消さず、番号と時差をそのままにしてください。",
        ),
        en=(
            "The constitution may not become this",
            "Its id, demo mark, offset and the organisations it has must stay.",
            "Add to it, and change only titles and roles.",
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
        Code.MORE_THAN_RECORDED,
        422,
        number=610,
        ja=(
            "元の記録より多い訂正です",
            "訂正する量が、記録された合計を超えています。",
            "元の数量を確かめてください。",
        ),
        en=(
            "More than was recorded",
            "`was_g` exceeds the sum booked.",
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
)

"""Problems of state: what the command names is not in a state for it."""

from typing import Final

from chaincode.base.errors import Code
from gateway.http.problems.wording import problem

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
        en=(
            "The device is revoked",
            "It was revoked before, and this leaves it no less.",
            "Use or name another device.",
        ),
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
        Code.NOT_BOUGHT,
        409,
        number=541,
        ja=(
            "買い取った品物ではありません",
            "その出荷で来たのは、預かった品物か、返品されて戻った品物です。",
            "預かった品物は lot.take_back で返してください。戻った品物は、もう送り返せません。",
        ),
        en=(
            "Not bought",
            "What came by that shipment is on consignment, or had been sent back to you.",
            "Give consigned goods back with lot.take_back; what was sent back to you is at home.",
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
    problem(
        Code.NOT_HARVESTED,
        409,
        number=531,
        ja=(
            "収穫の記録がないロットです",
            "生産者の収穫記録にもとづくロットではないため、この操作はできません。",
            "店が先に受け取ったロットは、受け取りの訂正で直してください。",
        ),
        en=(
            "Not a harvested lot",
            "The lot's record is a claim, or it was made from other lots.",
            "Of a claim, correct the arrival; of a made lot, take the run back.",
        ),
    ),
    problem(
        Code.RUN_DIFFERS,
        409,
        number=532,
        ja=(
            "作業の記録が一致しません",
            "取り消そうとしている作業と、そのロットを作った作業が違います。",
            "もとの作業の記録をそのまま指定してください。",
        ),
        en=(
            "Another run",
            "These lots were not made by the run that is named, or it was taken back.",
            "Repeat the run's type, open and closed part as they were signed.",
        ),
    ),
    problem(
        Code.RUN_ENDED,
        409,
        number=538,
        ja=(
            "この選別は終わっています",
            "最後の等級まで記録されたか、取り消された選別です。または等級の数が上限です。",
            "最後の等級を取り消してから続けるか、新しい選別として記録してください。",
        ),
        en=(
            "This sorting has ended",
            "Its last class is recorded, it was taken back, or it has as many classes as it can.",
            "Take its last class back and go on, or begin another.",
        ),
    ),
    problem(
        Code.ON_HOLD,
        409,
        number=533,
        ja=(
            "保留中のロットです",
            "保管している人が出荷・販売を止めています。",
            "問題がないと分かったら、保留を解いてください。",
        ),
        en=(
            "On hold",
            "The holder has stopped this lot.",
            "Release it first, when it is found in order.",
        ),
    ),
    problem(
        Code.NOT_ON_HOLD,
        409,
        number=534,
        ja=(
            "保留されていません",
            "このロットは保留中ではありません。",
            "番号を確かめてください。",
        ),
        en=(
            "Not on hold",
            "This holding is not on hold.",
            "Check which lot was meant.",
        ),
    ),
    problem(
        Code.RECALLED,
        409,
        number=535,
        ja=(
            "回収中のロットです",
            "このロットか、その元になったロット（記録で分からないものを含む）が回収中です。売らずに、手元に取り置いてください。",
            "扱い方は事務局にお電話ください。",
        ),
        en=(
            "Recalled",
            "An open recall names this lot or one it was made from, or, for all we know, may.",
            "Keep it apart; don't pass it on. The office says what to do with it.",
        ),
    ),
    problem(
        Code.NOT_UNCONFIRMED,
        409,
        number=536,
        ja=(
            "確認はすんでいます",
            "この回収は、確認を待っていません。",
            "回収のページで今の状態を確かめてください。",
        ),
        en=(
            "Nothing to confirm",
            "The recall does not wait for a second person.",
            "Look at the recall's state.",
        ),
    ),
    problem(
        Code.RECALL_ENDED,
        409,
        number=537,
        ja=(
            "回収は終わっています",
            "取り消された、完了した、または期限が切れた回収です。",
            "もう一度必要なら、新しい回収を始めてください。",
        ),
        en=(
            "The recall has ended",
            "It was lifted or closed, has lapsed, or is a drill.",
            "Declare a new recall if goods must be stopped again.",
        ),
    ),
)

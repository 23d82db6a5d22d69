"""Problems of key, sequence, founding, time and authority: who signed, and in which place."""

from typing import Final

from chaincode.base.errors import Code
from gateway.http.problems.wording import problem

_ASK_OFFICE_JA: Final = "所属する団体の事務局にお電話ください。"

KEY: Final = (
    problem(
        Code.NOT_FOUNDED,
        409,
        number=201,
        ja=(
            "台帳がまだ始まっていません",
            "この台帳には、まだ団体が登録されていません。",
            "管理者が台帳の設立を終えてから送ってください。",
        ),
        en=(
            "The ledger is not founded",
            "No organisation has entered its constitution yet.",
            "Send registry.bootstrap with the constitution first.",
        ),
    ),
    problem(
        Code.WRONG_LEDGER,
        409,
        number=202,
        ja=(
            "別の台帳あての記録です",
            "別の町、またはデモの台帳のために署名されています。",
            "正しい町のページを開き直してから入力してください。",
        ),
        en=(
            "Signed for another ledger",
            "The member `ledger` is not this ledger's id.",
            "Sign with the id that GET /api/ledger gives, or send it to its own ledger.",
        ),
    ),
    problem(
        Code.UNKNOWN_KEY,
        403,
        number=203,
        ja=("登録されていない端末です", "この端末の鍵は台帳にありません。", _ASK_OFFICE_JA),
        en=(
            "The key is not enrolled",
            "No device of this key is on the ledger.",
            "A registrar enrols it with key.enrol; then sign again.",
        ),
    ),
    problem(
        Code.BAD_SIGNATURE,
        403,
        number=204,
        ja=(
            "署名が一致しません",
            "内容が途中で変わったか、別の鍵で署名されています。",
            "もう一度入力して署名してください。",
        ),
        en=(
            "The signature does not verify",
            "The content was altered on its way, or another key signed it.",
            "Sign the canonical payload with the device's own key.",
        ),
    ),
    problem(
        Code.KEY_REVOKED,
        403,
        number=205,
        ja=(
            "使用を止めた端末です",
            "この端末の鍵は失効しています。",
            "新しい端末を登録してください。" + _ASK_OFFICE_JA,
        ),
        en=(
            "The key is revoked",
            "Nothing more from this key is taken.",
            "Enrol another device and sign with that.",
        ),
    ),
)

SEQUENCE: Final = (
    problem(
        Code.ALREADY_TAKEN,
        409,
        number=221,
        ja=(
            "すでに届いている記録です",
            "この通し番号の記録は、もう台帳にあります。",
            "送り直す必要はありません。",
        ),
        en=(
            "Already taken",
            "The device's command of this running number is on record.",
            "Nothing is to be done; GET /api/commands/{id} shows it.",
        ),
    ),
    problem(
        Code.SEQUENCE_GAP,
        409,
        number=222,
        ja=(
            "前の記録がまだ届いていません",
            "通し番号が飛んでいます。",
            "先に入力した記録を送ってから、もう一度送ってください。",
        ),
        en=(
            "A command before it is missing",
            "Its running number is higher than the next one.",
            "Send the commands before it, or ask for the device's head and sign anew.",
        ),
    ),
    problem(
        Code.WRONG_PREDECESSOR,
        409,
        number=223,
        ja=(
            "記録の順番が台帳と合いません",
            "直前の記録が、台帳にあるものと違います。",
            "端末の最新位置を取り直し、署名し直してください。",
        ),
        en=(
            "Another command came before it",
            "`prev` is not the id of this device's last command.",
            "Ask for GET /api/devices/{kid}/head and sign the rest anew.",
        ),
    ),
)

FOUNDING: Final = (
    problem(
        Code.ALREADY_FOUNDED,
        409,
        number=241,
        ja=(
            "台帳はもう始まっています",
            "設立の取り決めはすでにあります。",
            "取り決めを付けずに送ってください。",
        ),
        en=(
            "The ledger is founded already",
            "Its constitution is on record.",
            "Name it by its hash and leave the constitution out.",
        ),
    ),
    problem(
        Code.BAD_CONSTITUTION,
        400,
        number=242,
        ja=(
            "設立の取り決めが正しくありません",
            "団体か記録の種類の組が、重なっているか、足りません。",
            "内容を直してください。",
        ),
        en=(
            "The constitution is not sound",
            "Organisations or families repeat or are missing, or this one is not among them.",
            "Correct the constitution and sign anew.",
        ),
    ),
    problem(
        Code.NOT_ADMIN,
        403,
        number=243,
        ja=(
            "管理者の操作ではありません",
            "最初の登録は、その団体の管理者だけが送れます。",
            "団体の管理者に依頼してください。",
        ),
        en=(
            "Not sent by the organisation's admin",
            "A bootstrap counts only in a transaction of that organisation's admin.",
            "Submit it with the admin's certificate.",
        ),
    ),
    problem(
        Code.REGISTRAR_MISMATCH,
        409,
        number=244,
        ja=(
            "いまの登録担当の鍵と合いません",
            "取り替えるはずの鍵が、台帳にあるものと違います。",
            "いまの鍵を確かめて署名し直してください。",
        ),
        en=(
            "Another registrar key is in force",
            "`replaces` is not the registrar key that the ledger has.",
            "Name the key in force, and sign anew.",
        ),
    ),
    problem(
        Code.NAME_IN_USE,
        409,
        number=245,
        ja=(
            "その番号は使われています",
            "人または事業者の番号が重なっています。",
            "新しい番号で登録してください。",
        ),
        en=("The pseudonym is in use", "An actor or party has it.", "Draw another pseudonym."),
    ),
    problem(
        Code.RULES_CHANGED,
        409,
        number=247,
        ja=(
            "ルールが変わりました",
            "この記録を読んだ直後に、新しいルールが効力を持ちました。",
            "何もする必要はありません。新しいルールでもう一度送られます。",
        ),
        en=(
            "The rules have changed",
            "A command just before it activated other rules than it was read by.",
            "Nothing is to be done: it is sent again, and read by the new rules.",
        ),
    ),
    problem(
        Code.ORGANISATION_SUSPENDED,
        403,
        number=248,
        ja=(
            "団体の職務が停止中です",
            "他の団体の過半数が、この団体の職務（登録係・回収係・検査員など）を一時停止しました。",
            "端末に残ります。停止が終わってからもう一度送ってください。自分の記録は続けられます。",
        ),
        en=(
            "The organisation's offices are suspended",
            "A majority of the others has suspended this organisation's offices for a time.",
            "Keep it, and send it again when that has ended. People's own records go on.",
        ),
    ),
    problem(
        Code.CONTRACT_FAULT,
        500,
        number=246,
        ja=(
            "台帳のプログラムに不具合があります",
            "あなたの入力のせいではありません。記録されていません。",
            "役場にお電話で、この番号をお伝えください。",
        ),
        en=(
            "The contract failed",
            "This is a bug of ours and no fault of the sender's; nothing was recorded.",
            "Report this code and the command's id.",
        ),
    ),
)

TIME: Final = (
    problem(
        Code.EXPIRED,
        409,
        number=261,
        ja=(
            "期限が過ぎました",
            "署名のときに決めた期限までに台帳に届きませんでした。",
            "必要なら、もう一度入力してください。",
        ),
        en=(
            "Expired",
            "It reached the ledger after `expires`.",
            "If it still holds, sign it anew.",
        ),
    ),
    problem(
        Code.FUTURE_EVENT,
        422,
        number=262,
        ja=(
            "日時が先すぎます",
            "できごとの時刻が、1日よりも先になっています。",
            "端末の時計を合わせて、入力し直してください。",
        ),
        en=(
            "In the future",
            "The event's time lies more than a day after ledger time.",
            "Set the device's clock right and enter it anew.",
        ),
    ),
)

AUTHORITY: Final = (
    problem(
        Code.WRONG_ACTOR,
        403,
        number=301,
        ja=(
            "端末の持ち主と違います",
            "別の人の名前で署名されています。",
            "ご自分の端末で入力してください。",
        ),
        en=(
            "Not the holder of this device",
            "`actor` is not the actor that the key is enrolled for.",
            "Sign as the device's own actor.",
        ),
    ),
    problem(
        Code.OPERATOR_UNEXPECTED,
        403,
        number=307,
        ja=(
            "係の人は書けません",
            "だれが操作したかは、共用の端末の、公開されない記録にだけ書けます。",
            "係の人を書かずに、もう一度記録してください。",
        ),
        en=(
            "It may not say who stood there",
            "Only a shared device says so, and never in what everyone may be given a proof of.",
            "Leave `operator` out, and sign again.",
        ),
    ),
    problem(
        Code.NO_MANDATE,
        403,
        number=302,
        ja=(
            "代理の届け出がありません",
            "この人に代わって入力する委任が、きょうは有効ではありません。",
            "ご本人に委任の登録をお願いしてください。",
        ),
        en=(
            "No mandate",
            "The signer holds no mandate of this principal for this type today.",
            "The principal gives one with mandate.grant.",
        ),
    ),
    problem(
        Code.ROLE_MISSING,
        403,
        number=303,
        ja=("この記録をする役割がありません", "きょう有効な役割が足りません。", _ASK_OFFICE_JA),
        en=(
            "A role is missing",
            "The principal holds none of the roles that this type needs today.",
            "A registrar grants roles with actor.grant.",
        ),
    ),
    problem(
        Code.SHARED_KEY,
        403,
        number=308,
        ja=(
            "共用の端末ではできません",
            "2人の署名が必要な記録は、共用の端末では署名できません(差の精算を除きます)。",
            "自分の端末で署名してください。",
        ),
        en=(
            "A shared key does not count here",
            "Where two must sign, neither does by a device that people share, but to settle.",
            "Sign by a device of one's own.",
        ),
    ),
    problem(
        Code.NOT_YOUR_PARTY,
        403,
        number=304,
        ja=(
            "ほかの農園・お店の記録です",
            "ご自分の農園・お店のものだけを記録できます。",
            "ロットと相手をもう一度選んでください。",
        ),
        en=(
            "Another party's",
            "The party, plot or dispute is not the principal's own.",
            "Name your own party, or let the other party sign.",
        ),
    ),
    problem(
        Code.NOT_YOUR_ORGANISATION,
        403,
        number=305,
        ja=(
            "ほかの団体のものです",
            "登録は所属する団体の人と事業者だけ、解除は所属する団体が署名した回収だけです。",
            "その団体の登録係や回収の担当者に頼んでください。監査人や職務停止中の団体のことは、ほかの2団体で行います。",
        ),
        en=(
            "Another organisation's",
            "Registrars change their organisation's people alone; officers clear its recalls.",
            "Ask its registrar or officer; for an auditor or in a suspension, two others.",
        ),
    ),
    problem(
        Code.NOT_INDEPENDENT,
        403,
        number=306,
        ja=(
            "別の人の確認が必要です",
            (
                "同じ人、または同じ事業者や団体どうしではできません。"
                "取引の相手の側の人は、代理でも署名できません。"
            ),
            "別の人（または別の団体）に署名してもらってください。",
        ),
        en=(
            "Not independent",
            (
                "Both signers are one person, or of one organisation where two are asked for; or "
                "the signer is of the party that the command deals with."
            ),
            "Another person, of another party or organisation, must sign.",
        ),
    ),
    problem(
        Code.NOT_CONSIGNED,
        403,
        number=321,
        ja=(
            "委託の取り決めがありません",
            "この生産者の品を預かる取り決めが、きょうは台帳で有効ではありません。",
            "生産者か、双方の団体の登録係に取り決めを登録してもらうか、届いた品として申告（lot.claim）してください。",
        ),
        en=(
            "Not consigned",
            "No consignment of this producer to this shop is in force today.",
            "The producer or both registrars give one; until then book what came with lot.claim.",
        ),
    ),
)

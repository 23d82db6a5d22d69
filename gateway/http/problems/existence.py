"""Problems of existence: the ledger does not have what the command names."""

from typing import Final

from chaincode.base.errors import Code
from gateway.http.problems.wording import problem

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
        Code.UNKNOWN_VOTE,
        404,
        number=416,
        ja=(
            "票が見つかりません",
            "あなたの団体は、その団体の職務停止に票を入れていません。",
            "団体の記号を確かめてください。",
        ),
        en=(
            "No such vote",
            "Your organisation has no vote for that suspension.",
            "Check the organisation's id.",
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
        Code.UNKNOWN_CONSIGNMENT,
        404,
        number=431,
        ja=(
            "委託の取り決めが見つかりません",
            "その取り決めはないか、もう終わっています。",
            _CHOOSE_JA,
        ),
        en=("Unknown consignment", "There is no such consignment, or it was ended.", _CHECK_EN),
    ),
    problem(
        Code.UNKNOWN_CLAIM,
        404,
        number=432,
        ja=(
            "申告が見つかりません",
            "その申告はないか、もう答えが出ています。",
            "一覧をもう一度読みこんでください。",
        ),
        en=(
            "Unknown claim",
            "Nobody claims that, or its producer has answered.",
            "Read the list again; after the answer correct the arrival.",
        ),
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
        Code.NOT_THEIR_SHIPMENT,
        403,
        number=413,
        ja=(
            "あなたの出荷ではありません",
            "その出荷の送り手と受け手は、記録した事業者と違います。",
            "出荷の一覧から、自分あて、または自分が出した出荷を選んでください。",
        ),
        en=(
            "Not a shipment between these parties",
            "Its sender or recipient is another than the command names or signs for.",
            "Choose it from your own list of shipments.",
        ),
    ),
    problem(
        Code.LOT_DIFFERS,
        422,
        number=414,
        ja=(
            "出荷のロットが違います",
            "その出荷は、別のロットのものです。",
            "出荷に書いてあるロット番号を入力してください。",
        ),
        en=(
            "The shipment is of another lot",
            "The shipment's number is right, the lot's is not.",
            "Name the lot that the shipment's record has.",
        ),
    ),
    problem(
        Code.OWNER_DIFFERS,
        422,
        number=415,
        ja=(
            "品物の持ち主が違います",
            "その出荷の品物は、ほかの人の持ち物（委託など）です。",
            "出荷に書いてある持ち主を入力してください。",
        ),
        en=(
            "The goods are somebody else's",
            "The shipment's goods belong to another than is named, or are consigned.",
            "Name the owner that the shipment's record has; leave it out for the usual one.",
        ),
    ),
    problem(
        Code.UNKNOWN_RECALL,
        404,
        number=421,
        ja=(
            "回収が見つかりません",
            "この番号の回収は台帳にありません。",
            _CHOOSE_JA,
        ),
        en=(
            "Unknown recall",
            "There is no such recall.",
            _CHECK_EN,
        ),
    ),
    problem(
        Code.UNKNOWN_RUN,
        404,
        number=423,
        ja=(
            "選別が見つかりません",
            "この事業者の選別の記録は台帳にありません。",
            "先に選別の開始を記録してください。",
        ),
        en=(
            "Unknown sorting",
            "There is no such run of this party.",
            "Record first that sorting began.",
        ),
    ),
    problem(
        Code.UNKNOWN_LABELS,
        404,
        number=422,
        ja=(
            "シールの記録が見つかりません",
            "そのロールのその番号は、どのロットにも結びついていません。",
            "結びつけたときの最初の番号と枚数を確かめてください。",
        ),
        en=(
            "Unknown labels",
            "That range of that roll is bound to no lot.",
            "Name the range exactly as it was bound.",
        ),
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
            "新しい番号を作ってください。前に使ったシールのロールなら、番号を確かめてください。",
        ),
        en=(
            "The id is not derived",
            "It does not follow from ledger, party, id_nonce and index.",
            "Derive it as specified, or draw a new id_nonce; of a known roll, check its number.",
        ),
    ),
    problem(
        Code.ID_TAKEN,
        409,
        number=412,
        ja=(
            "その番号は使われています",
            "同じ番号がすでに台帳にあるか、その番号の品から別のロットがつくられています。",
            "新しい番号で記録してください。",
        ),
        en=(
            "The id is taken",
            "A record of this id exists, or others already made lots of what was claimed under it.",
            "Draw a new id_nonce.",
        ),
    ),
)

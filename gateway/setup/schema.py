"""Every sheet of the workbook with its columns, in the order of the template."""

from typing import Final

from chaincode.lots.records import FARMER
from gateway.invitations.code import DAYS_DEFAULT, DAYS_MAX
from gateway.setup import values
from gateway.setup.columns import (
    CODE_NOTE,
    SINCE,
    code_column,
    day_column,
    name_column,
    refers_column,
    text_column,
)
from gateway.setup.sheets import (
    ANSWERS,
    AREA_UNITS,
    CROP_CATEGORIES,
    INPUT_KINDS,
    INVITE,
    KEYS,
    MAKE,
    MEASURES,
    NO,
    NO_KEY,
    ORGANISATION_KINDS,
    PARTY_KINDS,
    REAL,
    TOWN_KINDS,
    YES,
    Column,
    ConsignmentRow,
    CropRow,
    DistrictRow,
    GradeRow,
    InputRow,
    NormRow,
    OrganisationRow,
    PackingRow,
    PartyRow,
    PersonRow,
    PlotRow,
    Sheet,
    TownRow,
    choice,
)
from gateway.town.catalogue import PACK_UNITS
from gateway.town.vocabulary import ROLES

TOWN: Final = Sheet(
    key="town",
    ja="町",
    en="town",
    shape=TownRow,
    required=True,
    note=("町そのもの。1行だけ", "the town itself; one row"),
    columns=(
        Column(key="name", ja="町の名前", en="name", read=values.title, example="みのり町"),
        choice(
            "kind",
            "種類",
            "kind",
            TOWN_KINDS,
            example=REAL,
            note=(
                "台帳ができたあとは変えられません",
                "can never be changed once the ledger is founded",
            ),
        ),
        Column(
            key="offset_minutes",
            ja="時差",
            en="UTC offset",
            read=values.offset_minutes,
            example="+9:00",
            note=("日本は +9:00", "Japan: +9:00"),
        ),
        Column(
            key="address",
            ja="印刷する住所",
            en="printed address",
            read=values.address,
            required=False,
            example="https://minori.example",
            note=(
                "ラベルのQRコードに入る、Webの住所。一度決めたら変えません",
                "web address in the QR codes on labels; chosen once",
            ),
        ),
        text_column("office", "窓口", "office", "役場 農政係"),
        text_column(
            "office_english", "窓口（英語）", "office in English", "Town hall, farming desk"
        ),
        Column(
            key="phone",
            ja="窓口の電話",
            en="office telephone",
            read=values.phone,
            example="0985-00-1234",
            note=("すべてのページに出ます", "stands on every page"),
        ),
        text_column("hours", "受付時間", "office hours", "平日 8:30〜17:15"),
        Column(
            key="invitation_days",
            ja="招待の日数",
            en="days of an invitation",
            read=values.number(1, DAYS_MAX),
            required=False,
            blank=DAYS_DEFAULT,
            example=DAYS_DEFAULT,
            note=(
                f"招待状が使える日数。空欄は{DAYS_DEFAULT}日",
                f"for how long an invitation is good; blank: {DAYS_DEFAULT}",
            ),
        ),
        Column(
            key="ledger",
            ja="台帳番号",
            en="ledger id",
            read=values.ledger,
            required=False,
            note=(
                "書いておくと、別の町の台帳には入りません",
                "if given, the workbook is refused by any other ledger",
            ),
        ),
    ),
)

ORGANISATIONS: Final = Sheet(
    key="organisations",
    ja="団体",
    en="organisations",
    shape=OrganisationRow,
    required=True,
    note=("台帳をいっしょに運営する団体", "who keeps the ledger together"),
    columns=(
        Column(
            key="code",
            ja="コード",
            en="code",
            read=values.word,
            example="coop",
            note=CODE_NOTE,
        ),
        Column(key="msp", ja="MSP", en="MSP", read=values.msp, example="CoopMSP"),
        choice("kind", "種類", "kind", ORGANISATION_KINDS, example="cooperative"),
        Column(key="title", ja="名称", en="title", read=values.title, example="農業協同組合"),
        Column(
            key="roles",
            ja="付与できる役割",
            en="roles it can grant",
            read=values.words(ROLES),
            choices=ROLES,
            is_list=True,
            example="登録係、生産者",
            blank=(),
            note=(
                f"「、」で区切ってならべます: {'、'.join(ROLES.values())}。監査以外は登録係が必要",
                f"between commas: {', '.join(ROLES)}; all but an auditor need registrar",
            ),
        ),
        Column(
            key="address",
            ja="アドレス",
            en="address",
            read=values.address,
            required=False,
            example="https://coop.minori.example",
            note=(
                "この団体のゲートウェイのWebの住所。招待状に入ります。空欄は町の住所",
                "web address of its gateway, on invitations; blank: the town's",
            ),
        ),
    ),
)

DISTRICTS: Final = Sheet(
    key="districts",
    ja="大字",
    en="districts",
    shape=DistrictRow,
    required=False,
    note=("公開する場所の単位。番地は書きません", "what the public may know of a place"),
    columns=(
        Column(
            key="code",
            ja="コード",
            en="code",
            read=values.area_code,
            example="45383-KITA",
            note=("市町村コード-英大文字。台帳に出ます", "reaches the ledger"),
        ),
        Column(key="name", ja="名前", en="name", read=values.name, example="北"),
        text_column("english", "英語", "English", "Kita"),
    ),
)

PARTIES: Final = Sheet(
    key="parties",
    ja="事業者",
    en="parties",
    shape=PartyRow,
    required=True,
    note=("農園・店・公民館・世帯・事務所", "farms, shops, halls, households, offices"),
    columns=(
        code_column("F001"),
        refers_column("organisation", "団体", "organisation", "organisations", "coop"),
        choice("kind", "種類", "kind", PARTY_KINDS, example="farm"),
        name_column("表示名", "display name", "農園A"),
        text_column("english", "英語", "English", "Farm A"),
        choice(
            "publish",
            "名前を公開",
            "publish the name",
            ANSWERS,
            example=YES,
            required=False,
            blank=NO,
            note=("本人が同意したときだけ「はい」", "only with consent"),
        ),
        Column(
            key="phone",
            ja="電話",
            en="telephone",
            read=values.phone,
            required=False,
            example="0985-00-5678",
            note=(
                "回収のときの連絡先。公開も台帳への記録もしません",
                "whom to call in a recall; never public, never on the ledger",
            ),
        ),
    ),
)

PEOPLE: Final = Sheet(
    key="people",
    ja="人",
    en="people",
    shape=PersonRow,
    required=True,
    note=(
        "人とレジ。役割が2つある人は、同じコードで2行書きます",
        "people and tills; a second role is a second row of the same code",
    ),
    columns=(
        code_column("P001"),
        Column(
            key="party",
            ja="事業者",
            en="party",
            read=values.code,
            refers="parties",
            example="F001",
            required=False,
        ),
        name_column("表示名", "display name", "実り 花子", required=False),
        Column(
            key="reading",
            ja="よみ",
            en="reading",
            read=values.reading,
            required=False,
            example="みのり はなこ",
        ),
        choice(
            "role",
            "役割",
            "role",
            ROLES,
            example=FARMER,
            required=False,
            note=("団体が付与できる役割", "one that the organisation can grant"),
        ),
        day_column("since", "開始日", "from", "令和8年4月1日", required=False),
        day_column("until", "終了日", "until", "令和9年3月31日", required=False),
        choice(
            "key",
            "鍵",
            "key",
            KEYS,
            example=INVITE,
            required=False,
            blank="",
            note=(
                (
                    f"{KEYS[INVITE]}: 本人の端末で作る（招待状を出します）。"
                    f"{KEYS[MAKE]}: このパソコンで作る（登録係・農地係・レジ）。"
                    f"空欄: {KEYS[NO_KEY]}"
                ),
                (
                    "invite: made on the person's own device; make: made on this computer "
                    "(registrars, land registrars, tills); blank: none"
                ),
            ),
        ),
    ),
)

PLOTS: Final = Sheet(
    key="plots",
    ja="畑",
    en="plots",
    shape=PlotRow,
    required=False,
    note=("畑。台帳には大字だけが出ます", "fields; the ledger has the district only"),
    columns=(
        code_column("A-01"),
        refers_column("party", "事業者", "party", "parties", "F001"),
        refers_column("district", "大字", "district", "districts", "45383-KITA"),
        text_column("name", "呼び名", "name", "山の下"),
        Column(
            key="area",
            ja="面積",
            en="area",
            read=values.area_text,
            required=False,
            example="1反5畝",
            note=("10a、1反、1000m2 など", "10a, 1反, 1000m2 and the like"),
        ),
        choice(
            "unit",
            "面積の単位",
            "unit of area",
            AREA_UNITS,
            example="",
            required=False,
            note=("面積が数だけのとき", "where the area is a bare number"),
        ),
    ),
)

CONSIGNMENTS: Final = Sheet(
    key="consignments",
    ja="委託",
    en="consignments",
    shape=ConsignmentRow,
    required=False,
    note=(
        "だれがだれの品を委託で預かるか。もう一方の団体の登録係の署名が要ります",
        "who takes in whose goods; the other organisation's registrar signs too",
    ),
    columns=(
        refers_column("producer", "生産者", "producer", "parties", "F001"),
        refers_column("shop", "預かる店", "shop", "parties", "S001"),
        day_column("since", "開始日", "from", "令和8年4月1日"),
        day_column("until", "終了日", "until", "令和9年3月31日"),
    ),
)

CROPS: Final = Sheet(
    key="crops",
    ja="品目",
    en="crops",
    shape=CropRow,
    required=False,
    note=("品目。コードは台帳に出ます", "crops; the code reaches the ledger"),
    columns=(
        Column(key="code", ja="コード", en="code", read=values.crop, example="carrot"),
        Column(key="name", ja="名前", en="name", read=values.name, example="にんじん"),
        text_column("english", "英語", "English", "Carrot"),
        Column(
            key="reading",
            ja="よみ",
            en="reading",
            read=values.reading,
            required=False,
            example="にんじん",
        ),
        choice(
            "category",
            "分類",
            "category",
            CROP_CATEGORIES,
            example="root",
            required=False,
            blank="other",
        ),
    ),
)

PACKINGS: Final = Sheet(
    key="packings",
    ja="荷姿",
    en="packing",
    shape=PackingRow,
    required=False,
    note=("1束・1袋・1コンテナの重さ", "what one bunch, bag or crate weighs"),
    columns=(
        refers_column("crop", "品目", "crop", "crops", "carrot"),
        choice("unit", "単位", "unit", PACK_UNITS, example="bag"),
        Column(key="grams", ja="重さ（g）", en="grams", read=values.grams, example=500),
        SINCE,
    ),
)

INPUTS: Final = Sheet(
    key="inputs",
    ja="資材",
    en="inputs",
    shape=InputRow,
    required=False,
    note=("使ってよい肥料・農薬・種苗", "permitted fertilisers, pesticides, seeds"),
    columns=(
        code_column("S001"),
        Column(key="name", ja="名前", en="name", read=values.name, example="牛ふん堆肥"),
        text_column("english", "英語", "English", "Cattle manure compost"),
        choice("kind", "種類", "kind", INPUT_KINDS, example="fertiliser"),
        Column(
            key="registration",
            ja="登録番号",
            en="registration number",
            read=values.code,
            required=False,
            example="12345",
        ),
        choice("organic", "有機で使用可", "organic", ANSWERS, example=YES),
        SINCE,
        day_column("until", "終了日", "until", "", required=False),
    ),
)

NORMS: Final = Sheet(
    key="norms",
    ja="慣行レベル",
    en="norms",
    shape=NormRow,
    required=False,
    note=("地域の慣行レベル", "what conventional farming uses here"),
    columns=(
        refers_column("crop", "品目", "crop", "crops", "carrot"),
        choice("measure", "項目", "measure", MEASURES, example="pesticide-uses"),
        Column(
            key="value_tenths",
            ja="値",
            en="value",
            read=values.number(0, 10_000, places=1),
            example=12,
        ),
        SINCE,
    ),
)

GRADES: Final = Sheet(
    key="grades",
    ja="格付表",
    en="grades",
    shape=GradeRow,
    required=False,
    note=("町の格付けの表", "the town's grades"),
    columns=(
        Column(key="code", ja="コード", en="code", read=values.word, example="gold"),
        Column(key="name", ja="名前", en="name", read=values.name, example="金"),
        text_column("english", "英語", "English", "Gold"),
        Column(key="rank", ja="順位", en="rank", read=values.number(1, 99), example=1),
        Column(
            key="pesticide_percent",
            ja="農薬の上限（慣行の%）",
            en="pesticides at most (% of the norm)",
            read=values.number(0, 100, is_percent=True),
            example=0,
        ),
        Column(
            key="nitrogen_percent",
            ja="窒素の上限（慣行の%）",
            en="nitrogen at most (% of the norm)",
            read=values.number(0, 100, is_percent=True),
            example=0,
        ),
        SINCE,
    ),
)

SHEETS: Final = (
    *(TOWN, ORGANISATIONS, DISTRICTS, PARTIES, PEOPLE, PLOTS, CONSIGNMENTS),
    *(CROPS, PACKINGS, INPUTS, NORMS, GRADES),
)

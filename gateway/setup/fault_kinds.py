"""Every kind of fault that a workbook can have: its number, what it says, how it is put right."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class FaultKind(StrEnum):
    """A kind of fault; its number in `WORDING` is what a person reads out on the telephone."""

    NOT_A_WORKBOOK = "NOT_A_WORKBOOK"
    WORKBOOK_TOO_LARGE = "WORKBOOK_TOO_LARGE"
    SHEET_MISSING = "SHEET_MISSING"
    HEADINGS_MISSING = "HEADINGS_MISSING"
    COLUMN_MISSING = "COLUMN_MISSING"
    COLUMN_TWICE = "COLUMN_TWICE"
    ONE_ROW_ONLY = "ONE_ROW_ONLY"
    IS_XLS = "IS_XLS"
    IS_XLSB = "IS_XLSB"
    IS_ODS = "IS_ODS"
    IS_TEXT = "IS_TEXT"
    HAS_PASSWORD = "HAS_PASSWORD"  # noqa: S105 - the name of a fault

    BLANK = "BLANK"
    FORMULA_BROKEN = "FORMULA_BROKEN"
    FORMULA_NOT_CALCULATED = "FORMULA_NOT_CALCULATED"
    TOO_LONG = "TOO_LONG"
    BAD_CHARACTER = "BAD_CHARACTER"
    MY_NUMBER = "MY_NUMBER"
    BAD_CODE = "BAD_CODE"
    BAD_WORD = "BAD_WORD"
    RESERVED_WORD = "RESERVED_WORD"
    BAD_MSP = "BAD_MSP"
    BAD_AREA_CODE = "BAD_AREA_CODE"
    BAD_CHOICE = "BAD_CHOICE"
    BAD_DATE = "BAD_DATE"
    DATE_OUT_OF_RANGE = "DATE_OUT_OF_RANGE"
    BAD_NUMBER = "BAD_NUMBER"
    NUMBER_OUT_OF_RANGE = "NUMBER_OUT_OF_RANGE"
    BAD_MASS = "BAD_MASS"
    BAD_AREA = "BAD_AREA"
    AREA_WITHOUT_UNIT = "AREA_WITHOUT_UNIT"
    BAD_OFFSET = "BAD_OFFSET"
    BAD_PHONE = "BAD_PHONE"
    BAD_ADDRESS = "BAD_ADDRESS"
    BAD_LEDGER = "BAD_LEDGER"
    DATE_NOT_TEXT = "DATE_NOT_TEXT"
    TRUTH_NOT_TEXT = "TRUTH_NOT_TEXT"
    NUMBER_NOT_TEXT = "NUMBER_NOT_TEXT"
    NUMBER_SHOWN_OTHERWISE = "NUMBER_SHOWN_OTHERWISE"
    PHONE_LOST_ZERO = "PHONE_LOST_ZERO"
    ZERO_LOST = "ZERO_LOST"

    TWICE = "TWICE"
    ROWS_DIFFER = "ROWS_DIFFER"
    UNKNOWN_REFERENCE = "UNKNOWN_REFERENCE"
    PERIOD_REVERSED = "PERIOD_REVERSED"
    ROLE_WITHOUT_DATE = "ROLE_WITHOUT_DATE"
    ROLE_NOT_GRANTABLE = "ROLE_NOT_GRANTABLE"
    TOO_MANY_ROLES = "TOO_MANY_ROLES"
    UNSOUND_ORGANISATION = "UNSOUND_ORGANISATION"
    TOO_FEW_ORGANISATIONS = "TOO_FEW_ORGANISATIONS"
    NO_REGISTRAR = "NO_REGISTRAR"
    NO_LAND_REGISTRAR = "NO_LAND_REGISTRAR"
    AUDITOR_PERSON = "AUDITOR_PERSON"
    NOT_CHANGEABLE = "NOT_CHANGEABLE"
    SPEC_CHANGED = "SPEC_CHANGED"
    SPEC_TOO_EARLY = "SPEC_TOO_EARLY"

    HIDDEN_SHEET = "HIDDEN_SHEET"
    HIDDEN_ROWS = "HIDDEN_ROWS"
    HIDDEN_COLUMN = "HIDDEN_COLUMN"


@dataclass(frozen=True, slots=True)
class Wording:
    """What a kind of fault says; `{…}` are filled in from the fault's `values`."""

    number: int
    ja: str
    ja_remedy: str
    en: str
    en_remedy: str


WORDING: Final[Mapping[FaultKind, Wording]] = {
    FaultKind.NOT_A_WORKBOOK: Wording(
        901,
        "Excelブック（.xlsx）として開けません",
        "Excelで開き、パスワードをはずして「Excelブック（.xlsx）」として保存してください",
        "this can't be opened as an Excel workbook (.xlsx)",
        "open it in Excel, remove any password, and save it as “Excel workbook (.xlsx)”",
    ),
    FaultKind.WORKBOOK_TOO_LARGE: Wording(
        902,
        "ブックが大きすぎます（{limit}まで）",
        "使っていないシート・画像・書式を消して保存してください",
        "the workbook is too large (at most {limit})",
        "remove sheets, pictures and formats that are not needed, and save",
    ),
    FaultKind.SHEET_MISSING: Wording(
        903,
        "シートがありません",
        "ひな形（minori town template）のシート名に合わせてください",
        "this sheet is missing",
        "name the sheets as in the template (minori town template)",
    ),
    FaultKind.HEADINGS_MISSING: Wording(
        904,
        "見出しの行が見つかりません",
        "最初の20行のどこかに、ひな形と同じ見出しを1行で書いてください",
        "no row of headings was found",
        "put the template's headings into one of the first 20 rows",
    ),
    FaultKind.COLUMN_MISSING: Wording(
        905,
        "この列がありません",
        "ひな形と同じ見出しの列を足してください",
        "this column is missing",
        "add a column with the template's heading",
    ),
    FaultKind.COLUMN_TWICE: Wording(
        906,
        "同じ見出しの列が2つあります",
        "どちらかの列を消してください",
        "two columns have this heading",
        "remove one of them",
    ),
    FaultKind.ONE_ROW_ONLY: Wording(
        907,
        "このシートには、ちょうど1行を書きます（今は{count}行）",
        "1行だけ残してください",
        "this sheet has exactly one row (now {count})",
        "leave exactly one row",
    ),
    FaultKind.BLANK: Wording(
        911, "空欄です", "値を入れてください", "this is blank", "enter a value"
    ),
    FaultKind.FORMULA_BROKEN: Wording(
        912,
        "数式がエラーです（{value}）",
        "数式を直すか、値だけを貼り付けてください",
        "the formula has failed ({value})",
        "repair the formula, or paste its value",
    ),
    FaultKind.FORMULA_NOT_CALCULATED: Wording(
        913,
        "数式の結果が保存されていません",
        "Excelで開いて保存しなおすか、値だけを貼り付けてください",
        "the formula's result was never saved",
        "open and save the workbook in Excel, or paste the value",
    ),
    FaultKind.TOO_LONG: Wording(
        914,
        "長すぎます（{limit}文字まで）",
        "短くしてください",
        "this is too long (at most {limit} characters)",
        "shorten it",
    ),
    FaultKind.BAD_CHARACTER: Wording(
        915,
        "使えない文字があります（{value}）",
        "別の文字で書いてください",
        "there is a character that can't be used ({value})",
        "write it with another character",
    ),
    FaultKind.MY_NUMBER: Wording(
        916,
        "マイナンバーと思われる12けたの数字があります",
        "消してください。マイナンバーは、このしくみのどこにも書けません",
        "this has 12 digits that look like a My Number",
        "remove them: a My Number may stand nowhere in this system",
    ),
    FaultKind.BAD_CODE: Wording(
        921,
        "コードとして読めません（{value}）",
        "半角の英数字と - _ . で32文字まで。名前は書かないでください（例 F001）",
        "this is not a code ({value})",
        "use up to 32 letters, digits, - _ . and never a name (such as F001)",
    ),
    FaultKind.BAD_WORD: Wording(
        922,
        "記号の語として読めません（{value}）",
        "英小文字で始め、英小文字・数字・- _ で32文字まで（例 carrot）",
        "this is not one of the words that the ledger takes ({value})",
        "begin with a lower-case letter; up to 32 of a-z, 0-9, - _ (such as carrot)",
    ),
    FaultKind.RESERVED_WORD: Wording(
        939,
        "{value} は、名前のない品目のために取ってあります",
        "別のコードにしてください。other と other- で始まるものは使えません（例 carrot）",
        "{value} is kept for crops that have no name yet",
        "choose another code, neither other nor one that begins with other- (such as carrot)",
    ),
    FaultKind.BAD_MSP: Wording(
        923,
        "MSPの記号として読めません（{value}）",
        "英字で始め、英数字で2〜32文字（例 TownMSP）",
        "this is not an MSP id ({value})",
        "begin with a letter; 2 to 32 letters and digits (such as TownMSP)",
    ),
    FaultKind.BAD_AREA_CODE: Wording(
        924,
        "大字のコードとして読めません（{value}）",
        "市町村コードと英大文字を - でつなぎます（例 45383-KITA）。番地は書けません",
        "this is not a district's code ({value})",
        "join the municipality's number and capital letters by - (such as 45383-KITA)",
    ),
    FaultKind.BAD_CHOICE: Wording(
        925,
        "選べない値です（{value}）",
        "次から選んでください: {choices}",
        "this is not a choice ({value})",
        "choose one of: {choices}",
    ),
    FaultKind.BAD_DATE: Wording(
        926,
        "日付として読めません（{value}）",
        "2026-04-01、2026年4月1日、令和8年4月1日、R8.4.1 のように書いてください",
        "this is not a date ({value})",
        "write it like 2026-04-01 or 令和8年4月1日",
    ),
    FaultKind.DATE_OUT_OF_RANGE: Wording(
        927,
        "日付が範囲の外です（{value}）",
        "2000年から2099年までの日付にしてください",
        "the date is out of range ({value})",
        "write a date from 2000 to 2099",
    ),
    FaultKind.BAD_NUMBER: Wording(
        928,
        "数として読めません（{value}）",
        "数字だけを書いてください",
        "this is not a number ({value})",
        "write digits only",
    ),
    FaultKind.NUMBER_OUT_OF_RANGE: Wording(
        929,
        "数が範囲の外です（{value}）",
        "{least}から{most}までにしてください",
        "the number is out of range ({value})",
        "write {least} to {most}",
    ),
    FaultKind.BAD_MASS: Wording(
        930,
        "重さとして読めません（{value}）",
        "150、150g、1.5kg のように、グラムの整数になるように書いてください",
        "this is not a mass ({value})",
        "write whole grams, like 150, 150g or 1.5kg",
    ),
    FaultKind.BAD_AREA: Wording(
        931,
        "面積として読めません（{value}）",
        "10a、1反、1反5畝、0.3ha、1000m2 のように書いてください",
        "this is not an area ({value})",
        "write it like 10a, 1反, 1反5畝, 0.3ha or 1000m2",
    ),
    FaultKind.AREA_WITHOUT_UNIT: Wording(
        932,
        "面積の単位がありません（{value}）",
        "10a のように単位をつけるか、単位の列に書いてください",
        "this area has no unit ({value})",
        "write the unit, like 10a, or fill in the column for it",
    ),
    FaultKind.BAD_OFFSET: Wording(
        933,
        "時差として読めません（{value}）",
        "日本は +9:00 です。-12:00 から +14:00 まで",
        "this is not an offset from UTC ({value})",
        "write it like +9:00, from -12:00 to +14:00",
    ),
    FaultKind.BAD_PHONE: Wording(
        934,
        "電話番号として読めません（{value}）",
        "0985-00-1234 のように書いてください",
        "this is not a telephone number ({value})",
        "write it like 0985-00-1234",
    ),
    FaultKind.BAD_ADDRESS: Wording(
        935,
        "アドレスとして読めません（{value}）",
        "https://minori.example のように、/ より前だけを書いてください",
        "this is not an address ({value})",
        "write scheme and host only, like https://minori.example",
    ),
    FaultKind.BAD_LEDGER: Wording(
        936,
        "台帳番号として読めません（{value}）",
        "64けたの16進数です。わからなければ空欄にしてください",
        "this is not a ledger's id ({value})",
        "it has 64 hexadecimal digits; leave it blank if in doubt",
    ),
    FaultKind.TWICE: Wording(
        941,
        "同じものが{other}行目にもあります（{value}）",
        "どちらかを消すか、コードを変えてください",
        "row {other} has the same ({value})",
        "remove one of them, or change its code",
    ),
    FaultKind.ROWS_DIFFER: Wording(
        942,
        "{other}行目と同じコードなのに、内容がちがいます",
        "同じ人の2行目からは、コードと役割・期間だけを書いてください",
        "row {other} has the same code, but says something else",
        "in a person's further rows, write only code, role and period",
    ),
    FaultKind.UNKNOWN_REFERENCE: Wording(
        943,
        "シート「{there}」にありません（{value}）",
        "そのシートに行を足すか、コードを直してください",
        "the sheet {there} has no such row ({value})",
        "add it there, or correct the code",
    ),
    FaultKind.PERIOD_REVERSED: Wording(
        944,
        "終わりの日が、始まりの日より前です",
        "日付を直してください",
        "the last day is before the first",
        "correct the dates",
    ),
    FaultKind.ROLE_WITHOUT_DATE: Wording(
        945,
        "役割の開始日がありません",
        "開始日を入れてください",
        "the role has no first day",
        "enter the day from which it is held",
    ),
    FaultKind.ROLE_NOT_GRANTABLE: Wording(
        946,
        "この団体が付与できる役割ではありません（{value}）",
        "シート「団体」の役割に足すか、役割を直してください: {choices}",
        "this organisation can't grant that role ({value})",
        "add it to the organisation's roles, or choose one of: {choices}",
    ),
    FaultKind.TOO_MANY_ROLES: Wording(
        947,
        "1人の役割が多すぎます（{limit}まで）",
        "終わった役割の行を消してください",
        "this person has too many roles (at most {limit})",
        "remove rows of roles that have ended",
    ),
    FaultKind.UNSOUND_ORGANISATION: Wording(
        948,
        "監査以外の団体には役割 registrar が要り、監査の団体には付けられません",
        "役割を直してください",
        "every organisation but an auditor needs the role registrar; an auditor can't have it",
        "correct the roles",
    ),
    FaultKind.TOO_FEW_ORGANISATIONS: Wording(
        949,
        "監査以外の団体が2つ以上、全部で16まで要ります（今は{count}）",
        "団体を足すか、減らしてください",
        "two or more organisations besides auditors are needed, 16 in all at most (now {count})",
        "add or remove organisations",
    ),
    FaultKind.NO_REGISTRAR: Wording(
        950,
        "団体「{value}」の登録係がいません",
        "その団体の事務所に、今日有効な役割 registrar・鍵「作成」の人を1人入れてください",
        "the organisation {value} has no registrar",
        "enter a person of its office with the role registrar, valid today, and the key “make”",
    ),
    FaultKind.NO_LAND_REGISTRAR: Wording(
        951,
        "畑を登録できる人がいません",
        "今日有効な役割 land-registrar・鍵「作成」の人を1人入れてください",
        "nobody can enter plots",
        "enter a person with the role land-registrar, valid today, and the key “make”",
    ),
    FaultKind.AUDITOR_PERSON: Wording(
        952,
        "監査の団体の事業者と人は、ブックでは登録できません",
        "行を消してください。2つの団体がコマンド auditor.register で登録します",
        "parties and people of an auditor can't be entered by the workbook",
        "remove the row; two organisations enter them by auditor.register",
    ),
    FaultKind.NOT_CHANGEABLE: Wording(
        953,
        "台帳にあるものと変えられません（今は {value}）",
        "元に戻すか、新しいコードで登録してください",
        "this can't be changed once it is on the ledger (there: {value})",
        "put it back, or enter it under a new code",
    ),
    FaultKind.SPEC_CHANGED: Wording(
        954,
        "この日付の値は、もう公開されています（{value}）",
        "元に戻し、新しい日付の行を足してください",
        "the value of this date is published already ({value})",
        "put it back, and add a row with a new date",
    ),
    FaultKind.SPEC_TOO_EARLY: Wording(
        955,
        "公開ずみの行（{value}から）より前の日付です",
        "それよりあとの日付にしてください",
        "this begins before what is published (since {value})",
        "write a later date",
    ),
    FaultKind.IS_XLS: Wording(
        961,
        "古い形式のExcelブック（.xls）です",
        "Excelで開き、「名前を付けて保存」で「Excelブック（.xlsx）」を選んでください",
        "this is a workbook of old Excel (.xls)",
        "open it in Excel, and save it as “Excel workbook (.xlsx)”",
    ),
    FaultKind.IS_XLSB: Wording(
        962,
        "Excelバイナリブック（.xlsb）です",
        "Excelで開き、「名前を付けて保存」で「Excelブック（.xlsx）」を選んでください",
        "this is a binary workbook (.xlsb)",
        "open it in Excel, and save it as “Excel workbook (.xlsx)”",
    ),
    FaultKind.IS_ODS: Wording(
        963,
        "OpenDocument の表（.ods）です",
        "LibreOfficeなどで開き、「Excel 2007-365（.xlsx）」として保存してください",
        "this is an OpenDocument spreadsheet (.ods)",
        "open it in LibreOffice or Excel, and save it as “Excel workbook (.xlsx)”",
    ),
    FaultKind.IS_TEXT: Wording(
        964,
        "CSVなどの文字のファイルです",
        "町のひな形（minori town template）に貼り付け、Excelブック（.xlsx）として保存してください",
        "this is a file of text, such as CSV",
        "paste it into the template (minori town template), and save that as .xlsx",
    ),
    FaultKind.HAS_PASSWORD: Wording(
        965,
        "パスワードがかかっています",
        "Excelで開き、「ファイル」→「情報」→「ブックの保護」でパスワードを消して保存してください",
        "this workbook has a password",
        "open it in Excel, remove the password (File, Info, Protect Workbook), and save",
    ),
    FaultKind.DATE_NOT_TEXT: Wording(
        917,
        "文字を書く欄が、日付か時刻になっています（{value}）",
        "セルの書式を「文字列」にしてから、入れなおしてください",
        "a date or time stands where a text belongs ({value})",
        "give the cell the format “Text”, and type it again",
    ),
    FaultKind.TRUTH_NOT_TEXT: Wording(
        918,
        "文字を書く欄が、真偽の値になっています（{value}）",
        "セルの書式を「文字列」にしてから、入れなおしてください",
        "a truth value stands where a text belongs ({value})",
        "give the cell the format “Text”, and type it again",
    ),
    FaultKind.NUMBER_NOT_TEXT: Wording(
        919,
        "数として入っているため、16けた目からが0になっています（{value}）",
        "セルの書式を「文字列」にしてから、入れなおしてください",
        "this is a number, whose digits from the 16th on have become 0 ({value})",
        "give the cell the format “Text”, and type it again",
    ),
    FaultKind.NUMBER_SHOWN_OTHERWISE: Wording(
        920,
        "表示（{shown}）と、セルの中の数（{value}）がちがいます",
        "番号は書式を「文字列」にして入れなおし、量は表示のとおりの数を入れてください",
        "the cell shows {shown} and holds {value}",
        "type a code again with the format “Text”; of a quantity, type what is meant",
    ),
    FaultKind.PHONE_LOST_ZERO: Wording(
        937,
        "電話番号の先頭の0がありません（{value}）",
        "セルの書式を「文字列」にしてから、0から（国番号なら + から）入れなおしてください",
        "this telephone number has lost its first 0 ({value})",
        "give the cell the format “Text”, and type it again from its 0, or from a +",
    ),
    FaultKind.ZERO_LOST: Wording(
        938,
        "数として入っていて、先頭の0がなくなったようです（{value}。同じ列に {other} があります）",
        "セルの書式を「文字列」にしてから、入れなおしてください",
        "this is a number that may have lost its first 0 ({value}; the column has {other}, too)",
        "give the cell the format “Text”, and type it again",
    ),
    FaultKind.HIDDEN_SHEET: Wording(
        971,
        "このシートは隠れていますが、読みました",
        "要らないシートなら、再表示して消してください",
        "this sheet is hidden, and is read all the same",
        "if it is not wanted, unhide and delete it",
    ),
    FaultKind.HIDDEN_ROWS: Wording(
        972,
        "隠れている行（フィルターを含む）も読みました: {value}",
        "要らない行なら、再表示して消してください",
        "hidden or filtered rows are read all the same: {value}",
        "if they are not wanted, unhide and delete them",
    ),
    FaultKind.HIDDEN_COLUMN: Wording(
        973,
        "この列は隠れていますが、読みました",
        "要らない値なら、再表示して消してください",
        "this column is hidden, and is read all the same",
        "if its values are not wanted, unhide and clear them",
    ),
}

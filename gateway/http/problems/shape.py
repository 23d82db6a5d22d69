"""Problems of a command's bytes: what its shape alone shows.

They are mended by whoever wrote the program that signs, so the English remedy speaks to them, and
the Japanese one to the user who meets it.
"""

from typing import Final

from chaincode.base.canonical import TEXT_CHARACTERS_MAX, VALUES_MAX
from chaincode.base.envelope import COMMAND_BYTES_MAX
from chaincode.base.errors import Code
from chaincode.lots.making import COPIES_MAX
from chaincode.reading import OPERATIONS_MAX
from gateway.http.problems.wording import problem

_UPDATE_JA: Final = (
    "アプリを最新版にして、もう一度入力してください。直らないときは役場にお電話ください。"
)
_SIGN_AGAIN: Final = "Mend the program that wrote it, then sign anew: a new payload is a new id."

SHAPE: Final = (
    problem(
        Code.TOO_LARGE,
        413,
        number=101,
        ja=("記録が大きすぎます", f"1件は{COMMAND_BYTES_MAX:,}バイトまでです。", _UPDATE_JA),
        en=(
            "The command is too large",
            f"A command has at most {COMMAND_BYTES_MAX:,} bytes with its closed part.",
            "Divide it into several commands.",
        ),
    ),
    problem(
        Code.NOT_A_JWS,
        400,
        number=102,
        ja=("署名つきの記録ではありません", "署名の形式（JWS）として読めません。", _UPDATE_JA),
        en=(
            "Not a compact JWS",
            "It is not three segments of unpadded base64url, or the signature has not 64 bytes.",
            "Send the compact serialization of RFC 7515 section 7.1, in ASCII.",
        ),
    ),
    problem(
        Code.BAD_HEADER,
        400,
        number=103,
        ja=("署名の見出しが正しくありません", "決められた項目と違います。", _UPDATE_JA),
        en=(
            "The protected header is not the one required",
            "It must be exactly alg, kid and typ, in canonical form, and kid the payload's.",
            'Use {"alg":"ES256","kid":…,"typ":"minori-command+jws"}.',
        ),
    ),
    problem(
        Code.BAD_ALGORITHM,
        400,
        number=104,
        ja=("使えない署名方式です", "署名方式は ES256 だけです。", _UPDATE_JA),
        en=("The algorithm is not ES256", "No other algorithm is taken.", "Sign with ES256."),
    ),
    problem(
        Code.TOO_MANY_VALUES,
        413,
        number=124,
        ja=("記録の項目が多すぎます", f"1件の値は{VALUES_MAX:,}個までです。", _UPDATE_JA),
        en=(
            "The command has too many values",
            f"A payload or closed part has at most {VALUES_MAX:,} commas, arrays and objects.",
            "Divide it into several commands.",
        ),
    ),
    problem(
        Code.TEXT_TOO_LONG,
        400,
        number=125,
        ja=(
            "文字の多すぎる項目があります",
            f"英数字以外を含む項目は{TEXT_CHARACTERS_MAX}文字までです。",
            "短くして、もう一度入力してください。",
        ),
        en=(
            "A text is too long",
            f"One that is not all ASCII has at most {TEXT_CHARACTERS_MAX} characters.",
            "Make it shorter, then sign anew.",
        ),
    ),
    problem(
        Code.TOO_MANY_RECORDS,
        413,
        number=126,
        ja=(
            "一度に扱う記録が多すぎます",
            (
                f"1件で読み書きできる台帳の記録は{OPERATIONS_MAX}件まで、"
                f"荷主の数×できるロットの数は{COPIES_MAX}までです。"
            ),
            "等級ごとなど、いくつかに分けて入力してください。",
        ),
        en=(
            "The command concerns too many records",
            f"It may cost {OPERATIONS_MAX} reads and writes; owners times lots are {COPIES_MAX}.",
            "Divide it: a sorting by class, a list of roots into several.",
        ),
    ),
    problem(
        Code.NOT_UTF8,
        400,
        number=105,
        ja=("文字が読めません", "文字コードが UTF-8 ではありません。", _UPDATE_JA),
        en=("Not UTF-8", "The JSON text is not UTF-8.", _SIGN_AGAIN),
    ),
    problem(
        Code.TOO_DEEP,
        400,
        number=106,
        ja=("記録の入れ子が深すぎます", "JSON の入れ子は8段までです。", _UPDATE_JA),
        en=("Nested too deeply", "JSON may nest 8 levels.", _SIGN_AGAIN),
    ),
    problem(
        Code.NOT_JSON,
        400,
        number=107,
        ja=("記録が読めません", "JSON として読めません。", _UPDATE_JA),
        en=("Not JSON", "The text is not JSON (RFC 8259).", _SIGN_AGAIN),
    ),
    problem(
        Code.DUPLICATE_MEMBER,
        400,
        number=108,
        ja=("同じ項目が二度あります", "1つの記録に同じ項目名が二度あります。", _UPDATE_JA),
        en=("A member appears twice", "Two members of one object share a name.", _SIGN_AGAIN),
    ),
    problem(
        Code.NOT_A_NUMBER,
        400,
        number=109,
        ja=("数ではない値です", "NaN や Infinity は使えません。", _UPDATE_JA),
        en=("Not a number", "NaN and Infinity are no JSON.", _SIGN_AGAIN),
    ),
    problem(
        Code.NOT_AN_INTEGER,
        400,
        number=110,
        ja=("小数は使えません", "数はすべて整数（重さはグラム）で書きます。", _UPDATE_JA),
        en=("Not an integer", "Numbers are whole: grams, not kilograms.", _SIGN_AGAIN),
    ),
    problem(
        Code.INTEGER_TOO_LARGE,
        400,
        number=111,
        ja=("数が大きすぎます", "正確に扱える範囲を超えています。", _UPDATE_JA),
        en=("The integer is too large", "It lies beyond 2^53 - 1.", _SIGN_AGAIN),
    ),
    problem(
        Code.LONE_SURROGATE,
        400,
        number=112,
        ja=("壊れた文字があります", "文字の片割れだけが含まれています。", _UPDATE_JA),
        en=("A lone surrogate", "Half of a surrogate pair stands alone.", _SIGN_AGAIN),
    ),
    problem(
        Code.NON_ASCII_DIGIT,
        400,
        number=113,
        ja=("全角の数字があります", "数字は半角で署名します。", "数字を半角で入れ直してください。"),
        en=(
            "A digit outside ASCII",
            "Full-width and other digits are not taken.",
            "Normalise digits to 0-9 before signing.",
        ),
    ),
    problem(
        Code.FORBIDDEN_CHARACTER,
        400,
        number=114,
        ja=(
            "使えない文字があります",
            "制御文字や見えない文字などが含まれています。",
            "その文字を消して入れ直してください。",
        ),
        en=(
            "A forbidden character",
            "Control, invisible, private or unassigned characters are not taken.",
            "Remove the character before signing.",
        ),
    ),
    problem(
        Code.NOT_NFC,
        400,
        number=115,
        ja=("文字の正規化がされていません", "濁点などが分かれた文字があります。", _UPDATE_JA),
        en=("Text is not in NFC", "The text is not normalised.", "Normalise to NFC, then sign."),
    ),
    problem(
        Code.NOT_CANONICAL,
        400,
        number=116,
        ja=("正規の書き方ではありません", "同じ内容の決まった書き方と違います。", _UPDATE_JA),
        en=(
            "Not the canonical form",
            "The text differs from its canonical form (RFC 8785).",
            "Serialise with RFC 8785 and sign those bytes.",
        ),
    ),
    problem(
        Code.UNKNOWN_MEMBER,
        400,
        number=117,
        ja=("知らない項目があります", "決められていない項目が含まれています。", _UPDATE_JA),
        en=(
            "An unknown member",
            "The member named here is not part of this record.",
            "Remove it; GET /api/command-types lists what each type takes.",
        ),
    ),
    problem(
        Code.MISSING_MEMBER,
        400,
        number=118,
        ja=("項目が足りません", "必要な項目がありません。", "足りない項目を入れてください。"),
        en=(
            "A member is missing",
            "The member named here is required.",
            "Add it; GET /api/command-types lists what each type takes.",
        ),
    ),
    problem(
        Code.BAD_VALUE,
        400,
        number=119,
        ja=(
            "値が正しくありません",
            "形式または範囲が違う値があります。",
            "値を確かめて直してください。",
        ),
        en=(
            "A value is not of its shape",
            "The member named here has the wrong form, or lies outside its range.",
            "Correct it; GET /api/command-types has the JSON Schema of each type.",
        ),
    ),
    problem(
        Code.UNKNOWN_TYPE,
        400,
        number=120,
        ja=("知らない種類の記録です", "この台帳にない種類です。", _UPDATE_JA),
        en=(
            "An unknown type of command",
            "This ledger has no such type.",
            "Use one of GET /api/command-types.",
        ),
    ),
    problem(
        Code.CLOSED_PART_MISSING,
        400,
        number=121,
        ja=("非公開の部分がありません", "数量などの非公開部分が届いていません。", _UPDATE_JA),
        en=(
            "The closed part is missing",
            "This type of command travels with a closed part.",
            "Send the closed part beside the JWS, as base64url of its canonical JSON.",
        ),
    ),
    problem(
        Code.CLOSED_PART_UNEXPECTED,
        400,
        number=122,
        ja=("余分な非公開部分があります", "この記録に非公開部分はありません。", _UPDATE_JA),
        en=(
            "An unexpected closed part",
            "The payload names no closed part, or its type has none.",
            "Send the JWS alone.",
        ),
    ),
    problem(
        Code.CLOSED_PART_MISMATCH,
        400,
        number=123,
        ja=("非公開の部分が一致しません", "署名された内容と違っています。", _UPDATE_JA),
        en=(
            "The closed part is not the one signed",
            "Its SHA-256 differs from the payload's member `closed`.",
            "Send the very bytes whose SHA-256 was signed.",
        ),
    ),
)

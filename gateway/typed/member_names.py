"""What a command's members are called in Japanese; in English they go by their own names.

A member is typed by either: `shop=直売所A` and `店=直売所A` are the same. A member that the
contract has and this file does not call anything fails a test, not a farmer.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from gateway.typed.same_name import fold
from gateway.words import Text, joined

_JAPANESE: Final[Mapping[str, str]] = {
    "accepted_g": "認める量",
    "actor": "人",
    "agent": "代理人",
    "basis": "量の決め方",
    "begun": "始めた選別",
    "body": "公開部分",
    "brought_by": "運んだ荷",
    "cause": "原因",
    "channel": "受付方法",
    "child": "できたロット",
    "children": "できたロット",
    "claimed_g": "申告の量",
    "command": "記録",
    "commands": "記録",
    "consigned": "委託",
    "constitution": "規約",
    "corrects": "訂正する記録",
    "count": "数",
    "counted_g": "数えた量",
    "crop": "品目",
    "crops": "品目",
    "crv": "曲線",
    "demo": "デモ",
    "denied_g": "否認する量",
    "device": "鍵",
    "devices": "鍵",
    "district": "地区",
    "document": "書類",
    "entry": "記録",
    "epoch": "期",
    "estimated": "見積もり",
    "event_time": "日時",
    "explanation": "説明",
    "families": "種類の組",
    "first": "最初の番号",
    "grade": "区分",
    "harvested_at": "収穫日時",
    "holder": "持ち主",
    "id": "番号",
    "id_nonce": "番号の乱数",
    "index": "順番",
    "inputs": "もとの品",
    "invitation": "招待",
    "is_last": "最後",
    "jwk": "公開鍵",
    "kept": "鍵の置き場所",
    "kind": "種類",
    "kty": "鍵の種類",
    "lost_g": "減った量",
    "lot": "ロット",
    "lots": "ロット",
    "made": "できた品",
    "mandates": "委任",
    "msp": "MSP",
    "next": "次の番号",
    "on_behalf": "だれのために",
    "organisation": "団体",
    "organisations": "団体",
    "outflow": "出方",
    "owner": "品の持ち主",
    "packed": "荷造り",
    "packs": "荷姿",
    "parents": "もとのロット",
    "parts": "内訳",
    "party": "事業者",
    "plot": "畑",
    "principal": "本人",
    "producer": "生産者",
    "proof": "証明",
    "proposal": "提案",
    "proposer": "提案者",
    "quantity_g": "量",
    "reason": "理由",
    "recall": "回収",
    "receipt": "レシート",
    "received_g": "受け取った量",
    "recipient": "届け先",
    "replaces": "替える鍵",
    "role": "役割",
    "roles": "役割",
    "roll": "シールの巻き",
    "roots": "対象のロット",
    "rules": "規則の版",
    "run": "作業",
    "salt": "乱数",
    "scope": "範囲",
    "sender": "送り主",
    "shares": "割り当て",
    "shipment": "荷",
    "shop": "店",
    "since": "始まりの日",
    "spared": "残す記録",
    "supplement_g": "追加の量",
    "surplus": "余り",
    "title": "名称",
    "to_g": "できた量",
    "to_recipient_g": "届け先の分",
    "to_sender_g": "送り主の分",
    "type": "記録の種類",
    "types": "記録の種類",
    "unit": "単位",
    "unit_g": "1つの量",
    "until": "終わりの日",
    "utc_offset_minutes": "UTCとの差",
    "was_g": "前の量",
    "x": "座標x",
    "y": "座標y",
}


def label(member: str) -> Text:
    """Return what a member is called, to stand before its value."""
    return Text(_JAPANESE.get(member, member), member)


def typed(member: str) -> Text:
    """Return what a member is called, with how it is typed: 店（shop）."""
    named = _JAPANESE.get(member)
    return Text(f"{named}（{member}）" if named else member, member)


def listed(members: Iterable[str], between: str = ", ") -> Text:
    """Return several members as `typed`."""
    return joined(map(typed, members), between)


def in_path(path: str) -> Text:
    """Return a place in a command, such as `body.packs.unit`, with what its last member is called.

    Places in lists stand as `[0]`.
    """
    named = _JAPANESE.get(path.rpartition(".")[2].partition("[")[0])
    return Text(f"{named}（{path}）" if named else path, path)


def meant(name: str, members: Iterable[str]) -> str:
    """Return which of a command's members is called so in either language; else the name itself."""
    wanted = fold(name)
    found = [one for one in members if wanted in {fold(one), fold(_JAPANESE.get(one, one))}]
    return found[0] if len(found) == 1 else name

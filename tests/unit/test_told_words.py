"""What a call's words tell: the emergency that it sounds like, and the kind of fault (3.2.2)."""

from __future__ import annotations

import pytest

from pcloud_cli.services.policy_ticket import TicketPolicy
from pcloud_cli.services.ticket import urgency

SHIPPED = TicketPolicy()


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("厨房水管爆了，水往楼下漏", "水浸"),
        ("暖气片爆裂，客厅进水", "水浸"),
        ("Pipe burst, kitchen is flooded", "水浸"),
        ("整个单元没电了", "断电"),
        ("家里有煤气味", "燃气"),
        ("孩子被困在电梯里", "困人"),
        ("电梯停在五楼，老人出不来", "困人"),
        ("配电箱冒烟", "火情"),
        ("走廊管子爆了，水流到家里来了", "水浸"),
        ("电梯门夹到老人了", "困人"),
        ("老人在浴室滑倒，门反锁了", "困人"),
        ("外墙瓷砖掉下来了", "坠物"),
        ("楼上掉东西砸坏了车", "坠物"),
        ("小区路上井盖没了", "坠物"),
        ("门反锁了，钥匙断在里面", None),
        ("外墙渗水", None),
        ("玻璃胶发霉", None),
        ("井盖响", None),
        ("灯管爆了，一闪一闪", None),
        ("入户门锁被砸坏了", None),
        # the most pressing of two
        ("电梯困人，机房冒烟", "火情"),
        ("水龙头滴水", None),
        ("The gasket of the tap is worn", None),
        ("电梯按键不亮", None),
    ],
)
def test_an_emergency_is_heard_in_ordinary_words(said: str, kind: str | None) -> None:
    assert urgency.proposed(SHIPPED, said) == kind


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        ("水管又爆了", "水管+爆", True),
        ("水管滴水", "水管+爆", False),
        ("ｇａｓ leak", "gas", True),
        ("gasket", "gas", False),
        ("有gas味", "GAS", True),
    ],
)
def test_words_joined_by_plus_must_all_be_there_and_latin_ones_stand_alone(
    text: str, word: str, found: bool
) -> None:
    assert urgency.says(urgency.plain(text), word) is found

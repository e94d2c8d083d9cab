"""What the map's browser side asks is done once, in order, and on the selection it was asked for."""

from __future__ import annotations

import pytest

from ui.desk_map.memory import Memory


def asked(memory: Memory, *numbers: int) -> dict[str, object]:
    return {"nonce": memory.nonce, "list": [{"n": number, "verb": "undo", "value": None} for number in numbers]}


def test_acts_sent_together_are_all_done_in_their_order():
    memory = Memory()
    assert [act["n"] for act in memory.take_acts(asked(memory, 1, 2, 3))] == [1, 2, 3]


def test_an_act_sent_again_is_not_done_again():
    memory = Memory()
    memory.take_acts(asked(memory, 1, 2))
    assert [act["n"] for act in memory.take_acts(asked(memory, 1, 2, 3))] == [3]
    assert memory.take_acts(asked(memory, 1, 2, 3)) == []


def test_acts_of_another_tab_are_not_ours():
    memory, other = Memory(), Memory()
    assert memory.take_acts(asked(other, 1)) == []


@pytest.mark.parametrize("value", [None, 7, {}, {"list": 3}, {"list": [None, {"n": "1"}, {"verb": "undo"}]}])
def test_what_is_no_list_of_acts_does_nothing(value):
    memory = Memory()
    if isinstance(value, dict):
        value["nonce"] = memory.nonce
    assert memory.take_acts(value) == []
    assert memory.acts_done == 0

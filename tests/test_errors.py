"""A fault says the same in whatever process it is read."""

from __future__ import annotations

import pickle

import pytest

from kiosk.errors import InputRefused, KioskError
from kiosk.station.certificates.score_sheets import SheetRefused, Wrong
from kiosk.station.plan_checks import PlanRefused
from kiosk.words import explain


@pytest.mark.parametrize(
    "fault",
    [
        InputRefused("no {kind}", where="a, row 3", remedy="Bring {kind}", kind="roster"),
        PlanRefused("plan.toml", (InputRefused("{n} candidates", n=3),)),
        SheetRefused("s.xlsx", (Wrong("B3", "'{said}' is no level", "Write it", {"said": "{x}"}),)),
    ],
)
def test_a_fault_comes_whole_from_another_process(fault: KioskError) -> None:
    came = pickle.loads(pickle.dumps(fault))

    assert type(came) is type(fault)
    assert (str(came), came.where, came.values) == (str(fault), fault.where, fault.values)
    assert explain(came, "zh-CN") == explain(fault, "zh-CN")
    for name in ("wrong", "problems"):
        assert str(getattr(came, name, "")) == str(getattr(fault, name, ""))

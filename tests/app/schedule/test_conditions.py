"""Telling mains power from battery on Linux, from what the kernel shows."""

from pathlib import Path

import pytest

from app.schedule.conditions import Computer, _linux_on_battery


def supply(folder: Path, name: str, **files: str) -> None:
    (folder / name).mkdir(parents=True)
    for file, text in files.items():
        (folder / name / file).write_text(text + "\n", "ascii")


@pytest.mark.parametrize(
    ("supplies", "expected"),
    [
        ({}, False),
        ({"AC": {"type": "Mains", "online": "0"}, "BAT0": {"type": "Battery", "status": "Discharging"}}, True),
        ({"AC": {"type": "Mains", "online": "1"}, "BAT0": {"type": "Battery", "status": "Charging"}}, False),
        ({"AC": {"type": "Mains", "online": "1"}, "BAT0": {"type": "Battery", "status": "Discharging"}}, False),
        ({"BAT0": {"type": "Battery", "status": "Full"}}, False),
        ({"mouse": {"type": "Battery", "status": "Discharging", "scope": "Device"}}, False),
    ],
)
def test_supplies(tmp_path: Path, supplies: dict[str, dict[str, str]], expected: bool) -> None:
    for name, files in supplies.items():
        supply(tmp_path, name, **files)
    assert _linux_on_battery(tmp_path) is expected


def test_a_computer_without_supplies_is_on_mains(tmp_path: Path) -> None:
    assert _linux_on_battery(tmp_path / "none") is False


def test_this_computer_can_be_asked() -> None:
    computer = Computer()
    assert computer.on_battery() in (True, False)
    assert computer.has_network() in (True, False)
    on = computer.switched_on()
    assert on is None or on < computer.now()

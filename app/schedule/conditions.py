"""What a run needs of the computer: mains power and a network; and when the computer was last switched on."""

import ctypes
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from app.texts import tr

_SUPPLIES: Final = Path("/sys/class/power_supply")
_UPTIME: Final = Path("/proc/uptime")
_PROBES: Final = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses reserved for documentation: asking for the way to them sends nothing."""


class Computer:
    """This computer. Tests give another one."""

    def on_battery(self) -> bool:
        """Whether it runs on battery; False where that cannot be told."""
        if sys.platform == "win32":
            return _windows_on_battery()
        if sys.platform == "darwin":
            return _mac_on_battery()
        return _linux_on_battery(_SUPPLIES)

    def has_network(self) -> bool:
        """Whether there is a way out of this computer; nothing is sent."""
        for family, address in _PROBES:
            try:
                with socket.socket(family, socket.SOCK_DGRAM) as probe:
                    probe.connect((address, 9))
                    return True
            except OSError:
                continue
        return False

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def switched_on(self) -> datetime | None:
        """When it was switched on (UTC), or None where that cannot be told."""
        try:
            if sys.platform == "win32":
                ticks = ctypes.windll.kernel32.GetTickCount64
                ticks.restype = ctypes.c_ulonglong
                seconds = ticks() / 1000
            else:
                seconds = float(_UPTIME.read_text("ascii").split()[0])
        except (OSError, ValueError, IndexError):
            return None
        return datetime.now(UTC) - timedelta(seconds=seconds)


def lacking(computer: Computer, *, on_battery: bool, network: bool) -> str | None:
    """Why a run cannot begin now, as a sentence; None where it can."""
    if not on_battery and computer.on_battery():
        return tr("The computer runs on battery.")
    if network and not computer.has_network():
        return tr("The computer has no network.")
    return None


def _linux_on_battery(supplies: Path) -> bool:
    """On battery: a battery discharges, and no mains supply is connected."""
    discharging = False
    try:
        for supply in supplies.iterdir():
            kind = _read(supply / "type")
            if kind in ("Mains", "USB") and _read(supply / "online") == "1":
                return False
            if kind == "Battery" and _read(supply / "status") == "Discharging":
                discharging = discharging or _read(supply / "scope") != "Device"  # a mouse has a battery too
    except OSError:
        return False
    return discharging


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _windows_on_battery() -> bool:
    class Power(ctypes.Structure):
        """SYSTEM_POWER_STATUS."""

        _fields_ = (
            ("ac_line", ctypes.c_ubyte),
            ("battery_flag", ctypes.c_ubyte),
            ("battery_percent", ctypes.c_ubyte),
            ("saver", ctypes.c_ubyte),
            ("life", ctypes.c_ulong),
            ("full_life", ctypes.c_ulong),
        )

    power = Power()
    windll = getattr(ctypes, "windll", None)
    if windll is None or not windll.kernel32.GetSystemPowerStatus(ctypes.byref(power)):
        return False
    return int(power.ac_line) == 0  # 0 is battery, 1 mains, 255 unknown


def _mac_on_battery() -> bool:
    try:
        told = subprocess.run(["/usr/bin/pmset", "-g", "batt"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return b"'Battery Power'" in told.stdout

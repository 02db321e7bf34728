"""Shares and very large numbers, as people read them."""

import re
from math import floor, log10

from app.texts import language

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_THIN = "\u202f"


def share(part: float) -> str:
    """A share of one in percent: `25 %`, `0.68 %`; what is there but smaller than a hundredth of a percent says so."""
    percent = part * 100
    if 0 < percent < 0.01:
        return f"<{_THIN}{_local('0.01')}{_THIN}%"
    if percent >= 10 or percent == round(percent):
        return f"{percent:.0f}{_THIN}%"
    return f"{_local(f'{percent:.1f}' if percent >= 1 else f'{percent:.2f}')}{_THIN}%"


def power(value: float) -> str:
    """A number as a power of ten: `6.8 × 10²²`, `10²⁵`; 0 is `0`."""
    if value <= 0:
        return "0"
    exponent = floor(log10(value))
    lead = f"{value / 10**exponent:.1f}"
    if lead == "10.0":
        lead, exponent = "1.0", exponent + 1
    raised = f"10{str(exponent).translate(_RAISED)}"
    return raised if lead == "1.0" and abs(value / 10.0**exponent - 1) < 1e-9 else f"{_local(lead)} × {raised}"


def in_text(text: str) -> str:
    """A sentence in which a power of ten is written as people write it: `1e23` as `10²³`."""
    return re.sub(r"\b1e(\d+)\b", lambda found: f"10{found[1].translate(_RAISED)}", text)


def span(low: str, high: str) -> str:
    """A range; one figure where both ends read alike."""
    return low if low == high else f"{low} – {high}"


def _local(number: str) -> str:
    return number.replace(".", ",") if language() in ("de", "fr") else number

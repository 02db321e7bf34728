"""Data files shipped with the program: catalogue, law, map, fonts, sample estate. No code but this."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent

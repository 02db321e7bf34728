"""The one way of texts: what is not a sentence stays as it is."""

import pytest

from app import texts


@pytest.mark.parametrize("language", texts.languages())
def test_an_empty_text_stays_empty(language: str) -> None:
    with texts.speaking(language):
        assert texts.tr("") == ""
        assert texts.tr("no sentence of this program") == "no sentence of this program"

"""What is said of a transfer for which the register names a basis that does not cover it."""

from app import texts
from app.report import words


def test_a_basis_that_does_not_cover_is_not_called_none():
    assert words.transfer_status("uncovered") == "no basis recorded"
    assert words.transfer_status("uncovered", "derogation") == "basis does not cover it"
    assert words.transfer_status("covered", "scc") == "covered"
    with texts.speaking("de"):
        assert words.transfer_status("uncovered", "derogation") != words.transfer_status("uncovered")

"""Sentences that are said in the language in use: whatever a file says, a line is gone through once."""

from app import said as module
from app import texts
from app.said import said
from app.saidforms import FORMS


def test_a_line_made_to_be_searched_backwards_is_gone_through_once(monkeypatch):
    tried: list[tuple[str, str]] = []
    match = module._Form.match

    def noting(form, text):
        tried.append((form.text, text))
        return match(form, text)

    monkeypatch.setattr(module._Form, "match", noting)
    line = ("x: is in the file twice; the later one counts. entries without an Azure id were left out. " * 12)[
        :990
    ] + "!"
    with texts.speaking("de"):
        assert said(line) == line
    assert len(tried) == len(set(tried))
    ends = {text for _, text in tried}
    assert len(ends) < 100
    assert len(tried) <= len(FORMS) * len(ends)


def test_what_stands_for_a_name_is_as_short_as_can_be_and_may_hold_the_words_around_it():
    form = module._Form("{name}: {n} entries without an id were left out.")
    assert form.match("a: b: 3 entries without an id were left out.") == ({"name": "a", "n": "b: 3"}, 44)
    assert form.match("a: 3 entries without an id were left out. More.") == ({"name": "a", "n": "3"}, 41)
    assert form.match("a: 3 entries without an id were left out.x") is None
    assert form.match(": 3 entries without an id were left out.") is None
    assert module._Form("{name} is missing: {what}").match("a is missing: b c") == ({"name": "a", "what": "b"}, 15)
    assert module._Form("None.").match("None. ") is None

"""Requirements of a law are written as the law writes them, in its order."""

from app import texts
from app.frameworks import label, load, names, view
from rules.judgement import Summary


def test_ids_of_articles_are_written_as_the_law_writes_them() -> None:
    assert [label(i) for i in ("art4a", "art5.1.b", "annex.xi", "SOV-2", "OPS-06", "art28")] == [
        "Art. 4a",
        "Art. 5(1)(b)",
        "Annex XI",
        "SOV-2",
        "OPS-06",
        "Art. 28",
    ]
    with texts.speaking("de"):
        assert label("annex.xi") == "Anhang XI"


def test_articles_stand_in_their_order() -> None:
    shown = [item.id for item in view(load("aiact"), [], Summary(None, {}, {}, {}, {}, [])).requirements]  # type: ignore[arg-type]
    assert shown[:5] == ["art4a", "art10", "art11", "art12", "art15"]
    assert shown[-1] == "annex.xi"


def test_no_framework_shows_notes_of_its_makers() -> None:
    for name in names():
        told = load(name)
        said = [told.note, told.source, *(r.title + r.text for r in told.requirements)]
        assert not any(w in text for text in said for w in ("tail to be checked", ".yaml", "10^")), name

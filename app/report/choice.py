"""What somebody wants in a report: its kind, language, scope, what is hidden, and what is listed."""

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from app.texts import languages, tr

if TYPE_CHECKING:
    from app.report.source import PlacedAsset

SCOPES: Final = ("provider", "account", "class", "country", "kind")


class ChoiceError(ValueError):
    """A report was asked for that there is not; the text is a sentence for people."""


class Scope(Struct, frozen=True):
    """Which assets a report is about; empty: all. An asset is in where it fits one word of each list that has any.

    `countries` are ISO 3166 codes: an asset fits by any country that its place may be in. `kinds` are kinds or their
    beginnings (`storage.`).
    """

    providers: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return not (self.providers or self.accounts or self.classes or self.countries or self.kinds)

    def holds(self, placed: "PlacedAsset") -> bool:
        """Whether an asset is in."""
        a = placed.asset
        return (
            (not self.providers or a.provider in self.providers)
            and (not self.accounts or a.account in self.accounts)
            and (not self.classes or placed.data_class in self.classes)
            and (not self.countries or bool({*self.countries} & {*placed.place.countries}))
            and (not self.kinds or any(a.kind == k or (k.endswith(".") and a.kind.startswith(k)) for k in self.kinds))
        )

    @property
    def text(self) -> str:
        """The scope in words, for the cover."""
        from app.report import words

        parts = [
            (tr("providers"), tuple(map(words.provider, self.providers))),
            (tr("accounts"), self.accounts),
            (tr("classes"), tuple(map(words.data_class, self.classes))),
            (tr("countries"), self.countries),
            (tr("kinds"), self.kinds),
        ]
        return "; ".join(f"{name}: {', '.join(values)}" for name, values in parts if values)


class Choice(Struct, frozen=True):
    """One report. `kind` is a key of `KINDS`; `language` empty: the one in use.

    `redact` hides names, accounts and addresses of assets behind pseudonyms that stay the same for one store.
    `framework` is the id of a law or standard (kind `framework`). `earlier` is the scan to compare with (kind `delta`;
    None: the one before). `with_passes` lists what passed, `inventory` lists every asset in an annex. `logo` is the
    path of a picture for the cover.
    """

    kind: str = "full"
    language: str = ""
    scope: Scope = Scope()
    redact: bool = False
    framework: str = ""
    earlier: int | None = None
    with_passes: bool = False
    inventory: bool = False
    logo: str = ""

    def check(self) -> None:
        """Raises ChoiceError for what there is not."""
        from app.report.kinds import KINDS

        if self.kind not in KINDS:
            raise ChoiceError(
                tr("There is no report “{kind}”; there are: {kinds}.").format(
                    kind=self.kind[:40], kinds=", ".join(KINDS)
                )
            )
        if self.language and self.language not in languages():
            raise ChoiceError(
                tr("There is no report in “{language}”; there are: {languages}.").format(
                    language=self.language[:20], languages=", ".join(languages())
                )
            )
        if self.kind == "framework" and not self.framework:
            raise ChoiceError(tr("Name the law or standard for the report “framework” (`situs frameworks list`)."))
        if self.kind == "cloud" and not self.scope.providers:
            raise ChoiceError(tr("Name the provider for the report “cloud”, such as provider=aws."))


def scope_of(words: list[str]) -> Scope:
    """A scope from words such as `provider=aws` and `country=US`; words of one name add up. Raises ChoiceError."""
    found: dict[str, list[str]] = {name: [] for name in SCOPES}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or name not in found or not value.strip():
            raise ChoiceError(
                tr("--scope {word}: a scope is NAME=VALUE; the names are {names}.").format(
                    word=word[:60], names=", ".join(SCOPES)
                )
            )
        found[name].append(value.strip().upper() if name == "country" else value.strip())
    return Scope(*(tuple(found[name]) for name in SCOPES))

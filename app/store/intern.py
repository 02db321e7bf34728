"""Numbers for what recurs: words, accounts, scopes. Small enough to be held in memory whole."""

from app.store.driver import Database
from scanners.model import Asset, Location


def place_of(location: Location) -> str:
    """The region that coverage would name for this location: region, else zone or site, else the sort of place."""
    return location.region or location.zone or location.site or str(location.kind)


def plain(text: str) -> str:
    """The text as both databases can keep it: without NUL and lone surrogates."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


class Names:
    """Words, accounts and scopes by number and back. New ones are written when first named."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.words: dict[str, int] = {}
        self.accounts: dict[tuple[str, str], int] = {}
        self.scopes: dict[tuple[int, str, str], int] = {}
        self.word_texts: dict[int, str] = {}
        self.account_names: dict[int, tuple[str, str]] = {}
        self.scope_facts: dict[int, tuple[int, str, str]] = {}
        self._near: dict[tuple[str, str, str, str], int] = {}
        self.refresh()

    def refresh(self) -> None:
        """Read again what others may have added."""
        self._near.clear()
        self.word_texts = dict(self._pairs("SELECT id, text FROM word"))
        self.words = {text: number for number, text in self.word_texts.items()}
        self.account_names = {i: (p, a) for i, p, a in self._db.rows("SELECT id, provider, account FROM account")}
        self.accounts = {names: number for number, names in self.account_names.items()}
        self.scope_facts = {i: (a, r, k) for i, a, r, k in self._db.rows("SELECT id, account, region, kind FROM scope")}
        self.scopes = {facts: number for number, facts in self.scope_facts.items()}

    def _pairs(self, sql: str) -> list[tuple[int, str]]:
        return [(row[0], row[1]) for row in self._db.rows(sql)]

    def word(self, text: str) -> int:
        """The number of a word."""
        number = self.words.get(text)
        if number is None:
            given, text = text, plain(text)
            if text != given and text in self.words:
                return self.words[text]
            number = len(self.word_texts) + 1
            self._db.run("INSERT INTO word (id, text) VALUES (?, ?)", (number, text))
            self.words[text], self.word_texts[number] = number, text
        return number

    def account(self, provider: str, account: str) -> int:
        """The number of an account."""
        names = (plain(provider), plain(account))
        number = self.accounts.get(names)
        if number is None:
            number = len(self.account_names) + 1
            self._db.run("INSERT INTO account (id, provider, account) VALUES (?, ?, ?)", (number, *names))
            self.accounts[names], self.account_names[number] = number, names
        return number

    def namesakes(self, account: str) -> set[int]:
        """The numbers of accounts of this name, whatever the provider: a cluster's machines are their owner's."""
        name = plain(account)
        return {number for (_, own), number in self.accounts.items() if own == name}

    def scope_of(self, asset: Asset) -> int:
        """The number of the scope that an asset lies in."""
        near = (asset.provider, asset.account, place_of(asset.location), asset.kind)
        number = self._near.get(near)
        if number is None:
            facts = (self.account(asset.provider, asset.account), plain(near[2]), plain(asset.kind))
            number = self.scopes.get(facts)
            if number is None:
                number = len(self.scope_facts) + 1
                sql = "INSERT INTO scope (id, account, region, kind) VALUES (?, ?, ?, ?)"
                self._db.run(sql, (number, *facts))
                self.scopes[facts], self.scope_facts[number] = number, facts
            self._near[near] = number
        return number

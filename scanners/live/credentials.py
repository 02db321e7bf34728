"""What logging in to any provider needs: secrets that show themselves nowhere, errors for people, and patience."""

from typing import Any

from msgspec import Struct

from scanners.model import CoverageStatus


class LoginError(Exception):
    """Nobody could be logged in; the text says why and what to do, and holds no secret. `status`: what coverage says of
    the connection."""

    def __init__(self, text: str = "", status: CoverageStatus = CoverageStatus.EXPIRED) -> None:
        super().__init__(text)
        self.status = status


class Secret:
    """A text that shows itself nowhere: not in a log, a traceback, or an encoded record."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text, for the one call that needs it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a secret is not sent anywhere")


class Network(Struct, frozen=True):
    """How patient calls are: tries in all, seconds to connect, seconds to wait for an answer, and the longest wait that
    a provider may ask for (`Retry-After`) before the call counts as throttled."""

    attempts: int = 5
    connect_timeout: float = 4
    read_timeout: float = 20
    longest_wait: float = 60


class Person:
    """Who sits at the keyboard while a scan logs in. This one is nobody: an unattended run asks nothing.

    The command line and the window give one that answers.
    """

    def ask(self, question: str) -> str:
        """An answer that shows nowhere (a code of a second factor). Raises LoginError where nobody is there."""
        raise LoginError(f"{question} Nobody is at the keyboard to answer.")

    def confirm(self, question: str) -> bool:
        """Whether a person agrees, for instance that a program named in a kubeconfig may run."""
        del question
        return False

    def tell(self, text: str) -> None:
        """Shows what a person must do elsewhere (open an address and enter a code). Raises LoginError for nobody."""
        raise LoginError(f"A person would have to do this, and nobody is there: {text}")


NOBODY: Person = Person()

"""One window for one user and data folder: a second start raises the first window."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_WAIT = 500


def name_of(folder: Path) -> str:
    """The name of the door, told apart by data folder."""
    return "situs-" + hashlib.sha256(str(folder.absolute()).encode("utf-8", "replace")).hexdigest()[:24]


def raised_another(folder: Path) -> bool:
    """Whether a window of this user is open already; it was asked to come to the front."""
    socket = QLocalSocket()
    socket.connectToServer(name_of(folder))
    if not socket.waitForConnected(_WAIT):
        return False
    socket.write(b"raise\n")
    socket.waitForBytesWritten(_WAIT)
    socket.disconnectFromServer()
    return True


class Door(QObject):
    """Listens for a second start. Only this user may knock."""

    def __init__(self, folder: Path, come: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._come = come
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._knocked)
        if not self._server.listen(name_of(folder)):
            QLocalServer.removeServer(name_of(folder))  # left by one that crashed
            self._server.listen(name_of(folder))

    @property
    def open(self) -> bool:
        """Whether it listens."""
        return self._server.isListening()

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    def _knocked(self) -> None:
        socket = self._server.nextPendingConnection()
        socket.disconnected.connect(socket.deleteLater)
        socket.disconnectFromServer()
        self._come()

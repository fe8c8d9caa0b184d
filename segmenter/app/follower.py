"""What keeps a part of the state up with the rest of it, by work in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from PySide6.QtCore import QObject, Qt

from segmenter.app.runner import Runner

if TYPE_CHECKING:
    from collections.abc import Generator

    from segmenter.app.session import Session
    from segmenter.app.state import State

Answer = TypeVar("Answer")


class Follower(QObject, Generic[Answer]):
    """Has asked, once, for what a session's state wants now, and puts the answer into the state.

    When something else is wanted, what is under way is given up, and an answer that is late all
    the same is dropped. The last answer stays until the next is there, so that nothing flickers
    while results follow each other; it goes when nothing is wanted and it is of what is no longer
    shown. ``lane`` is the background thread on which tasks take turns.
    """

    lane: ClassVar[str]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._asked: object = None
        self._said = ""
        self._runner = Runner(session.lanes.lane(self.lane), self)
        self._runner.finished.connect(self._on_answered)
        self._runner.failed.connect(self._on_failed)
        # Later, because what it changes must not overtake what it follows.
        session.changed.connect(self.follow, Qt.ConnectionType.QueuedConnection)

    # ---- What a follower says of itself ---------------------------------------------------

    def wanted(self, state: State) -> object:
        """Return what the state wants an answer to: equal where that is the same; None: nothing."""
        raise NotImplementedError

    def task(self, state: State) -> Generator[object, Any, Answer]:
        """Return the work for the answer that the state wants."""
        raise NotImplementedError

    def put(self, answer: Answer | None) -> None:
        """Put the answer into the session's state, or take it away."""
        raise NotImplementedError

    def is_there(self, state: State) -> bool:
        """Whether the state has the answer that it wants."""
        raise NotImplementedError

    def is_stale(self, state: State) -> bool:
        """Whether the state has an answer that is of what is no longer shown."""
        raise NotImplementedError

    def words(self, state: State) -> str:  # noqa: ARG002 - for those that have something to say
        """Return what is to be said of an answer, as long as nothing else is wanted."""
        return ""

    def fail(self, failure: str) -> None:
        """Say why there is no answer."""
        self._session.fail(failure)

    # ---- Following ------------------------------------------------------------------------

    def follow(self) -> None:
        """Ask for what the state wants, unless it has been asked for or is there."""
        state = self._session.state
        wanted = self.wanted(state)
        if wanted is None and self.is_stale(state):
            self.put(None)
        if wanted == self._asked:
            # Asked for once: what failed would fail again.
            return
        self._asked = wanted
        self._runner.cancel()
        self._session.take_back(self._said)
        if wanted is None:
            return
        if self.is_there(state):
            self._tell(state)
        else:
            self._runner.start(self.task(state))

    def cancel(self) -> None:
        """Give up the work."""
        self._runner.cancel()

    def _is_still_wanted(self) -> bool:
        """Whether the state has not gone on while an answer was on its way."""
        return self.wanted(self._session.state) == self._asked

    def _tell(self, state: State) -> None:
        self._said = self.words(state)
        if self._said:
            self._session.say(self._said)

    def _on_answered(self, answer: Answer) -> None:
        if self._is_still_wanted():
            self.put(answer)
            self._tell(self._session.state)
        else:
            # At once: what was asked for may be wanted again before the state's change is heard.
            self.follow()

    def _on_failed(self, failure: str) -> None:
        if self._is_still_wanted():
            self.fail(failure)
        else:
            self.follow()

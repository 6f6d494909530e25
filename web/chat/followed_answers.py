"""Which answer each browser tab follows."""

from dataclasses import dataclass, field
from threading import Lock

import gradio as gr

from rag.runtime.progress import CancelEvent
from web.chat.answer_jobs import AnswerJob, View

_LAST_UPDATE_S = 20.0
"""A tab waits so long at most for the last update from an answer that it leaves: a busy machine takes seconds for it,
and Gradio drops it only if the tab is closed."""


@dataclass(frozen=True, slots=True)
class Following:
    """The answer that a tab follows; none while a conversation is opened in it.

    `sent` is the number of the tab's state that began this. `left` is set when it turns to something else, `ended` when
    the last update that shows something is on its way to the tab.
    """

    job: AnswerJob[View] | None
    sent: int = 0
    left: CancelEvent = field(default_factory=CancelEvent)
    ended: CancelEvent = field(default_factory=CancelEvent)

    def leave(self) -> None:
        """Have the tab turn away from the answer, which goes on."""
        self.left.set()
        if self.job:
            self.job.wake()


class FollowedAnswers:
    """The answers that tabs follow, by Gradio's session: at most one each."""

    def __init__(self) -> None:
        self._tabs: dict[str, Following] = {}
        self._latest_sent: dict[str, int] = {}
        self._lock = Lock()

    def job(self, request: gr.Request) -> AnswerJob[View] | None:
        """Return the answer that a tab follows; None if it follows none."""
        with self._lock:
            following = self._tabs.get(request.session_hash or "")
        return following.job if following else None

    def turn(self, request: gr.Request, following: Following) -> None:
        """Have a tab follow this instead of what it followed before, after the last update from there.

        Requests of a tab may overtake one another: what it has turned away from meanwhile is left at once.
        """
        tab = request.session_hash or ""
        with self._lock:
            if following.sent < self._latest_sent.get(tab, 0):
                following.leave()
                return
            self._latest_sent[tab] = following.sent
            earlier = self._tabs.get(tab)
            self._tabs[tab] = following
        if earlier:
            earlier.leave()
            earlier.ended.wait(_LAST_UPDATE_S)  # coming late, it would replace what the tab shows by then

    def end(self, request: gr.Request, following: Following) -> bool:
        """Let a tab follow this no longer, and return whether it did until now."""
        with self._lock:
            is_current = self._tabs.get(request.session_hash or "") is following
            if is_current:
                del self._tabs[request.session_hash or ""]
        following.ended.set()
        return is_current

    def leave(self, request: gr.Request) -> None:
        """Let go of a closed tab."""
        with self._lock:
            following = self._tabs.pop(request.session_hash or "", None)
            self._latest_sent.pop(request.session_hash or "", None)
        if following:
            following.leave()

"""What the window knows and does, without widgets.

A control calls ``session.edit``; the session replaces its frozen ``State`` and emits
``changed(before, after)``; panels show what differs; the runner drives the engine's generators in
the background and their progress comes back as further changes. What is shown beside a result is
asked for by a ``Follower``, once, when the state wants it.

Session is Fitted (runs) is Edited (undo) is Shown (the state, the signal).
"""

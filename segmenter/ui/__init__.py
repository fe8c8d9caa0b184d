"""The window: widgets that show the state and call the session. They hold no truth."""

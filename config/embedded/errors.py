"""What stops the launcher: one sentence that names the cure, and no stack trace."""


class LauncherRefusal(Exception):
    """The installation cannot be set up or started as asked; the message says what to do."""


class NotSetUp(LauncherRefusal):
    """There is no embedded installation here yet."""

    def __init__(self) -> None:
        super().__init__(
            "No DATABASE_URL is set and there is no embedded installation in var/ yet. "
            "Run script/server once, or set the variables of .env.example."
        )

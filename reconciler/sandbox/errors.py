"""What the sandbox refuses, as exceptions of its own."""


class SandboxError(Exception):
    """The sandbox was asked for something that its org does not have or cannot do."""


class WorldError(SandboxError):
    """A world cannot be seeded; `messages` names every problem found in it."""

    def __init__(self, messages: tuple[str, ...]) -> None:
        super().__init__("\n".join(messages))
        self.messages = messages

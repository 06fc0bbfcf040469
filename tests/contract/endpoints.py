"""Which endpoints an org has, by its own routes and by the document, and which one a path is."""

from tests.contract.slice import METHODS, anonymous


def of_sandbox(sandbox):
    """Every endpoint that the sandbox answers, with its parameters unnamed."""
    return {
        anonymous(f"{method} {route.path.rstrip('/')}")
        for route in sandbox.app.routes
        for method in METHODS
        if method in route.methods
    }


class Map:
    """Finds the endpoint of a request; literal parts of a path stand before parameters."""

    def __init__(self, documented, present):
        self._by_shape = {shape: shape for shape in present}
        self._by_shape |= {anonymous(endpoint): endpoint for endpoint in documented}
        self.present = present

    def endpoint(self, method, path):
        """The endpoint as it is documented, else as the sandbox has it; None for no endpoint."""
        parts = [part for part in path.split("/") if part]
        fitting = [shape for shape in self._by_shape if _fits(shape, method, parts)]
        if not fitting:
            return None
        return self._by_shape[min(fitting, key=lambda shape: shape.count("{}"))]

    def is_present(self, endpoint):
        """Whether the sandbox has it."""
        return endpoint is not None and anonymous(endpoint) in self.present

    def name(self, shape):
        """The endpoint with the names that the document gives."""
        return self._by_shape[shape]


def _fits(shape, method, parts):
    verb, _, path = shape.partition(" ")
    wanted = [part for part in path.split("/") if part]
    return (
        verb == method
        and len(wanted) == len(parts)
        and all(want in ("{}", part) for want, part in zip(wanted, parts, strict=True))
    )

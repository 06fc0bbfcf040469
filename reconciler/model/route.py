"""The way to the servers that are asked: straight, or through a proxy that an operator named."""

from dataclasses import dataclass, field

__all__ = ["DIRECT", "Route"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How requests leave this machine. `proxy` is a URL, and may hold a password."""

    proxy: str = field(default="", repr=False)
    straight: tuple[str, ...] = ()
    """Hosts that are reached without the proxy, and with each those below it."""
    ca_file: str = ""
    """Certificates that are trusted besides the usual ones."""
    unused: str = ""
    """A variable of the system that names a proxy which is not used."""

    def proxy_for(self, host: str) -> str:
        """The proxy by which a host is reached; empty where it is reached straight."""
        asked = host.lower()
        is_straight = any(asked == each or asked.endswith(f".{each}") for each in self.straight)
        return "" if is_straight else self.proxy

    @property
    def proxy_name(self) -> str:
        """The proxy's host and port, to be shown: without user and password."""
        return self.proxy.partition("://")[2].rpartition("@")[2].rstrip("/")


DIRECT = Route()

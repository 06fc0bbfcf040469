"""Network zones: the addresses that a client or a token may be used from."""

import ipaddress
from collections.abc import Iterable


def is_zone(text: str) -> bool:
    """Whether this is an address, or a range of addresses like 10.0.0.0/8."""
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def allows(zones: Iterable[str], address: str) -> bool:
    """Whether the address is in one of the zones; without any zone, every address is allowed."""
    ranges = [ipaddress.ip_network(zone) for zone in zones]
    if not ranges:
        return True
    try:
        here = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(here in each for each in ranges)

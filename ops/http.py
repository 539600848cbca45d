"""Plain HTTP for the operator's commands: each request has a timeout, and this machine is never asked by a proxy."""

import ipaddress
from urllib.parse import urlsplit

import httpx

SECONDS = 10.0


def client(url: str, seconds: float = SECONDS) -> httpx.Client:
    """A client for requests to this URL's host. It checks certificates, and follows no redirect."""
    return httpx.Client(timeout=seconds, trust_env=not is_loopback(url), headers={"Accept-Encoding": "identity"})


def is_loopback(url: str) -> bool:
    """Whether a URL's host is this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

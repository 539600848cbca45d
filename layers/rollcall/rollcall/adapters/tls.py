"""The one TLS context for the connections that Rollcall opens itself."""

import functools
import ssl


@functools.cache
def tls_context() -> ssl.SSLContext:
    """Created at its first use: it takes 15 ms of processor time to read the machine's certificates."""
    return ssl.create_default_context()

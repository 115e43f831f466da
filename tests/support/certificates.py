"""A certificate authority of the tests' own, which nobody else trusts."""

import ssl
from functools import cache
from pathlib import Path

import trustme

# What its servers are called; a proxy of the tests leads each of these to this machine.
HOSTS = ("localhost", "127.0.0.1", "::1", "api.example", "cdn.example")


@cache
def _authority() -> trustme.CA:
    return trustme.CA()


def server_context() -> ssl.SSLContext:
    """What a server of the tests shows to its clients."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    _authority().issue_cert(*HOSTS).configure_cert(context)
    return context


def write_authority(path: Path) -> Path:
    """The authority's own certificate, as a file that SSL_CERT_FILE may name."""
    path.write_bytes(_authority().cert_pem.bytes())
    return path

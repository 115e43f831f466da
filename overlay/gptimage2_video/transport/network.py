"""The network settings of the environment: which proxy a URL takes, and which certificates a host may show.

Every transport obeys these, whatever its library would make of the environment. What cannot work is InvalidRequest
before anything is sent; its sentence names the variable and its value, without what may be a password.
"""

import os
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, Final, NamedTuple, Self
from urllib.request import getproxies

import httpx

from gptimage2_video.settings import LOOPBACK, invalid_setting

_PROXY_SCHEMES: Final = ("http", "https", "socks5", "socks5h")
_DEFAULT_PORTS: Final = {"https": 443, "socks5": 1080, "socks5h": 1080}


@dataclass(frozen=True, repr=False)
class Proxy:
    """A proxy, and the variable that names it. Its URL may hold a password, so only its text is for people."""

    url: httpx.URL
    variable: str

    @property
    def is_socks(self) -> bool:
        """Whether it speaks SOCKS, which aiohttp does not."""
        return self.url.scheme.startswith("socks")

    def __repr__(self) -> str:
        return f"{self.url.scheme}://{self.address} ({self.variable})"

    @property
    def address(self) -> str:
        """Its host and port."""
        return host_and_port(self.url)


class _NoProxyEntry(NamedTuple):
    """One entry of NO_PROXY: addresses, or the end of a name; of one scheme and port where these are not empty."""

    name: str
    addresses: IPv4Network | IPv6Network | None
    scheme: str
    port: int | None

    def matches(self, url: httpx.URL) -> bool:
        host = url.raw_host.decode("ascii").strip("[]").rstrip(".").lower()
        if self.scheme not in ("", "all", url.scheme) or self.port not in (None, _port(url)):
            return False
        if self.addresses is None:
            return host == self.name or host.endswith(f".{self.name}")
        try:
            return ip_address(host) in self.addresses
        except ValueError:
            return False


@dataclass(frozen=True)
class NetworkSettings:
    """What the environment says about the network, as curl and requests read it.

    `proxies` has them by scheme: `http`, `https`, and `all` for either. `certificates` is where the trusted ones are,
    and the variable that says so; None for those of the package certifi.
    """

    proxies: Mapping[str, Proxy]
    exceptions: tuple[_NoProxyEntry, ...]
    certificates: tuple[str, str] | None

    @classmethod
    def of_environment(cls) -> Self:
        """As the environment has them now. Raises InvalidRequest for what cannot work."""
        named = getproxies()  # where no variable is set, Windows and macOS have settings of their own
        exceptions = list(_exceptions(named.get("no", "")))
        schemes = [] if "*" in _entries(named.get("no", "")) else ["http", "https", "all"]
        proxies = {scheme: _proxy(_variable(scheme), named[scheme]) for scheme in schemes if named.get(scheme)}
        return cls(proxies, tuple(exceptions), _certificates())

    def proxy_for(self, url: str | httpx.URL) -> Proxy | None:
        """The proxy that a URL takes, if any; none where the key goes unencrypted, as it does to this machine alone."""
        if not self.proxies:
            return None
        target = httpx.URL(url)
        proxy = self.proxies.get(target.scheme) or self.proxies.get("all")
        direct = target.scheme == "http" and target.host in LOOPBACK
        return None if direct or any(one.matches(target) for one in self.exceptions) else proxy

    def ssl_context(self) -> ssl.SSLContext:
        """A new context that trusts these certificates; takes 20 ms. Raises InvalidRequest where there are none."""
        try:
            return httpx.create_ssl_context()
        except OSError as error:
            path, variable = self.certificates or ("", "certifi")
            raise _invalid(variable, path, f"has no certificate that can be read: {error.strerror or error}") from None


def host_and_port(url: httpx.URL) -> str:
    """Such as `gptimage2api.org:443`."""
    return f"[{url.host}]:{_port(url)}" if ":" in url.host else f"{url.host}:{_port(url)}"


def connect_error_message(error: BaseException, peer: str) -> str:
    """Where no connection could be made to, and why: the words of the system, of the last error behind this one."""
    reason = describe(error)
    cause: Any = error.__cause__ or error.__context__
    while cause is not None:
        cause = getattr(cause, "exceptions", [cause])[0]  # of a group, the first
        if isinstance(cause, ssl.SSLError | socket.gaierror):
            reason = getattr(cause, "verify_message", "") or cause.strerror or reason
        elif isinstance(cause, OSError) and cause.errno:
            reason = os.strerror(cause.errno)
        cause = cause.__cause__ or cause.__context__
    return f"cannot connect to {peer}: {reason[:1].lower()}{reason[1:]}"


def describe(error: BaseException) -> str:
    """The words of an error, or its class where it has none."""
    return str(error) or type(error).__name__


def _port(url: httpx.URL) -> int:
    return url.port or _DEFAULT_PORTS.get(url.scheme, 80)


def _variable(scheme: str) -> str:
    """The variable that names the proxy of a scheme: the one in lower case goes first."""
    name = f"{scheme}_proxy"
    return next((one for one in (name, name.upper()) if os.environ.get(one)), f"the system's {scheme} proxy")


def _invalid(variable: str, value: str, reason: str) -> Exception:
    return invalid_setting(variable, f"{variable} is {_without_password(value)!r}, but {reason}; nothing was sent")


def _without_password(value: str) -> str:
    """The value of a variable without what may be a user, a password or a token."""
    scheme, separator, rest = value.rpartition("://")
    before, at, address = rest.rpartition("@")
    address = re.sub(r":(?!\d*(/|\Z))[^\]]*\Z", ":***", address)  # what should be a port and is no number
    return f"{scheme}{separator}{'***@' if before or at else ''}{address}"


def _proxy(variable: str, value: str) -> Proxy:
    try:
        url = httpx.URL(value if "://" in value else f"http://{value}")
    except httpx.InvalidURL:
        raise _invalid(variable, value, "that is no address") from None
    if (url.port or 1) >= 2**16:
        raise _invalid(variable, value, "there is no such port")
    if url.scheme not in _PROXY_SCHEMES or not url.host:
        raise _invalid(variable, value, f"a proxy begins with {'://, '.join(_PROXY_SCHEMES)}:// and a host")
    proxy = Proxy(url, variable)
    if proxy.is_socks and not find_spec("socksio"):
        raise _invalid(variable, value, "SOCKS needs an extra: pip install 'gptimage2-video[socks]'")
    return proxy


def _entries(no_proxy: str) -> list[str]:
    return re.split(r"[,\s]+", no_proxy.strip())


def _exceptions(no_proxy: str) -> Iterator[_NoProxyEntry]:
    for entry in filter(None, _entries(no_proxy)):
        scheme, _, rest = entry.lower().rpartition("://")
        host, port = rest, None
        if match := re.fullmatch(r"(\[.*\]|[^:]*):(\d+)", rest):
            host, port = match[1], int(match[2])
        network = re.sub(r"[\[\]]", "", host)
        try:
            yield _NoProxyEntry("", ip_network(network, strict=False), scheme, port)
        except ValueError:
            if "/" in network:
                raise _invalid("NO_PROXY", entry, "that is no range of addresses, such as 10.0.0.0/8") from None
            yield _NoProxyEntry(network.lstrip("*").strip("."), None, scheme, port)


def _certificates() -> tuple[str, str] | None:
    for variable, is_there in (("SSL_CERT_FILE", Path.is_file), ("SSL_CERT_DIR", Path.is_dir)):
        if value := os.environ.get(variable):
            paths = [value] if is_there == Path.is_file else value.split(os.pathsep)
            if not any(is_there(Path(path)) for path in paths):
                raise _invalid(variable, value, f"there is no such {'file' if is_there == Path.is_file else 'folder'}")
            return value, variable
    return None

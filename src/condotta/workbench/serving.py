"""Serves the application: the address, the one-time token in it, TLS; refuses a public address that is not safe."""

import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path

from condotta.errors import UsageError, WorkbenchError
from condotta.workbench.app import application
from condotta.workbench.desk import Options


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen. `name`: the host name that browsers use; `behind_tls`: a proxy in front does TLS."""

    host: str = "127.0.0.1"
    port: int = 8420
    name: str | None = None
    certificate: Path | None = None
    key: Path | None = None
    behind_tls: bool = False

    @property
    def public(self) -> bool:
        """Whether other machines can reach it."""
        try:
            return not ip_address(self.host).is_loopback
        except ValueError:
            return self.host != "localhost"

    @property
    def tls(self) -> bool:
        """Whether what leaves the machine is encrypted."""
        return self.behind_tls or self.certificate is not None


def serve(folder: Path, options: Options, address: Address, told: Callable[[str], None]) -> None:
    """Serve until stopped. Raises WorkbenchError E-WEB-08 for an unsafe address, UsageError E-USE-04 where the port is taken."""
    import uvicorn

    if address.public and not (options.team and address.tls):
        raise WorkbenchError(
            "E-WEB-08", f"{address.host} can be reached by other machines, without TLS or without accounts"
        )
    token = secrets.token_urlsafe(24)
    names = tuple(n for n in (address.name, address.host, "127.0.0.1", "localhost") if n)
    options = replace(options, hosts=names, secure=address.tls, tokens=[] if options.team else [token])
    with _socket(address) as bound:
        port = bound.getsockname()[1]
        scheme = "https" if address.tls else "http"
        where = f"{scheme}://{address.name or address.host}:{port}/"
        told(where if options.team else f"{where}enter?token={token}")
        served = application(folder, options)
        config = uvicorn.Config(
            served, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=2,
            ssl_certfile=str(address.certificate) if address.certificate else None, ssl_keyfile=str(address.key) if address.key else None,
        )  # fmt: skip
        server = uvicorn.Server(config)
        served.state.desk.leaving = lambda: server.should_exit
        server.run(sockets=[bound])


def _socket(address: Address) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ":" in address.host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((address.host, address.port))
        bound.listen(128)  # who opens the printed address at once waits for the server, and is not refused
    except OSError as error:
        bound.close()
        fix = "Choose another with --port; 0 takes a free one."
        where = f"{address.host}:{address.port}"
        raise UsageError("E-USE-04", f"cannot listen on {where}: {error.strerror}", fix=fix) from error
    return bound

"""The gate before every request: the host it names must be ours, a change must not come from another site, and a token must be there where one is set.

The fast path (``http_direct.py``) asks :meth:`Gate.refusal` too; all other requests pass :class:`Guarded`, the middleware. Without the first rule any name
that resolves to this machine would do (DNS rebinding); without the second any page that a browser shows could write.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from service.core.settings import Settings
from service.http.problems import problem, problem_response
from service.http.sessions import Sessions

OPEN_PATHS = frozenset({"/healthz", "/readyz", "/auth/session"})
"""What is answered without a token: health, and the form that takes the token."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SAME_SITE = frozenset({b"same-origin", b"none"})
"""What a browser says in ``Sec-Fetch-Site`` of a request from our own pages, or from nobody's (an address that somebody typed)."""
COOKIE = "sg_session"
_HOST = re.compile(rb"(\[[0-9a-f:.]+\]|[^\s:@/?#\[\]]+)(?::[0-9]{0,5})?", re.IGNORECASE)
_KEPT_HOSTS = 1_000
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="stakeholder-graph"'}


class Refusal(NamedTuple):
    """Why a request is not let through: what the problem says."""

    status: int
    code: str
    title: str
    detail: str


MISSING_HOST = Refusal(400, "host-not-allowed", "This host name is not served", "A request names its host in exactly one Host header")
FOREIGN_HOST = MISSING_HOST._replace(detail="The service is not known by the host that the request names; STAKEHOLDER_GRAPH_HOSTS lists the names it has")
CROSS_SITE = Refusal(
    403,
    "cross-site",
    "Requests from other sites change nothing here",
    "A browser sent this request for a page of another origin; only pages of this service may",
)
UNAUTHENTICATED = Refusal(401, "unauthenticated", "A token is needed", "Send the token of the service: Authorization: Bearer TOKEN")


class Gate:
    """The three rules, of the head of a request alone."""

    def __init__(self, settings: Settings) -> None:
        self._hosts = settings.allowed_hosts
        self._seen: dict[bytes, bool] = {}
        self.sessions = None if settings.token is None else Sessions(settings.token.get_secret_value())

    def refusal(self, scope: Scope) -> Refusal | None:
        """What is wrong with the head of a request; ``None``: nothing."""
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1:
            return MISSING_HOST
        if not self._is_ours(hosts[0]):
            return FOREIGN_HOST
        is_change = scope["method"] not in SAFE_METHODS
        if not is_change and self.sessions is None:
            return None
        found = _heeded(scope)
        if is_change and not _is_same_site(found, hosts[0]):
            return CROSS_SITE
        if self.sessions is not None and scope["path"] not in OPEN_PATHS and not self.is_known(found):
            return UNAUTHENTICATED
        return None

    def is_known(self, headers: dict[bytes, list[bytes]]) -> bool:
        """Does a request bring the token, or the cookie of a session? Where it brings both, the token counts."""
        assert self.sessions is not None
        if sent := headers.get(b"authorization"):
            scheme, _, token = sent[0].partition(b" ")
            return len(sent) == 1 and scheme.lower() == b"bearer" and self.sessions.is_token(token.strip())
        cookies = (part.strip().partition(b"=") for value in headers.get(b"cookie", ()) for part in value.split(b";"))
        return any(name == COOKIE.encode() and self.sessions.is_session(value) for name, _, value in cookies)

    def _is_ours(self, host: bytes) -> bool:
        is_ours = self._seen.get(host)
        if is_ours is None:
            matched = _HOST.fullmatch(host)
            is_ours = matched is not None and matched[1].decode("latin-1").lower().rstrip(".") in self._hosts
            if len(self._seen) < _KEPT_HOSTS:
                self._seen[host] = is_ours
        return is_ours


_HEEDED = frozenset({b"origin", b"sec-fetch-site", b"authorization", b"cookie"})


def _heeded(scope: Scope) -> dict[bytes, list[bytes]]:
    found: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        if name in _HEEDED:
            found.setdefault(name, []).append(value)
    return found


def _is_same_site(headers: dict[bytes, list[bytes]], host: bytes) -> bool:
    """Is a request of our own pages, or of a program? Browsers send ``Origin`` with every request that could change something."""
    origins = headers.get(b"origin", ())
    return set(headers.get(b"sec-fetch-site", ())) <= SAME_SITE and (not origins or (len(origins) == 1 and _same_authority(origins[0], host)))


def _same_authority(origin: bytes, host: bytes) -> bool:
    try:
        parts = urlsplit(origin.decode("latin-1"))
        default = {"http": ":80", "https": ":443"}[parts.scheme]
    except (ValueError, KeyError):  # "null", an extension, no address at all
        return False
    return parts.netloc.lower().removesuffix(default) == host.decode("latin-1").lower().removesuffix(default)


class Guarded:
    """ASGI middleware: what the gate refuses is answered here; people who browse get a page that asks for the token."""

    def __init__(self, app: ASGIApp, gate: Gate, sign_in_page: Callable[[Scope], str]) -> None:
        self.app = app
        self.gate = gate
        self.sign_in_page = sign_in_page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self.gate.refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self.app(scope, receive, send)
            return
        headers = _CHALLENGE if refusal is UNAUTHENTICATED else {}
        if refusal is UNAUTHENTICATED and scope["method"] in ("GET", "HEAD") and _wants_a_page(scope):
            await HTMLResponse(self.sign_in_page(scope), 401, PAGE_HEADERS | headers)(scope, receive, send)
            return
        instance = scope.get("raw_path", b"").decode("ascii", "replace")
        await problem_response(problem(refusal.code, refusal.title, refusal.status, refusal.detail, (), instance), headers)(scope, receive, send)


PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def _wants_a_page(scope: Scope) -> bool:
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])

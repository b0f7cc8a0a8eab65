"""A small OpenID Connect provider on this machine: real keys, real tokens, PKCE; and every defect one can have.

Endpoints after OpenID Connect Core 1.0 and Discovery 1.0; PKCE after RFC 7636. Whoever comes is signed in as
:attr:`Provider.claims` at once.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT, SECRET = "serantau", "a-secret-of-the-client"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """What the provider says.

    Attributes:
        url: Its issuer.
        claims: Who comes: ``sub``, ``email``, ``email_verified``, ``name``.
        defect: What is wrong with it; empty for nothing.
        asked: Paths that were asked for.
    """

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    defect: str = ""
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def configuration(self) -> dict[str, Any]:
        """As the site's settings name the provider."""
        settings = {"server_url": self.url, "oauth_pkce_enabled": True, "member": "", "private": True}
        return {
            "provider_id": "asterra",
            "name": "Government of Asterra",
            "client_id": CLIENT,
            "secret": SECRET,
            "settings": {**settings, "scope": ["openid", "profile", "email"]},
        }

    def discovery(self) -> dict[str, Any]:
        """The discovery document."""
        issuer = "https://somebody.else.invalid" if self.defect == "another issuer in its document" else self.url
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def id_token(self) -> str | None:
        """The ID token, as right or wrong as asked for."""
        now = int(time.time())
        told = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, **self.claims}
        wrong = {
            "another issuer in its token": {"iss": "https://somebody.else.invalid"},
            "another audience": {"aud": "somebody-else"},
            "an old token": {"exp": now - 600},
        }
        told |= wrong.get(self.defect, {})
        headers = {"kid": "one"}
        if self.defect == "no token":
            return None
        if self.defect == "no signature":
            return jwt.encode(told, None, algorithm="none", headers=headers)
        if self.defect == "a signature with the shared secret":
            return jwt.encode(told, SECRET.ljust(64), algorithm="HS256", headers=headers)
        if self.defect == "an unknown key":
            return jwt.encode(told, KEY, algorithm="RS256", headers={"kid": "two"})
        if self.defect == "no key named":
            return jwt.encode(told, KEY, algorithm="RS256")
        return jwt.encode(
            told, OTHER_KEY if self.defect == "a wrong signature" else KEY, algorithm="RS256", headers=headers
        )

    def jwks(self) -> dict[str, Any]:
        """The public key."""
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        return {"keys": [{**key, "kid": "one", "alg": "RS256", "use": "sig"}]}


DEFECTS = (
    *("another issuer in its document", "another issuer in its token", "another audience", "an old token", "no token"),
    *("no signature", "a signature with the shared secret", "an unknown key", "no key named", "a wrong signature"),
    *("two people", "an endless answer", "a redirect", "no JSON", "an error", "nothing"),
)


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.provider.asked.append(parts.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/.well-known/openid-configuration":
            self._json(self.provider.discovery())
        elif parts.path == "/authorize":
            self._authorize(query)
        elif parts.path == "/jwks":
            self._json(self.provider.jwks())
        elif parts.path == "/userinfo" and self.headers["Authorization"] == "Bearer access":
            other = {"sub": "somebody-else"} if self.provider.defect == "two people" else {}
            self._json({**self.provider.claims, **other})
        else:
            self._json({"error": "not found"}, 404)

    def do_POST(self) -> None:
        self.provider.asked.append(self.path)
        length = int(self.headers["Content-Length"])
        given = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        asked = self.provider.codes.pop(given.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        right = (
            asked is not None
            and challenge.decode().rstrip("=") == asked["code_challenge"]
            and given["redirect_uri"] == asked["redirect_uri"]
            and given["client_secret"] == SECRET
        )
        if not right:
            self._json({"error": "invalid_grant"}, 400)
            return
        self._broken() or self._json(
            {"access_token": "access", "token_type": "Bearer", "id_token": self.provider.id_token()}
        )

    def _broken(self) -> bool:
        defect = self.provider.defect
        if defect == "an endless answer":
            self._bytes(b'{"access_token": "' + b"x" * 2_000_000 + b'"}')
        elif defect == "a redirect":
            self._bytes(b"", 302, Location="http://169.254.169.254/latest/meta-data/")
        elif defect == "no JSON":
            self._bytes(b'{"access_token": ')
        elif defect == "an error":
            self._json({"error": "server_error"}, 500)
        elif defect == "nothing":
            self.connection.close()
        else:
            return False
        return True

    def _authorize(self, query: dict[str, str]) -> None:
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.provider.codes[code] = query
        answer = urlencode({"code": code, "state": query["state"]})
        self._bytes(b"", 302, Location=f"{query['redirect_uri']}?{answer}")

    def _json(self, body: dict[str, Any], status: int = 200) -> None:
        self._bytes(json.dumps(body).encode(), status)

    def _bytes(self, body: bytes, status: int = 200, **headers: str) -> None:
        with contextlib.suppress(OSError):
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Print nothing."""


@contextlib.contextmanager
def oidc_provider() -> Iterator[Provider]:
    """Run a provider until the block ends."""
    provider = Provider()
    handler = type("Handler", (_Handler,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

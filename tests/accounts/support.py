"""A visitor of the site, step by step, and codes as an authenticator app makes them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time

PASSWORD = "correct horse battery staple"


def code_of(secret: str, at: float | None = None) -> str:
    """The code an authenticator app shows (RFC 6238 with RFC 4226, written here a second time)."""
    step = int((time.time() if at is None else at) // 30)
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    offset = mac[-1] & 0x0F
    number = struct.unpack(">I", mac[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def link_in(text: str) -> str:
    """The path of the first link of a letter."""
    return re.search(r"https?://[^/\s]+(/\S+)", text)[1]


def set_up_app(client) -> str:
    """Set up an authenticator app for whoever is signed in; returns its secret."""
    page = client.get("/accounts/second-factor/app/").content.decode()
    secret = re.search(r'id="authenticator-secret"[^>]*value="([A-Z2-7]+)"', page)[1]
    response = client.post("/accounts/second-factor/app/", {"code": code_of(secret)})
    assert response.status_code == 302, response.content.decode()
    return secret


def sign_in(client, email: str, password: str = PASSWORD, **more):
    """Send the form of the sign-in page."""
    return client.post("/accounts/login/", {"login": email, "password": password, **more})

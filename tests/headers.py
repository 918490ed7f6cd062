"""The headers that every answer of the product carries."""

from __future__ import annotations

WANTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",  # why: docs/adr/0003-front-end-assets.md
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
}
OF_FILES = {"sandbox", "default-src 'none'"}


def faults(name, response):
    found = [f"{name}: {header}" for header, value in WANTED.items() if response.headers.get(header) != value]
    policy = {one.strip() for one in response.headers.get("Content-Security-Policy", "").split(";")}
    if policy not in (POLICY, OF_FILES):
        found.append(f"{name}: {sorted(policy)}")
    if "no-store" not in response.headers.get("Cache-Control", ""):
        found.append(f"{name}: may be cached")
    missing = [key for key in ("X-Request-ID", "Permissions-Policy") if key not in response.headers]
    return found + [f"{name}: {key}" for key in missing]

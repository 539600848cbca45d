"""Files of a web page as answers of the HTTP API."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rollcall.core.errors import UnknownRoute
from rollcall.entry.http_api import Answer, problem_answer

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}


class Pages:
    """A page's files, read once. `files` are by name; `headers` stand in every answer."""

    def __init__(self, files: Mapping[str, str], headers: Mapping[str, str]) -> None:
        self._headers = {"cache-control": "no-cache", **headers}
        self._files = {name: (_tag(content), content) for name, content in files.items()}

    def answer(self, event: Mapping[str, Any]) -> Answer:
        """The file that the path names; 304 if the browser has it; the page itself where no file is named."""
        name = (event.get("pathParameters") or {}).get("file")
        if name is None:
            return {"statusCode": 308, "headers": self._headers | {"location": "console/index.html"}}
        if name not in self._files:
            return problem_answer(UnknownRoute())
        tag, content = self._files[name]
        headers = self._headers | {"etag": tag}
        if event["headers"].get("if-none-match") == tag:
            return {"statusCode": 304, "headers": headers}
        content_type = {"content-type": CONTENT_TYPES[Path(name).suffix]}
        return {"statusCode": 200, "headers": headers | content_type, "body": content}


def read_files(folder: Path) -> dict[str, str]:
    """The files of a folder that a browser may be sent."""
    return {path.name: path.read_text("utf-8") for path in folder.iterdir() if path.suffix in CONTENT_TYPES}


def security_headers(connect_to: list[str]) -> dict[str, str]:
    """What a page may do: run and show its own files, and speak with its own API and with `connect_to`."""
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": " ".join(["'self'", *connect_to]),
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    return {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
        "referrer-policy": "no-referrer",
        "strict-transport-security": "max-age=31536000",
        "x-content-type-options": "nosniff",
    }


def _tag(content: str) -> str:
    return f'"{hashlib.sha256(content.encode()).hexdigest()[:32]}"'

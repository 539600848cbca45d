"""The pages that a browser sees while somebody signs in: plain HTML without a script, made from `pages/`."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template

from starlette.responses import HTMLResponse

from local.simulator import choices
from local.simulator.authorization import Authorization
from local.simulator.errors import RingCentralError
from local.simulator.newcomers import LABELS, Problem
from local.simulator.users import User

_PAGES = Path(__file__).parent / "pages"
_FRAME, _SIGN_IN, _ERROR = (Template((_PAGES / f"{name}.html").read_text()) for name in ("frame", "sign-in", "error"))
_STYLE = (_PAGES / "style.css").read_text()
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

PATH = "/restapi/oauth/authorize"
_TITLE = "Sign in to the RingCentral simulator"


def sign_in_page(
    asked: Authorization, users: Sequence[User], values: Mapping[str, str], problem: Problem | None = None
) -> HTMLResponse:
    """Who may sign in: those who are known, or somebody new, for whom `values` are filled in."""
    content = _SIGN_IN.substitute(
        title=_TITLE,
        path=PATH,
        client_id=escape(asked.client_id),
        problem=_problem(problem) if problem and problem.field is None else "",
        known=_known(asked, users) if users else "",
        hidden=_hidden(asked),
        fields="\n".join(_field(name, values.get(name, ""), problem) for name in LABELS),
    )
    # A browser applies form-action to the redirect that answers a form, too.
    origin = "/".join(asked.redirect_uri.split("/")[:3])
    form_action = f"'self' {origin}"
    return _response(f"Error: {_TITLE}" if problem else _TITLE, content, form_action, 400 if problem else 200)


def error_page(error: RingCentralError) -> HTMLResponse:
    """Why nobody can sign in. 400 (documentation: OAuth authorization errors)."""
    content = _ERROR.substitute(message=escape(error.message), code=escape(error.code))
    return _response(f"Error: {_TITLE}", content, "'none'", 400)


def _known(asked: Authorization, users: Sequence[User]) -> str:
    rows = "\n".join(_row(number, user) for number, user in enumerate(users))
    return (
        '<section aria-labelledby="known">\n<h2 id="known">People it knows</h2>\n'
        f'<form method="post" action="{PATH}">\n{_hidden(asked)}\n<ul>\n{rows}\n</ul>\n</form>\n</section>'
    )


def _row(number: int, user: User) -> str:
    key = escape(f"{user.account_id}/{user.extension_id}")
    more = f"Extension {user.extension_number} ({user.extension_id}), account {user.account_id}"
    return (
        f'<li><button type="submit" name="user" value="{key}" aria-describedby="more-{number}">'
        f"Sign in as {escape(user.name)}</button>"
        f'<p class="more" id="more-{number}">{escape(more)}<br>{escape(user.phone_number)}</p></li>'
    )


def _field(name: str, value: str, problem: Problem | None) -> str:
    wrong = problem if problem is not None and problem.field == name else None
    state = ' autofocus aria-invalid="true" aria-describedby="problem"' if wrong else ""
    return (
        f'<div><label for="{name}">{LABELS[name]}</label>'
        f'<input id="{name}" name="{name}" value="{escape(value)}" autocomplete="off" required{state}>'
        f"{_problem(wrong) if wrong else ''}</div>"
    )


def _problem(problem: Problem) -> str:
    return f'<p class="problem" role="alert" id="problem">{escape(problem.message)}</p>'


def _hidden(asked: Authorization) -> str:
    """The authorization request, carried along in a form."""
    parameters = {
        "response_type": "code",
        "client_id": asked.client_id,
        "redirect_uri": asked.redirect_uri,
        "code_challenge": asked.code_challenge,
        "code_challenge_method": choices.CHALLENGE_METHOD,
    }
    if asked.state is not None:
        parameters["state"] = asked.state
    return "\n".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in parameters.items()
    )


def _response(title: str, content: str, form_action: str, status: int) -> HTMLResponse:
    policy = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action {form_action}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return HTMLResponse(
        _FRAME.substitute(title=escape(title), style=_STYLE, content=content),
        status,
        {
            "Content-Security-Policy": policy,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        },
    )

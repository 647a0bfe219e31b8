"""The page that asks a browser for the service's token."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import Scope

from service.pages.templating import Locale, locale_of, page

_OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def sign_in_page(locale: Locale, following: str = "/", *, was_wrong: bool = False) -> str:
    """The page in a language; ``following`` is where to go from it."""
    return page("sign_in.html", locale, following=own_path(following), was_wrong=was_wrong)


def sign_in_page_of(scope: Scope) -> str:
    """The page for a request that brought no token: from it one goes on to what was asked for."""
    query = scope["query_string"].decode("ascii", "replace")
    asked = parse_qs(query).get("lang", [None])[0]
    path = scope["raw_path"].decode("ascii", "replace")
    return sign_in_page(locale_of(asked, Headers(scope=scope).get("accept-language", "")), f"{path}?{query}" if query else path)


def own_path(text: str) -> str:
    """A path of this service; the start page where the text is none, or leads elsewhere."""
    return text if _OWN_PATH.fullmatch(text) else "/"

"""Every word on screen: the Chinese sentence is the key, English comes from one gettext catalogue.

The language is the tab's: it stands in the page's address (``?lang=en``) and in the session; it is
Chinese until chosen.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, Literal

import streamlit as st
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from streamlit.runtime.scriptrunner import get_script_run_ctx

from layers.clusters import Cluster
from layers.schema import Field, LayerSchema
from layers.vocabulary import Term, Vocabulary

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
CATALOGUE: Final = Path(__file__).parent / "locale" / "en" / "LC_MESSAGES" / "chantu.po"
LANGUAGE_KEY: Final = "language"


def t(sentence: str, **values: object) -> str:
    """Say a sentence in the tab's language; ``{name}`` places take the values.

    ``count``, or else ``rows``, chooses the English plural.
    """
    return say(sentence, language(), **values)


def say(sentence: str, tongue: Language, **values: object) -> str:
    """Say a sentence in a given language."""
    text = sentence if tongue == "zh" else _english(sentence, one=str(values.get("count", values.get("rows"))) == "1")
    return text.format(**values) if values else text


def language() -> Language:
    """Return the language of this tab, Chinese where there is no tab."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return "zh"
    return "en" if st.session_state.get(LANGUAGE_KEY) == "en" else "zh"


def settle_language() -> Language:
    """Take the language from the page's address into the session; call once at the top of a run."""
    asked = st.query_params.get("lang")
    if asked in LANGUAGES:
        st.session_state[LANGUAGE_KEY] = asked
    return language()


def choose_language(tongue: Language) -> None:
    """Change the tab's language, in the session and in the address."""
    st.session_state[LANGUAGE_KEY] = tongue
    st.query_params["lang"] = tongue


def term(vocabulary: Vocabulary, key: object) -> str:
    """Name a term of a closed list; what is not in the list is given back as it is, nothing as nothing."""
    if key is None or key == "":
        return ""
    found = vocabulary.get(str(key))
    return named(found) if found else str(key)


def named(item: Term | Field | LayerSchema) -> str:
    """The name of a term, field or layer in the tab's language."""
    return item.en if language() == "en" else item.zh


def headed(field: Field) -> str:
    """The head of a field's column: its name and its unit."""
    return f"{named(field)} ({unit(field.unit)})" if field.unit else named(field)


def cluster_name(cluster: Cluster) -> str:
    """The name of a cluster in the tab's language."""
    return cluster.name_en if language() == "en" else cluster.name_zh


def unit(symbol: str) -> str:
    """A unit in the tab's language; symbols such as ㎡ and % are the same in both."""
    if language() == "zh":
        return symbol
    return _UNITS_EN.get(symbol, symbol)


_UNITS_EN: Final = {
    "亩": "mu", "万亩": "10k mu", "公顷": "ha", "㎡": "m²", "宗": "parcels", "万元": "10k CNY", "万元/亩": "10k CNY/mu",
}  # fmt: skip


def _english(sentence: str, *, one: bool) -> str:
    message = catalogue().get(sentence)
    found = message.string if message is not None else ""
    if isinstance(found, (tuple, list)):
        found = found[0 if one else -1]
    # a sentence without English is a fault that the tests find; on screen the Chinese says more than a key
    return str(found) or sentence


@cache
def catalogue() -> Catalog:
    """The English catalogue, read once a process."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")

"""The signature of somebody who may give rights, asked for beside what it is for; open while nobody may."""

from __future__ import annotations

import streamlit as st

from planning import people
from planning.errors import Fault, Refused
from planning.people import ADMIN, Signature
from ui import office
from ui.markup import element, plain, show
from ui.words import t


def ask(key: str) -> None:
    """Draw who signs and their passphrase; one quiet line while nobody may give rights."""
    names = signers(ADMIN)
    if not names:
        show(
            element(
                "p",
                t("还没有能授权的人员，现在谁都可以保存。在「人员」页登记第一人后，保存须由其签字。"),
                cls="hint quiet",
            )
        )
        return
    with st.container(key=f"signing_{key}", horizontal=True, gap="small", vertical_alignment="bottom"):
        st.selectbox(t("签字人（管理）"), names, key=_who(key), format_func=plain)
        st.text_input(t("签字口令"), key=_words(key), type="password", autocomplete="off")


def given(key: str) -> Signature | None:
    """The signature that was given, None while all is open; the passphrase is forgotten at once. For callbacks.

    Raises
    ------
    Refused
        No passphrase, a wrong one, or somebody who may not.
    """
    if not people.guarded(office.database()):
        return None
    who, words = str(st.session_state.get(_who(key)) or ""), str(st.session_state.get(_words(key)) or "")
    st.session_state[_words(key)] = ""
    return sign(who, words, ADMIN)


def sign(who: str, words: str, role: str) -> Signature:
    """Have a person sign with the passphrase that was typed; Refused when there is none, or it is not theirs."""
    if not words:
        raise Refused(Fault("passphrase_empty"))
    return people.sign(office.database(), name=who, passphrase=words, role=role, actor=office.actor())


def signers(role: str) -> list[str]:
    """The names of those who can sign in a role."""
    return [one.name for one in people.people(office.database()) if role in one.roles and one.can_sign]


def _who(key: str) -> str:
    return f"sign_who_{key}"


def _words(key: str) -> str:
    return f"sign_words_{key}"

"""When a page breaks: the fault goes to the log under a number, and the person sees the number and what to do."""

from __future__ import annotations

import logging
import secrets

from ui.markup import element, show
from ui.words import t

_LOG = logging.getLogger("chantu.ui")


def told(fault: Exception) -> bool:
    """Log an uncaught fault of a page and say so; True keeps Streamlit from showing the error itself."""
    number = secrets.token_hex(4)
    _LOG.error("page fault %s", number, exc_info=fault)
    show(
        element(
            "p",
            t("出错了，操作没有完成。已记录，编号 {number}；请刷新页面再试，仍然出错时把编号告诉管理员。", number=number),  # noqa: E501  # one sentence
            cls="alert", role="alert",
        )
    )  # fmt: skip
    return True

"""Taking away what the ledger shows: the same rows in the same order, as CSV or XLSX."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import streamlit as st

from planning import exporting, registers
from planning.actors import utc_now
from planning.atlas import Atlas
from ui.session import Ids, Tab
from ui.words import Language, language, t

MIME: Final = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
# what the register computes for the screen is another column of the file, or none
_SHOWN: Final = tuple(
    {"cluster": "cluster_name"}.get(field.key, field.key)
    for field in registers.COLUMNS
    if field.key not in {"area_ha", "locked"}
)


def buttons(tab: Tab, atlas: Atlas, ids: Ids) -> None:
    """Two buttons; the file is made when one is pressed."""
    for form, name in (("csv", t("导出 CSV")), ("xlsx", t("导出 XLSX"))):
        st.download_button(
            name, data=_made(atlas, tab.scenario_id, ids, form, language()), file_name=f"{t('地块台账')}.{form}",
            mime=MIME[form], key=f"ledger_{form}", on_click="ignore",
        )  # fmt: skip


def table_bytes(atlas: Atlas, *, scenario_id: int, ids: Ids, form: str, tongue: Language) -> bytes:
    """The register of these parcels, in this order, as a file."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"register.{form}"
        exporting.export(
            atlas, layer="parcels", scenario_id=scenario_id, ids=ids, form=form, out=out, columns=_SHOWN, lang=tongue,
            at=utc_now(),
        )  # fmt: skip
        return out.read_bytes()


def _made(atlas: Atlas, scenario_id: int, ids: Ids, form: str, tongue: Language) -> Callable[[], bytes]:
    return lambda: table_bytes(atlas, scenario_id=scenario_id, ids=ids, form=form, tongue=tongue)

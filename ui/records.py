"""数据与审计: what the database holds, whether it is whole, who did what, and a backup to take away."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Final

import streamlit as st

from layers import figures
from layers.schema import LAYERS
from planning import guarding, history
from planning.atlas import Atlas
from planning.errors import PlanningError
from planning.guarding import Verified
from ui import export_log, office
from ui.desk_tools import scenario_name
from ui.limits_form import limits_form
from ui.markup import Html, each, element, show
from ui.opening import ready
from ui.profiles_form import profiles_form
from ui.sentences import clock_time, file_size
from ui.words import named, t

LAST_ENTRIES: Final = (20, 100, 500)
MOST_FAULTS: Final = 50
_VERIFIED: Final = "records_verified"

# what an entry of the audit says, by its verb
AUDIT: Final = MappingProxyType({
    "assign": "分配集群",
    "clear": "清除分配",
    "revert": "恢复现状",
    "lock": "锁定",
    "unlock": "解锁",
    "undo": "撤销",
    "redo": "重做",
    "edit": "修改台账",
    "quota": "设定配额",
    "split_line": "按线分割",
    "split_area": "按面积分割",
    "split_road": "留路分割",
    "cut_road": "按道路切分",
    "cut_conflict": "划出冲突部分",
    "set_rules": "设定规则表",
    "edit_rules": "修改规则",
    "merge": "合并地块",
    "draw": "新画地块",
    "snap": "吸附界线",
    "replace": "更换界线",
    "inherit": "沿用原集群",
    "import": "导入",
    "insert": "入库",
    "update": "按编号更新",
    "undo_import": "撤销导入",
    "assign_base": "现状集群入库",
    "set_clusters": "设定集群表",
    "create": "新建数据库",
    "new_scenario": "新建方案",
    "duplicate_scenario": "复制方案",
    "rename_scenario": "重命名方案",
    "save_model": "保存适宜性模型",
    "restore": "恢复备份",
    "set_import_limits": "修改导入限值",
    "merge_scenario": "合入另一方案",
    "submit_scenario": "送审方案",
    "withdraw_scenario": "撤回送审",
    "send_back_scenario": "退回方案",
    "publish_scenario": "发布方案",
    "comment": "写意见",
    "reply": "回复意见",
    "resolve": "意见已处理",
    "reopen": "重开意见",
    "add_person": "登记人员",
    "set_roles": "改角色",
    "remove_person": "人员离开",
    "set_passphrase": "设签字口令",
    "give_code": "给口令码",
    "rescue_passphrase": "在服务器上重设口令",
    "passphrase_refused": "口令输错",
    "save_view": "保存汇报视图",
    "rename_view": "改视图标题",
    "order_views": "调整视图次序",
    "delete_view": "删除汇报视图",
    "export_briefing": "出汇报",
    "export_layer": "导出图层",
    "set_export_profiles": "修改出图口径",
})  # fmt: skip


def act_name(verb: str) -> str:
    """What an act is called in the records."""
    return t(AUDIT.get(verb, verb))


def page() -> None:
    """Draw the page."""
    atlas = office.atlas()
    ready(atlas)
    show(element("h1", t("数据与审计"), cls="title"))
    left, right = st.columns([1, 1], gap="medium")
    with left:
        show(_facts(atlas))
        _check()
        _backup()
        limits_form()
        profiles_form()
    with right:
        export_log.log(atlas)
        _audit(atlas)


def _facts(atlas: Atlas) -> Html:
    rows = [
        element(
            "tr", element("th", named(schema), scope="row"), element("td", figures.count(len(layer)), cls="figure"),
            element("td", t("示例数据") if layer.has_sample else "", cls="quiet"),
        )
        for name, schema in LAYERS.items()
        for layer in (atlas.layer(name),)
    ]  # fmt: skip
    head = element(
        "tr", element("th", t("图层"), scope="col"), element("th", t("记录数"), scope="col", cls="figure"),
        element("th", t("说明"), scope="col"),
    )  # fmt: skip
    facts = history.facts(atlas.db)
    return element(
        "section",
        element("h2", t("数据库"), cls="section"),
        element(
            "dl",
            each(_fact(name, value) for name, value in (
                (t("存储坐标系"), t("EPSG:{code} {name}", code=atlas.epsg, name=facts.crs_name)),
                (t("数据库文件"), t("{name}，{size}", name=facts.file_name, size=file_size(facts.size_bytes))),
                (t("方案数"), str(facts.scenarios)),
                (t("审计记录"), figures.count(facts.audit_entries)),
                (t("最新校验值"), facts.head_hash[:16]),
            )),
            cls="facts",
        ),
        element("table", element("thead", head), element("tbody", *rows), cls="grid"),
    )  # fmt: skip


def _fact(name: str, value: str) -> Html:
    return each((element("dt", name), element("dd", value)))


def _check() -> None:
    show(element("h2", t("完整性检查"), cls="section"))
    show(element("p", t("重新计算审计链、面积、关联与各方案的记录，逐项核对。"), cls="hint"))
    if st.button(t("检查"), key="verify"):
        with st.spinner(t("正在核对全部记录…")):
            st.session_state[_VERIFIED] = guarding.verify(office.database())
    verified: Verified | None = st.session_state.get(_VERIFIED)
    if verified is not None:
        _verdict(verified)


def _verdict(verified: Verified) -> None:
    if verified.ok:
        show(
            element(
                "p",
                t(
                    "全部一致：{checks} 项检查，{entries} 条审计记录，{parcels} 宗地块，合计 {area} ㎡。",
                    checks=len(verified.checks), entries=figures.count(verified.audit_entries),
                    parcels=figures.count(verified.parcels), area=figures.square_metres(verified.area_m2),
                ),
                cls="done", role="status",
            )
        )  # fmt: skip
        return
    show(
        element(
            "p",
            t("发现 {count} 处不一致，请保留现场并联系管理员：", count=len(verified.faults)),
            cls="alert",
            role="alert",
        )
    )
    rows = [
        element(
            "tr",
            *(
                element("td", text)
                for text in (one.code, one.where, "、".join(f"{name} {value}" for name, value in one.values.items()))
            ),
        )
        for one in verified.faults[:MOST_FAULTS]
    ]
    head = element("tr", *(element("th", name, scope="col") for name in (t("代码"), t("位置"), t("数值"))))
    show(element("table", element("thead", head), element("tbody", *rows), cls="grid"))


def _backup() -> None:
    show(element("h2", t("备份"), cls="section"))
    show(element("p", t("备份是数据库在这一刻的完整副本，可用命令行 restore 恢复。"), cls="hint"))
    st.download_button(
        t("下载备份"), data=_deferred(_backup_bytes), file_name="chantu-backup.sqlite",
        mime="application/vnd.sqlite3", key="backup", on_click="ignore",
    )  # fmt: skip


def _backup_bytes() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "backup.sqlite"
        guarding.backup(office.database(), path)
        return path.read_bytes()


def _deferred(make: Callable[[], bytes]) -> Callable[[], bytes]:
    """Make the bytes when they are asked for; a fault becomes an error that the browser shows as a failed download."""

    def made() -> bytes:
        try:
            return make()
        except PlanningError as error:
            raise OSError(str(error)) from error

    return made


def _audit(atlas: Atlas) -> None:
    show(element("h2", t("审计记录"), cls="section"))
    limit = st.segmented_control(
        t("显示最近"), LAST_ENTRIES, default=LAST_ENTRIES[0], required=True, key="audit_limit",
        format_func=lambda number: t("{count} 条", count=number), label_visibility="collapsed",
    )  # fmt: skip
    names = {f"scenario:{one.id}": scenario_name(one) for one in atlas.scenarios()}
    names |= {f"layer:{key}": named(schema) for key, schema in LAYERS.items()}
    names |= {"clusters": t("产业集群"), "rules": t("规则"), "database": t("数据库")}
    names |= {"import_limits": t("导入检查的限值"), "export_profiles": t("出图口径")}
    entries = history.latest(atlas.db, limit=int(limit or LAST_ENTRIES[0]))
    if not entries:
        show(element("p", t("还没有记录。"), cls="hint"))
        return
    head = element(
        "tr",
        *(
            element("th", name, scope="col")
            for name in (t("序号"), t("时间"), t("谁"), t("做了什么"), t("对象"), t("涉及"))
        ),
    )
    rows = [
        element("tr", *(element("td", text) for text in (
            str(one.seq), clock_time(one.at), f"{one.actor} · {one.origin}", _verb(one.verb),
            names.get(one.subject, one.subject), _touched(one.detail),
        )))
        for one in entries
    ]  # fmt: skip
    show(element("table", element("thead", head), element("tbody", *rows), cls="grid"))


def _verb(key: str) -> str:
    sentence = AUDIT.get(key)
    return key if sentence is None else t(sentence)


def _touched(detail: str) -> str:
    """How many parcels an entry is about, where it tells."""
    told = json.loads(detail)
    for key in ("parcels", "moves", "edits", "ids", "ended"):
        if isinstance(told, dict) and isinstance(told.get(key), list):
            return t("{count} 宗", count=len(told[key]))
    return ""

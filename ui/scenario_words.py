"""What is said of scenarios: their states, the steps of review, kinds of changes, and what can be wrong."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from store.scenarios import Scenario
from ui.markup import plain
from ui.words import t

STATES: Final = MappingProxyType({
    "draft": "草案",
    "in_review": "审核中",
    "published": "已发布",
})  # fmt: skip

STEPS: Final = MappingProxyType({
    "submit": "送审",
    "withdraw": "撤回",
    "send_back": "退回",
    "publish": "审核通过并发布",
})  # fmt: skip

KINDS: Final = MappingProxyType({
    "cluster": "集群",
    "shape": "界线",
    "field": "台账",
    "born": "新增地块",
    "ended": "地块注销",
    "returned": "地块恢复",
})  # fmt: skip

FAULTS: Final = MappingProxyType({
    "person_unknown": "没有名为「{name}」的人员；请管理员先登记。",
    "person_there": "「{name}」已经登记。",
    "role_unknown": "没有角色「{role}」。",
    "role_missing": "请至少选一个角色。",
    "not_a_planner": "「{name}」没有规划角色，不能这样签字。",
    "not_a_reviewer": "「{name}」没有审核角色，不能签字。",
    "not_a_admin": "「{name}」没有管理角色，不能签字。",
    "passphrase_length": "口令要 {shortest} 到 {longest} 个字。",
    "passphrase_missing": "「{name}」还没有设签字口令；请本人在「人员」页凭口令码设置。",
    "passphrase_changed": "「{name}」的口令刚被改动，请再试一次。",
    "passphrases_differ": "两次输入的新口令不同。",
    "first_passphrase_missing": "「{name}」是第一个可以授权的人，请同时设口令。",
    "code_missing": "「{name}」没有口令，也没有口令码；请 {known} 在「人员」页给一个。",
    "signature_missing": "这要有权的人签字：{known}。",
    "not_last_admin": "只有唯一的管理人员可以在服务器上重设口令；「{name}」请管理人员给口令码。",
    "last_admin": "「{name}」是唯一能授权的人：请先让另一人有管理角色，并设好口令。",
    "override_by_one": "申请放行和签字的是同一人「{name}」：请由另一位审批人签字。",
    "override_asker_missing": "账号「{name}」不是登记的人员，不知是谁申请放行：请选申请人并输入其口令。",
    "submitter_reviews": "「{name}」是送审人，不能退回自己送审的；可以撤回。",
    "passphrase_empty": "请输入签字口令。",
    "passphrase_wrong": "「{name}」的口令不对，什么也没有改；再试前请等 {seconds} 秒。",
    "passphrase_wait": "「{name}」的口令连续输错，请等 {seconds} 秒再试。",
    "merge_with_itself": "「{name}」不能合并到自己，请另选一个对照方案。",
    "merge_undecided": "有 {count} 宗冲突还没有选定：{codes}。",
    "scenario_in_other_state": "方案「{name}」的状态已经变了，请看最新状态后再办。",
    "signed_name_stays": "方案「{name}」已送审或发布，名称不能再改。",
    "only_submitter_withdraws": "只有送审人「{submitted_by}」可以撤回。",
    "reason_missing": "请写明退回的理由。",
    "submitter_publishes": "「{name}」是送审人，须由另一人审核。",
    "changed_since_submission": "送审之后，底图方案或地块有改动，已不是送审的内容；请退回，由规划人员重新送审。",
    "signature_old": "「{name}」的签字已过时，请重新签字。",
    "not_published": "这个方案没有发布。",
    "comment_empty": "请先写意见。",
    "comment_needs_a_place": "意见要钉在一宗地块或图上一点：请先选中一宗地块，或点“钉在图上一点”后在图上单击。",
    "unknown_comment": "这条意见已不存在。",
    "answer_not_resolved": "回复不能单独标为已处理。",
    "date_without_zone": "日期没有时区。",
})  # fmt: skip


def state_name(one: Scenario) -> str:
    """What state a scenario is in; the base is neither draft nor published."""
    return t("现状") if one.base_id is None else t(STATES[one.state])


def step_name(step: str) -> str:
    """What a step of review is called."""
    return t(STEPS[step])


def kind_name(kind: str) -> str:
    """What a kind of change is called."""
    return t(KINDS[kind])


def labelled(one: Scenario) -> str:
    """A scenario in a list of choices: its name, and its state unless it is a draft."""
    name = t("现状") if one.base_id is None else plain(one.name)
    return name if one.editable or one.base_id is None else f"{name}（{state_name(one)}）"

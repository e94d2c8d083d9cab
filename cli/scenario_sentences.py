"""What the terminal says of people, review, comparing, merging and remarks, in Chinese and English."""

# ruff: noqa: E501 - a sentence and its translation are read side by side

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

FAULTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    # people
    "person_unknown": ("没有人员「{name}」，有：{known}；请先用 people add 登记", "there is nobody called {name}; there are: {known}. Enter them with people add"),
    "person_there": ("人员「{name}」已经登记", "{name} is entered already"),
    "role_unknown": ("没有角色「{role}」，有：{known}", "no role {role}; there are: {known}"),
    "role_missing": ("至少要一个角色：{known}", "at least one role is needed: {known}"),
    "not_a_planner": ("「{name}」没有规划角色，不能这样签字", "{name} is no planner and cannot sign this"),
    "not_a_reviewer": ("「{name}」没有审核角色，不能签字", "{name} is no reviewer and cannot sign"),
    "not_a_admin": ("「{name}」没有管理角色，不能签字", "{name} is no admin and cannot sign"),
    "passphrase_length": ("口令要 {shortest} 到 {longest} 个字", "a passphrase has {shortest} to {longest} characters"),
    "passphrase_missing": ("「{name}」还没有设口令；请用 people passphrase 设置", "{name} has no passphrase yet: set one with people passphrase"),
    "passphrase_wrong": ("「{name}」的口令不对；再试前等 {seconds} 秒", "wrong passphrase for {name}; wait {seconds} s before the next try"),
    "passphrase_wait": ("「{name}」的口令连续输错，请等 {seconds} 秒再试", "too many wrong passphrases for {name}: wait {seconds} s"),
    "passphrases_differ": ("两次输入的口令不同", "the two passphrases differ"),
    "person_not_in_audit": ("人员与审计记录不符", "the person is not as the audit says"),
})  # fmt: skip

DONE: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "person": ("人员「{name}」：{roles}", "{name}: {roles}"),
    "person_line": ("{name}  {roles}  {signs}", "{name}  {roles}  {signs}"),
    "person_removed": ("「{name}」已标为离开，不能再签字", "{name} left, and signs no more"),
    "passphrase_set": ("「{name}」的口令已设", "passphrase of {name} set"),
})  # fmt: skip

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
    "passphrase_missing": ("「{name}」还没有设口令；请本人用 people passphrase 设置", "{name} has no passphrase yet: they set one with people passphrase"),
    "passphrase_wrong": ("「{name}」的口令不对；再试前等 {seconds} 秒", "wrong passphrase for {name}; wait {seconds} s before the next try"),
    "passphrase_wait": ("「{name}」的口令连续输错，请等 {seconds} 秒再试", "too many wrong passphrases for {name}: wait {seconds} s"),
    "passphrase_file": ("{name} 指的文件读不了", "the file named by {name} cannot be read"),
    "passphrase_changed": ("「{name}」的口令刚被改动，请再试", "the passphrase of {name} was changed meanwhile: try again"),
    "first_passphrase_missing": ("「{name}」是第一个可以授权的人，请同时设口令", "{name} is the first who may give rights: give a passphrase too"),
    "code_missing": ("「{name}」没有口令，也没有口令码；请 {known} 用 people code 给一个", "{name} has neither passphrase nor code: have {known} give one with people code"),
    "signature_missing": ("这要有权的人签字：用 --by 写明，可以是 {known}", "this wants the signature of somebody who may: say who with --by, of {known}"),
    "not_last_admin": ("只有唯一的管理人员可以这样重设；「{name}」的口令请 {known} 用 people code 重设", "only of the one and only admin: for {name} have {known} give a code (people code)"),
    "last_admin": ("「{name}」是唯一能授权的人，请先让另一人有管理角色并设好口令", "{name} is the only one who may give rights: first let another be admin, with a passphrase"),
    "override_by_one": ("申请放行和签字的是同一人「{name}」，须由另一位审批人签字", "{name} asks for the override and signs it: have another reviewer sign"),
    "override_asker_missing": ("账号「{name}」不是登记的人员，不知是谁申请放行；请用 --asked-by 写明规划人员", "the account {name} is no person entered here: say with --asked-by which planner asks"),
    "override_signer_missing": ("放行要审批人签字：请用 --override-by 写明", "an override is signed by a reviewer: say who with --override-by"),
    "submitter_reviews": ("「{name}」是送审人，不能退回，可以撤回（withdraw）", "{name} submitted it and cannot send it back: withdraw it instead"),
    "passphrases_differ": ("两次输入的口令不同", "the two passphrases differ"),
    # comparing and merging
    "unknown_choice": ("没有「{given}」，只能是：{known}", "no {given}; it is one of {known}"),
    "merge_with_itself": ("「{name}」不能合并到自己", "{name} cannot be merged into itself"),
    "merge_undecided": ("有 {count} 宗冲突未定：{codes}；请用 --conflicts、--mine 或 --theirs", "{count} conflicts are not decided: {codes}. Say --conflicts, --mine or --theirs"),
    # review
    "scenario_in_other_state": ("方案「{name}」现为 {state}，不能这样做", "scenario {name} is {state}: this cannot be done"),
    "signed_name_stays": ("方案「{name}」已送审或发布，不能改名", "scenario {name} is in review or published and keeps its name"),
    "only_submitter_withdraws": ("只有送审人「{submitted_by}」可以撤回", "only {submitted_by}, who submitted it, can withdraw it"),
    "reason_missing": ("请写退回理由", "say why it is sent back"),
    "submitter_publishes": ("「{name}」是送审人，须由另一人审核", "{name} submitted it: another person has to publish it"),
    "changed_since_submission": ("送审之后底图方案或地块有改动，请退回后重新送审", "its base or its parcels changed after it was submitted: send it back, to be submitted anew"),
    "signature_old": ("「{name}」的签字已过时，请重新签字", "the signature of {name} is too old: sign again"),
    "not_published": ("方案「{scenario}」没有发布", "scenario {scenario} is not published"),
    "state_not_in_audit": ("方案状态与审计记录不符", "the state of the scenario is not as the audit says"),
    "review_not_in_audit": ("送审记录与审计记录不符", "the steps of review are not as the audit says"),
    "publication_missing": ("缺少发布当日的数据", "what was published is missing"),
    "publication_differs": ("发布当日的数据被改动", "what was published was altered"),
    # remarks and changes
    "comment_empty": ("意见不能为空", "the remark is empty"),
    "comment_needs_a_place": ("意见要钉在一宗地块或一个位置", "a remark is pinned to one parcel or one place"),
    "unknown_comment": ("没有第 {comment} 条意见", "there is no remark {comment}"),
    "answer_not_resolved": ("第 {comment} 条是回复，请处理它所回复的意见", "{comment} is an answer: settle the remark that it answers"),
    "view_not_in_audit": ("汇报视图与审计记录不符", "the kept view is not as the audit says"),
    "comment_not_in_audit": ("意见与审计记录不符", "the remark is not as the audit says"),
    "date_without_zone": ("日期没有时区", "the date has no time zone"),
    "place_malformed": ("位置要写成 东,北（米），给的是 {given}", "a place is written EAST,NORTH in metres, not {given}"),
    "person_not_in_audit": ("人员与审计记录不符", "the person is not as the audit says"),
})  # fmt: skip

DONE: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "person": ("人员「{name}」：{roles}", "{name}: {roles}"),
    "person_code": ("人员「{name}」：{roles}；口令码 {code}，只显示这一次，交本人用 people passphrase 设口令", "{name}: {roles}; code {code}, told only now: with it they set a passphrase (people passphrase)"),
    "passphrase_rescued": ("「{name}」的口令已重设，已记入审计，人员页会注明", "passphrase of {name} set; the records and the page of people say so"),
    "code_given": ("「{name}」的口令码 {code}，只显示这一次；原口令已作废", "code of {name}: {code}, told only now; the passphrase before it signs no more"),
    "person_line": ("{name}  {roles}  {signs}", "{name}  {roles}  {signs}"),
    "person_removed": ("「{name}」已标为离开，不能再签字", "{name} left, and signs no more"),
    "branch": ("{indent}{name}（{id}，{state}）：差 {differs} 宗 {mu} 亩", "{indent}{name} ({id}, {state}): {differs} parcels, {mu} mu differ"),
    "changed_line": ("{code}  {mu} 亩  {a} → {b}", "{code}  {mu} mu  {a} → {b}"),
    "total_line": ("{cluster}  {parcels_a} 宗 {mu_a} 亩 → {parcels_b} 宗 {mu_b} 亩（{mu_more}）", "{cluster}  {parcels_a} parcels {mu_a} mu → {parcels_b} parcels {mu_b} mu ({mu_more})"),
    "compared": ("共 {count} 宗不同，{area_m2} ㎡", "{count} parcels differ, {area_m2} m²"),
    "merge_taken": ("合入  {code}  {mine} → {theirs}", "comes  {code}  {mine} → {theirs}"),
    "merge_conflicts": ("冲突  {code}  原 {old}，我 {mine}，对方 {theirs}", "conflict  {code}  was {old}, mine {mine}, theirs {theirs}"),
    "merge_locked": ("锁定  {code}  {mine}（对方 {theirs}）", "locked  {code}  {mine} (theirs {theirs})"),
    "merge_plan": ("合入 {taken} 宗，冲突 {conflicts} 宗，锁定不动 {locked} 宗", "{taken} come, {conflicts} in conflict, {locked} locked and left"),
    "merged_scenario": ("「{from}」已合入「{scenario}」：{changed} 宗已改动，{skipped} 宗锁定未动", "{from} merged into {scenario}: {changed} changed, {skipped} locked and left"),
    "in_review": ("方案「{scenario}」已由 {by} 送审", "{by} submitted {scenario}"),
    "draft_again": ("方案「{scenario}」回到草案（{by}）", "{scenario} is a draft again ({by})"),
    "published": ("方案「{scenario}」已发布：{parcels} 宗，编号 {digest}", "{scenario} is published: {parcels} parcels, digest {digest}"),
    "published_line": ("{cluster}  {parcels} 宗 {mu} 亩", "{cluster}  {parcels} parcels {mu} mu"),
    "published_since": ("发布当日 {parcels} 宗，编号 {digest}；此后有 {changed} 宗不同", "{parcels} parcels on that day, digest {digest}; {changed} are other since"),
    "change_line": ("{at}  {by}  {code}  {kind} {field}  {before} → {after}", "{at}  {by}  {code}  {kind} {field}  {before} → {after}"),
    "changes": ("{count} 处改动，涉及 {parcels} 宗", "{count} changes on {parcels} parcels"),
    "comment_line": ("{id}  {code}  {by}：{body}", "{id}  {code}  {by}: {body}"),
    "answer_line": ("　{id}  {by}：{body}", "  {id}  {by}: {body}"),
    "commented": ("意见 {id} 已记下", "remark {id} kept"),
    "comment_resolved": ("意见 {id} 已处理", "remark {id} settled"),
    "comment_open": ("意见 {id} 重新打开", "remark {id} open again"),
    "passphrase_set": ("「{name}」的口令已设", "passphrase of {name} set"),
})  # fmt: skip

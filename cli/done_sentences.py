"""What the terminal says of what was done and found, by code, in Chinese and English."""

# ruff: noqa: E501 - a sentence and its translation are read side by side

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

DONE: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "brief": ("已写出 {path}：{title}（快照 {snapshot}；未能标注 {unplaced}）", "wrote {path}: {title} (snapshot {snapshot}; not labelled: {unplaced})"),
    "geojson_valid": ("合乎 RFC 7946（建议 {advice} 条）", "valid by RFC 7946 ({advice} pieces of advice)"),
    "init": ("已建库 {url}，坐标系 EPSG:{epsg}，地块 {parcels} 宗", "database {url} made in EPSG:{epsg} with {parcels} parcels"),
    "import_undone": ("已撤销第 {batch} 批导入：注销 {ended} 行，复原 {restored} 行", "import {batch} undone: {ended} rows ended, {restored} restored"),
    "exported": ("已写 {rows} 行至 {path}（{crs}，{size_bytes} 字节）", "wrote {rows} rows to {path} ({crs}, {size_bytes} bytes)"),
    "remainder": ("{code}：红线 {area_m2} ㎡ = 剩余 {left_m2} ㎡（{pieces} 块）+ 扣除 {removed_m2} ㎡，其中碎面 {slivers} 个 {sliver_m2} ㎡", "{code}: red line {area_m2} m² = {left_m2} m² left in {pieces} pieces + {removed_m2} m² taken off, of which {slivers} slivers of {sliver_m2} m²"),
    "note_text_is_utf8": ("有 {count} 个字不在 GBK 中（{characters}），文字改用 UTF-8，.cpg 已写明", "{count} characters are not in GBK ({characters}): the text is UTF-8, and .cpg says so"),
    "note_text_cut": ("列「{column}」（{name}）有 {rows} 行超过 {most} 字节，已在字的边界截断", "column {column} ({name}) has {rows} rows over {most} bytes, cut between characters"),
    "note_split_by_shape": ("点、线、面分写为 {files} 个图层", "points, lines and polygons are {files} layers"),
    "note_columns_renamed": ("{count} 列改了名，原名在别名里：{names}", "{count} columns have other names, their own are aliases: {names}"),
    "note_whole_numbers_rounded": ("有 {values} 个整数超过 2 的 53 次方，已取近似值", "{values} whole numbers above 2 to the power of 53 were rounded"),
    "note_text_escaped": ("有 {count} 个字不在 GBK 中（{characters}），写成 \\U+ 转义，CAD 能识别", "{count} characters are not in GBK ({characters}): they are written as \\U+ escapes, which CAD programs read"),
    "note_rings_dropped": ("有 {rings} 个环细于 1 毫米，没有写出", "{rings} rings thinner than a millimetre were left out"),
    "note_text_beyond_gbk": ("有 {count} 个字（{characters}）在 GB 18030 中占四字节，只认 GBK 的软件读不出", "{count} characters ({characters}) take four bytes of GB 18030: programs that know only GBK cannot read them"),
    "assigned": ("方案「{scenario}」：{changed} 宗已改动，{skipped} 宗锁定未动", "scenario {scenario}: {changed} changed, {skipped} locked and left"),
    "undone": ("方案「{scenario}」：已撤销，{changed} 宗复原", "scenario {scenario}: undone, {changed} parcels back"),
    "redone": ("方案「{scenario}」：已重做，{changed} 宗", "scenario {scenario}: done again, {changed} parcels"),
    "split": ("方案「{scenario}」：分为 {codes}，{area_m2} ㎡", "scenario {scenario}: split into {codes}, {area_m2} m²"),
    "merged": ("方案「{scenario}」：{ended} 宗合并为 {codes}，{area_m2} ㎡", "scenario {scenario}: {ended} parcels merged into {codes}, {area_m2} m²"),
    "lineage": ("{at}  {from} → {to}（{act}，{status}）", "{at}  {from} → {to} ({act}, {status})"),
    "scenario": ("方案「{name}」（{id}）", "scenario {name} ({id})"),
    "copied": ("已写 {path}（{size_bytes} 字节，审计链 {head_hash}）", "wrote {path} ({size_bytes} bytes, audit head {head_hash})"),
    "restored": ("已恢复自 {path}（审计链 {head_hash}）", "restored from {path} (audit head {head_hash})"),
    "verified": ("核验无误：{parcels} 宗，{area_m2} ㎡，审计 {audit_entries} 条，链首 {head_hash}", "all is well: {parcels} parcels, {area_m2} m², {audit_entries} audit entries, head {head_hash}"),
    "checked": ("{layer}：{rows} 个图形，{faults} 处问题", "{layer}: {rows} shapes, {faults} faults"),
    "fault_invalid": ("图形无效", "invalid shape"),
    "fault_duplicate": ("重复图形", "duplicate"),
    "fault_near_duplicate": ("近似重复", "near duplicate"),
    "fault_overlap": ("重叠", "overlap"),
    "fault_gap": ("缝隙", "gap"),
    "fault_sliver": ("碎片", "sliver"),
    "fault_dangling_vertex": ("悬挂点", "dangling vertex"),
    "fault_near_vertices": ("近重合点", "near vertices"),
    "fault_repeated_vertex": ("重复点", "repeated vertex"),
    "analysed": ("已写 {folder}：{parcels} 宗，{edge} 对共边，{blocks} 个连片", "wrote {folder}: {parcels} parcels, {edge} shared edges, {blocks} blocks"),
})  # fmt: skip

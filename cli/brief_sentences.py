"""What the terminal says of briefings that cannot be made, in Chinese and English."""

# ruff: noqa: E501 - a sentence and its translation are read side by side

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

BRIEF_FAULTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "unknown_template": ("没有模板「{template}」，有：{known}", "no template {template}; there are: {known}"),
    "unknown_size": ("没有画幅「{size}」，有：{known}", "no size {size}; there are: {known}"),
    "sheet_is_pdf_of_one": ("A3 图纸只出 PDF，且只含一个方案", "an A3 sheet is a PDF, and of one scenario"),
    "unknown_theme": ("没有图面「{theme}」，有：{known}", "no theme {theme}; there are: {known}"),
    "theme_not_of_template": ("「{template}」说的是集群，不能按规划用地着色，可以的有：{known}", "{template} is about clusters and is not drawn by land use; these are: {known}"),
    "snapshot_without_land_use": ("快照 {snapshot} 存下时还没有规划用地，只能按集群出图", "snapshot {snapshot} is of before land use was kept: draw it by cluster"),
    "land_colors_malformed": ("规划用地颜色表有误，行：{lines}", "the table of land-use colours is malformed, lines: {lines}"),
    "unknown_park": ("没有园区「{park}」，有：{known}", "no park {park}; there are: {known}"),
    "brief_form_unknown": ("汇报图不能写成 {suffix}，有：{known}", "a briefing cannot be written as {suffix}; there are: {known}"),
    "title_too_long": ("标题有 {length} 字，最多 {longest} 字", "the title has {length} characters, at most {longest}"),
    "comparison_alone": ("方案对比还缺一个方案：请用 --against 指明", "a comparison needs another scenario: name it with --against"),
    "comparison_elsewhere": ("两个快照的坐标系不同，不能对比", "the two snapshots are of different coordinate systems"),
    "characters_missing": ("随附字体缺少这些字，未出图：{characters}；请改写后再出", "the bundled font lacks these characters, nothing was drawn: {characters}"),
    "fonts_damaged": ("随附字体缺失或被改动，未出图：{names}；请重新安装", "the bundled font is missing or changed, nothing was drawn: {names}; install again"),
    "unknown_profile": ("没有口径「{profile}」，有：{known}", "no profile {profile}; there are: {known}"),
    "review_number_missing": ("「{profile}」口径必须有审图号：请用 --review-number 写明，未出图", "what is for the public needs a map review number: give it with --review-number; nothing was made"),
    "review_number_malformed": ("审图号最多 {longest} 字，且不能有控制字符", "a map review number has at most {longest} characters and no control characters"),
    "snapshot_stays_inside": ("快照含全部界线原值，「{profile}」口径不能带出", "the snapshot holds every boundary as it is and does not leave under profile {profile}"),
    "coordinates_too_coarse": ("坐标取整到 {grid} 米后有 {count} 个图形不复存在，未写出；请在“数据与审计”里改口径", "rounded to {grid} m, {count} shapes would be nothing; nothing was written: change the profile"),
    "wide_ground": ("提醒：范围 {km2} 平方千米，超过 {limit}；大比例尺地形成果连续覆盖这么大时属涉密事项，对外前请核对", "note: {km2} sq km of ground, more than {limit}: large-scale topographic data that covers so much is classified; check before it leaves"),
    "unknown_document": ("没有「{kind}」这种材料，有：{known}", "no kind of document {kind}; there are: {known}"),
    "unknown_page": ("没有这些园区或地块：{names}", "no such park or parcel: {names}"),
    "atlas_pages": ("图册有 {pages} 页，须为 1 至 {most} 页", "the atlas has {pages} pages, it takes 1 to {most}"),
    "snapshot_malformed": ("不是存下的快照，或已被改动", "not a kept snapshot, or one that was changed"),
})  # fmt: skip

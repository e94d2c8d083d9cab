"""What the terminal says, by code, in Chinese and English: what is wrong, where, and what to do."""

# ruff: noqa: E501 - a sentence and its translation are read side by side

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from cli import ledger_sentences, rule_sentences, scenario_sentences, suitability_sentences
from cli.brief_sentences import BRIEF_FAULTS
from cli.done_sentences import DONE

# codes of files read by name elsewhere; a code without a sentence is shown with its values, never hidden
FAULTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    # the file as a whole
    "file_missing": ("找不到文件，请检查路径", "file not found: check the path"),
    "file_is_folder": ("这是文件夹，请给出文件", "this is a folder: name a file"),
    "file_empty": ("文件是空的", "the file is empty"),
    "file_unreadable": ("读不了这个文件（{reason}）", "the file cannot be read ({reason})"),
    "file_too_large": ("文件有 {bytes} 字节，最多 {most_bytes}；请拆分", "the file has {bytes} bytes, at most {most_bytes}: split it"),
    "format_not_taken": (
        "这是 {format}，不能导入；请转成 GeoJSON、GeoPackage、Shapefile、GeoParquet、界址点 TXT 或 XLSX",
        "this is {format}, which cannot be imported: convert it to GeoJSON, GeoPackage, Shapefile, GeoParquet, boundary-point TXT or XLSX",
    ),
    "unreadable": ("文件损坏或不合格式（{reason}）", "the file is damaged or malformed ({reason})"),
    "no_geometry": ("{rows} 行都没有可用的几何（{reasons}）", "none of the {rows} rows has a usable geometry ({reasons})"),
    "no_rows": ("文件里没有要素", "the file holds no features"),
    "too_many_rows": ("要素太多，最多 {most} 个；请拆分", "too many features, at most {most}: split the file"),
    "too_many_columns": ("有 {columns} 列，最多 {most} 列", "{columns} columns, at most {most}"),
    "json_broken": ("JSON 有误，第 {line} 行第 {column} 列", "broken JSON at line {line} column {column}"),
    "json_not_utf8": ("JSON 不是 UTF-8（第 {byte} 字节）；请另存为 UTF-8", "the JSON is not UTF-8 (byte {byte}): save it as UTF-8"),
    "json_too_deep_or_long": ("JSON 嵌套太深或数字太长", "the JSON is nested too deeply or holds too long a number"),
    "json_too_large": (
        "JSON 有 {bytes} 字节，最多 {most_bytes}；请转成 GeoPackage",
        "the JSON has {bytes} bytes, at most {most_bytes}: convert it to GeoPackage",
    ),
    "geojson_no_features": ("GeoJSON 没有 features 列表", "the GeoJSON has no list of features"),
    "features_malformed": (
        "有的要素不合 GeoJSON 格式：列出 {listed} 个，读得 {readable} 个；请先修正",
        "some features are malformed: {listed} listed, {readable} readable; mend the file first",
    ),
    "parquet_not_geo": ("这是普通 Parquet，没有可用的 GeoParquet 元数据；请另存为 GeoParquet", "plain Parquet without usable GeoParquet metadata: write it as GeoParquet"),
    "geoparquet_encoding": ("不读几何编码「{encoding}」；请另存为 WKB 编码", "geometry encoding {encoding} is not read: write it as WKB"),
    "topojson_malformed": ("TopoJSON 结构有误", "the TopoJSON is malformed"),
    "crs_member_malformed": ("crs 成员写法有误", "the crs member is malformed"),
    "crs_link_refused": ("坐标系写成网址，不予读取；请改成名称或去掉并用 --crs 指明", "the CRS is an address to fetch, which is refused: name it, or remove it and use --crs"),
    "crs_inside_feature": ("坐标系写在要素里，不予读取；请去掉", "a CRS inside a feature is refused: remove it"),
    "sublayer_needed": ("文件里有几个图层：{sublayers}；请用 --sublayer 指明一个", "the file holds several layers: {sublayers}; choose one with --sublayer"),
    "sublayer_unknown": ("文件里没有图层「{asked}」，有：{sublayers}", "no layer {asked} in the file; there are: {sublayers}"),
    "too_many_layers": ("文件里有 {layers} 个图层，最多 {most} 个；请只导出要用的图层", "the file holds {layers} layers, at most {most}: export only those needed"),
    "xml_broken": ("第 {line} 行第 {column} 列起不是合法的 XML，文件可能不完整，请重新导出", "not well-formed XML from line {line}, column {column}; the file may be incomplete: export it again"),
    "xml_too_deep": ("XML 嵌套超过 {most} 层，不能读取", "the XML is nested more than {most} levels deep and cannot be read"),
    "xml_doctype": ("XML 带有 DOCTYPE 声明，为安全起见不读取；请重新导出，不带这一声明", "the XML has a DOCTYPE declaration, which is refused for safety: export it without one"),
    "kml_only_links": ("KML 里没有图形，只有指向别处的网络链接（{links} 个）；请导出图形本身", "the KML holds no shapes, only network links to elsewhere ({links}): export the shapes themselves"),
    "shapefile_multipatch": ("这个 Shapefile 是三维多面体（MultiPatch），不能导入；请转成二维的面", "this Shapefile holds three-dimensional MultiPatch shapes, which cannot be imported: convert them to polygons"),
    "gpkg_layer_computed": ("图层「{layer}」不是普通的表（是视图、虚拟表或带计算列），不予读取；请另存为普通图层", "layer {layer} is no plain table (a view, a virtual table or computed columns) and is not read, for safety: save it as a plain layer"),
    "dxf_too_large": ("图纸展开后超过 {most} 个对象或顶点，请分幅或删去不用的图层", "the drawing has more than {most} objects or vertices when opened: split it or remove layers not needed"),
    "dxf_nothing_fits": ("图纸里没有这一图层可用的图形；只有：{found}；边界线须闭合", "the drawing has nothing that this layer can take; there is: {found}. Outlines must be closed"),
    "dwg_not_taken": ("这是 AutoCAD DWG，不能导入；请在 CAD 里另存为 DXF", "this is AutoCAD DWG, which cannot be imported: save it as DXF in CAD"),
    "shapefile_part": ("这是 Shapefile 的 {format} 部分；请给出 .shp 或压缩包", "this is the {format} part of a Shapefile: name the .shp or a zip"),
    "shapefile_without_shp": ("缺少 .shp，只有 {present}", "the .shp is missing, there is only {present}"),
    "zip_broken": ("压缩包损坏或用了不支持的压缩方法", "the zip is broken or packed in a way that is not supported"),
    "zip_empty": ("压缩包是空的", "the zip is empty"),
    "zip_encrypted": ("压缩包有密码；请先解压", "the zip is encrypted: unpack it first"),
    "zip_too_many": ("压缩包里有 {entries} 个文件，最多 {most} 个", "{entries} files in the zip, at most {most}"),
    "zip_too_large": ("解压后太大，最多 {most_bytes} 字节", "too large when unpacked, at most {most_bytes} bytes"),
    "zip_bomb": ("压缩比超过 {most_ratio}，不予解压", "packed more than {most_ratio} to 1: refused"),
    "zip_overlapping": ("压缩包的条目互相重叠，不予解压", "entries of the zip overlap: refused"),
    "zip_nested": ("压缩包里还有压缩包（{member}）；请先解压", "a zip inside the zip ({member}): unpack it first"),
    "zip_name_twice": ("压缩包里有重名文件（{member}）", "a name stands twice in the zip ({member})"),
    "zip_nothing_readable": ("压缩包里没有可读的地理数据：{members}", "nothing readable in the zip: {members}"),
    "reader_too_slow": ("读取超时（{seconds} 秒），文件过大或有害", "reading took over {seconds} s: the file is too large or hostile"),
    "reader_crashed": ("读取进程崩溃，文件不予采用", "the reader crashed on this file: refused"),
    "reader_failed": ("读取失败（{reason}）", "reading failed ({reason})"),
    "reader_out_of_memory": ("读取所需内存超限；请拆分文件", "reading needs too much memory: split the file"),
    "geojson_invalid": ("不合 RFC 7946，有 {errors} 处错误", "not valid by RFC 7946: {errors} errors"),
    "encoding_unknown": ("没有「{encoding}」这种编码；可用 {known}", "there is no encoding {encoding}; known: {known}"),
    "text_too_large": ("文本有 {bytes} 字节，最多 {most_bytes}；请拆分", "the text has {bytes} bytes, at most {most_bytes}: split it"),
    "text_too_many_lines": ("文本超过 {most} 行；请拆分", "the text has more than {most} lines: split it"),
    "line_too_long": ("第 {line} 行有 {characters} 个字，最多 {most} 个", "line {line} has {characters} characters, at most {most}"),
    "boundary_headers_differ": ("第 {line} 行「{key}」是 {then}，前面是 {first}；请分成两个文件", "line {line} says {key} = {then}, an earlier line {first}: make two files"),
    "zone_contradicted": ("文件头带号 {header} 与坐标带号 {prefix} 不符（例 {example}）；请改正文件", "the header says zone {header}, the eastings zone {prefix} (as in {example}): correct the file"),
    "zone_of_other_width": ("{degrees} 度分带没有 {zone} 带；请核对文件头", "no zone {zone} among zones {degrees} degrees wide: check the header"),
    "crs_datum_needs_parameters": ("坐标系「{words}」转到国家 2000 需要当地转换参数；请先在测绘部门转换", "{words} needs local transformation parameters: have it converted by the survey office"),
    "table_without_geometry": ("表里没有坐标列，只有 {columns}；请命名为 经度、纬度，或 X坐标(北)、Y坐标(东)，或用 WKT 列", "no columns of coordinates, only {columns}: name them lon, lat or easting, northing, or give a column wkt"),
    "table_broken": ("第 {line} 行起表格读不下去；请检查引号", "the table cannot be read from line {line}: check its quotes"),
    "cell_too_long": ("第 {line} 行有一格超过 {most} 个字", "a cell in line {line} has more than {most} characters"),
    "too_many_cells": ("表格超过 {most} 格；请拆分", "the table has more than {most} cells: split it"),
    "xlsx_doctype": ("工作簿的 {member} 带有文档类型声明，不予读取；请另存", "{member} in the workbook declares a document type: refused, save it again"),
    # coordinate systems
    "crs_unknown": (
        "坐标系不明；请用 --crs EPSG:代码 指明（数值可能是：{candidates}）",
        "the CRS is unknown: say which with --crs EPSG:code (the numbers allow: {candidates})",
    ),
    "crs_unusable": ("坐标系的参数不成立（{reason}）；请核对 .prj 或坐标系说明", "the CRS is impossible ({reason}): check the .prj or the declaration"),
    "crs_file_broken": (
        "登记的坐标系「{name}」有误（{reason}）；改正前不做任何换算",
        "the registered coordinate system {name} is wrong ({reason}): nothing is converted until it is corrected",
    ),
    "crs_not_understood": ("看不懂坐标系「{crs}」；请写成 EPSG:4549 的样子", "CRS {crs} is not understood: write it like EPSG:4549"),
    "crs_conflict": (
        "文件写明 {file}，与 --crs 给的 {given} 不同；请去掉 --crs 或改正文件",
        "the file says {file}, --crs says {given}: drop --crs or correct the file",
    ),
    "not_degrees": (
        "坐标不是 {crs} 的经纬度（范围 {bounds}）；若为平面坐标，请用 --crs 指明",
        "coordinates are no longitude and latitude in {crs} (extent {bounds}): if they are metres, say in which CRS with --crs",
    ),
    "stacked_on_one_place": (
        "大量图形叠在同一处（如第 {row} 行与另外 {on} 个图形重叠），不是正常的地块成果；请去掉重复的图形",
        "too many shapes lie on one place (row {row} with {on} others): remove the duplicates",
    ),
    "outside_storage_crs": (
        "数据（{source}）不在本库坐标系 {storage} 的适用范围内；请另建库：init --crs EPSG:{first_advised}（可用：{advised}）",
        "the data ({source}) lie outside the area of this database's CRS {storage}: create one with init --crs EPSG:{first_advised} (suitable: {advised})",
    ),
    "no_storage_crs": ("找不到合适的投影坐标系；请用 --crs 指明", "no suitable projected CRS: say which with --crs"),
    "crs_needs_parameters": (
        "从 {source} 到 {target} 需要当地转换参数，不能直接换算；请登记参数后用 --crs 名称 指明，或请测绘部门先转换",
        "{source} to {target} needs local parameters: register them and name them with --crs, or have the file converted",
    ),
    "crs_no_shift_known": ("不知道从 {source} 到 {target} 的基准转换", "no datum shift is known from {source} to {target}"),
    "crs_not_projected": ("EPSG:{epsg} 不是投影坐标系，不能用来建库或量算", "EPSG:{epsg} is not projected: areas cannot be kept in it"),
    "crs_not_metres": ("EPSG:{epsg} 的单位是 {unit}，不是米", "EPSG:{epsg} is in {unit}, not metres"),
    "crs_web_mercator": ("EPSG:{epsg} 面积失真，不能用来建库或量算", "areas are wrong in EPSG:{epsg}: it cannot be used"),
    "crs_without_epsg": ("坐标系「{crs}」没有 EPSG 代码", "CRS {crs} has no EPSG code"),
    "form_is_wgs84": ("{form} 只能是 WGS84；要 {crs} 请用 --format geojson-cgcs2000", "{form} is WGS 84 only: for {crs} use --format geojson-cgcs2000"),
    "txt_needs_polygons": ("界址点 TXT 只写面，图层 {layer} 里有点或线；请用 --codes 只选面，或换格式", "boundary points are of polygons, and layer {layer} has points or lines: choose polygons by --codes, or another format"),
    "txt_needs_zone": ("界址点 TXT 要 CGCS2000 三度带坐标系（EPSG:4513 至 4554），{crs} 不是；请用 --crs 指定", "boundary points want a 3-degree zone of CGCS2000 (EPSG:4513 to 4554), {crs} is none: say one by --crs"),
    "txt_ring_collapses": ("地块 {code} 细于 1 毫米，写成界址点就没有面积了；请先检查它", "parcel {code} is thinner than a millimetre and has no area as boundary points: check it first"),
    "dxf_needs_metres": ("DXF 要以米为单位的平面坐标系，{crs} 不是；请用 --crs 指定", "DXF wants a plane CRS in metres, {crs} is none: say one by --crs"),
    "too_large_for_shapefile": ("Shapefile 单个文件最多 {most} 字节，这些要 {size_bytes}；请分批，或用 gpkg", "a file of a Shapefile holds {most} bytes, these take {size_bytes}: write them in parts, or use gpkg"),
    "too_wide_for_shapefile": ("Shapefile 最多 {most} 列、每行 65535 字节，这里有 {columns} 列、{bytes} 字节；请用 gpkg", "a Shapefile takes {most} columns and 65535 bytes a row, these are {columns} and {bytes}: use gpkg"),
    # red lines
    "red_line_no_polygon": ("{code} 不是面，不能作红线", "{code} is no polygon and cannot be a red line"),
    "unknown_constraint_kind": ("没有管控类别「{kind}」，有：{known}", "no kind of constraint {kind}; there are: {known}"),
    "least_area_negative": ("碎面下限不能为负，现为 {given}", "the least area cannot be negative, it is {given}"),
    # columns
    "column_unknown": ("文件里没有列「{column}」，有：{columns}", "no column {column} in the file; there are: {columns}"),
    "field_unknown": ("没有字段「{field}」，有：{fields}", "no field {field}; there are: {fields}"),
    "field_twice": ("两列都对应字段「{field}」", "two columns for field {field}"),
    "map_malformed": ("--map 要写成 列名=字段", "--map wants COLUMN=FIELD"),
    # rows
    "limit_out_of_range": ("{limit} 应在 {least} 与 {most} 之间，填的是 {value}", "{limit} is to be between {least} and {most}, not {value}"),
    "basis_missing": ("请写明依据", "say on what basis"),
    "basis_too_long": ("依据有 {length} 字，最多 {longest} 字", "the basis has {length} characters, at most {longest}"),
    "nothing_to_update": ("没有要更新的", "there is nothing to update"),
    "rows_not_takeable": ("有 {count} 行不能入库：{rows}", "{count} rows cannot be entered: {rows}"),
    "unknown_rows": ("--rows 没有「{rows}」，有：{known}", "no {rows} for --rows; there are: {known}"),
    "unknown_batch": ("没有第 {batch} 批导入，有：{known}", "there is no import {batch}; there are: {known}"),
    "import_undone": ("第 {batch} 批导入已由 {by} 撤销", "import {batch} was undone by {by}"),
    "import_too_old": ("第 {batch} 批是旧版本导入的，不能撤销", "import {batch} was made by an earlier release and cannot be undone"),
    "nothing_to_take": ("{rows} 行中没有一行可以采用（{reasons}）", "none of the {rows} rows can be taken ({reasons})"),
    "geometry_too_deep": ("图形集合套了 {most} 层以上，不予采用", "collections nested over {most} levels deep"),
    "repair_too_slow": ("图形自相交太多，修正超时，请在来源修正", "too many self-crossings to mend in time: correct it at its source"),
    "repair_crashed": ("图形无法修正，请在来源修正", "cannot be mended: correct it at its source"),
    "repairs_given_up": ("有 {rows} 行以上的图形无法及时修正，不是正常的测绘成果；请在来源修正", "over {rows} rows cannot be mended in time: correct the file at its source"),
    "geometry_wrong_type": ("几何类型 {found} 不合本图层（要 {takes}）", "geometry is {found}, the layer takes {takes}"),
    "geometry_missing": ("没有图形", "no geometry"),
    "geometry_unreadable": ("图形读不出", "geometry unreadable"),
    "shape_degenerate": ("图形没有面积或长度", "shape without area or length"),
    "code_in_use": ("编号 {code} 已在库中", "code {code} is in the database already"),
    "shape_in_use": ("图形与库中 {code} 完全相同", "the shape is that of {code} in the database"),
    "boundary_line_unreadable": ("第 {line} 行不是界址点", "line {line} is no boundary point"),
    "boundary_no_points": ("第 {line} 行的地块没有界址点", "the parcel of line {line} has no boundary points"),
    "coordinate_not_a_number": ("第 {line} 行的坐标不是有效的数（{text}）", "the coordinates in line {line} are not valid numbers ({text})"),
    "axes_mixed": ("第 {line} 行的 X、Y 与其余各点相反", "X and Y in line {line} are the other way round than elsewhere"),
    "zone_differs": ("第 {line} 行的东坐标 {easting} 与文件的带号（{file_zone}）不符", "the easting {easting} in line {line} does not fit the zone of the file ({file_zone})"),
    "ring_too_few_points": ("第 {line} 行的地块有一圈只有 {points} 个不同的点", "a ring of the parcel of line {line} has only {points} different points"),
    "too_many_rings": ("第 {line} 行的地块有 {rings} 圈，最多 {most} 圈", "the parcel of line {line} has {rings} rings, at most {most}"),
    "wkt_unreadable": ("第 {line} 行的 WKT 读不出", "the WKT in line {line} cannot be read"),
    "cells_beyond_header": ("第 {line} 行有 {cells} 格，表头 {columns} 格", "line {line} has {cells} cells, the header {columns}"),
    # what is asked for
    "unknown_layer": ("没有图层「{layer}」，有：{known}", "no layer {layer}; there are: {known}"),
    "unknown_list": ("没有「{layer}」可列，有：{known}", "nothing called {layer} to list; there are: {known}"),
    **BRIEF_FAULTS,
    "unknown_scenario": ("没有方案「{scenario}」，有：{known}", "no scenario {scenario}; there are: {known}"),
    "unknown_cluster": ("没有集群「{cluster}」，有：{known}", "no cluster {cluster}; there are: {known}"),
    "unknown_code": ("没有编号为 {code} 的地块；用 list parcels 查看编号", "no parcel with code {code}: see list parcels"),
    "unknown_form": ("没有格式「{form}」，有：{known}", "no format {form}; there are: {known}"),
    "unknown_engine": ("没有引擎「{engine}」，有：{known}", "no engine {engine}; there are: {known}"),
    "dask_missing": ("未安装 dask；请安装可选依赖：pip install chantu[dask]，或用 --engine local", "dask is not installed: install the extra chantu[dask], or use --engine local"),
    "workers_lost": ("Dask 工作进程多次中断，多半是内存不足；请给每个进程更多内存（每个至少 3 GB）", "workers of the Dask cluster were lost more than once, most likely for want of memory: give each at least 3 GB"),
    "cluster_unreachable": ("连不上 Dask 集群「{address}」；请检查 --cluster", "no Dask scheduler answers at {address}: check --cluster"),
    "unknown_predicate": ("没有「{predicate}」这种选法，有：{known}", "no predicate {predicate}; there are: {known}"),
    "unknown_column": ("没有列「{key}」，有：{known}", "no column {key}; there are: {known}"),
    "unknown_field": ("没有列「{field}」", "no column {field}"),
    "unknown_operator": ("列「{field}」不能用「{op}」比较", "column {field} cannot be compared by {op}"),
    "unknown_value": ("列「{field}」不能与「{value}」比较", "column {field} cannot be compared with {value}"),
    "where_malformed": ("条件写法有误，在「{near}」处；例：stage=ready and area_mu>=50", "the condition is malformed near '{near}'; example: stage=ready and area_mu>=50"),
    "choose_one": ("请在 {options} 中恰选一项", "give exactly one of {options}"),
    "nothing_selected": ("没有地块符合", "no parcel was selected"),
    "length_not_positive": ("{name} 须为正数，现为 {value}", "{name} must be positive, it is {value}"),
    "near_below_tolerance": ("near_m {near_m} 小于容差 {tolerance_m}", "near_m {near_m} is below the tolerance {tolerance_m}"),
    "not_overwritten": ("那里的文件不是本产品的备份，不予覆盖；请换个文件名", "what lies there is no backup of this product and is not overwritten: give another name"),
    "coordinates_not_finite": ("有的坐标换算不到 {crs}；请换一个坐标系", "some coordinates cannot be converted to {crs}: choose another CRS"),
    "crs_not_for_maps": ("{crs} 既非经纬度也非平面坐标系，不能用来导出", "{crs} is neither longitude and latitude nor projected: it cannot be written"),
    "nothing_to_write": ("没有可写的行", "there is nothing to write"),
    "cannot_write": ("写不了文件（{reason}）", "the file cannot be written ({reason})"),
    "too_many_rows_for_xlsx": ("XLSX 最多 {most} 行，现有 {rows} 行；请用 CSV", "XLSX takes {most} rows, these are {rows}: use CSV"),
    # blocks and groups
    "area_not_positive": ("面积须大于零", "the area must be above zero"),
    "bounds_crossed": ("下限 {low} 大于上限 {high}", "the lower bound {low} is above the upper bound {high}"),
    "group_size_out_of_range": ("最多宗数须在 1 至 {most} 之间，现为 {value}", "the most parcels must be 1 to {most}, it is {value}"),
    "frontage_out_of_range": ("临路长度不能为负，现为 {value}", "the frontage cannot be negative, it is {value}"),
    "gap_out_of_range": ("间隔须在 0 至 {most} 米之间，现为 {value}", "the gap must be 0 to {most} m, it is {value}"),
    "unknown_stage": ("没有储备阶段「{value}」，有：{known}", "no stage {value}; there are: {known}"),
    "unknown_road_class": ("没有道路等级「{value}」，有：{known}", "no road class {value}; there are: {known}"),
    "unknown_cluster_rule": ("--clusters 没有「{value}」，有：{known}", "no {value} for --clusters; there are: {known}"),
    "number_malformed": ("「{value}」不是数字", "{value} is not a number"),
    "date_malformed": ("「{value}」不是日期，请写成 2026-01-31 的样子", "{value} is not a date: write it like 2026-01-31"),
    # scenarios and acts
    "read_only_scenario": ("方案「{name}」只读；请用 scenario new 新建", "scenario {name} is read only: make one with scenario new"),
    "unknown_kind": ("没有 {kind} 这一类；可选 {known}", "there is no kind {kind}: choose one of {known}"),
    "nothing_to_mend": ("没有可以修的", "there is nothing to mend"),
    "nothing_to_undo": ("没有可以撤销的操作", "there is nothing to undo"),
    "nothing_to_redo": ("没有可以重做的操作", "there is nothing to redo"),
    "cluster_locked": ("集群「{cluster}」已锁定", "cluster {cluster} is locked"),
    "parcel_locked": ("地块 {code} 在方案「{scenario}」中已锁定", "parcel {code} is locked in scenario {scenario}"),
    "line_does_not_cut": ("这条线没有把地块分开（在地块内 {inside_m} 米）", "the line does not part the parcel ({inside_m} m inside)"),
    "parts_do_not_add_up": ("不相连的各块取整后与总面积差 0.01 ㎡，请让线穿过其中一块", "parts that do not touch miss the whole by 0.01 square metres; lead the line through one"),
    "area_too_large": ("要分出 {area_m2} ㎡，最多 {most_m2} ㎡", "{area_m2} square metres asked for, at most {most_m2}"),
    "piece_too_narrow": ("分出的一块只有 {width_m} 米宽", "a piece would be {width_m} m wide only"),
    "unknown_side": ("没有第 {side} 边，共 {sides} 边", "no side {side}, only {sides}"),
    "not_adjacent": ("地块不共边（相距 {gap_m} 米）", "the parcels share no edge (gap {gap_m} m)"),
    "merge_changes_area": ("地块间有缝隙或重叠，合并会差 {change_m2} ㎡", "gaps or overlaps: merging would change {change_m2} square metres"),
    "merge_needs_two": ("合并至少两宗", "merging takes two parcels at least"),
    "clusters_differ": ("方案「{scenario}」中集群不同（{clusters}），请用 --main 选定", "clusters differ in scenario {scenario} ({clusters}): choose with --main"),
    "code_twice": ("编号 {code} 重复", "code {code} stands twice"),
    "base_keeps_its_name": ("现状不能改名", "the base scenario keeps its name"),
    "control_character": ("名称「{name}」含控制字符；请去掉", "the name {name} holds a control character: remove it"),
    "name_empty": ("名称不能为空", "the name is empty"),
    "name_too_long": ("名称有 {length} 字，最多 {longest} 字", "the name has {length} characters, at most {longest}"),
    "name_taken": ("已有方案「{name}」", "there is a scenario {name} already"),
    "reason_too_long": ("理由有 {length} 字，最多 {longest} 字", "the reason has {length} characters, at most {longest}"),
    # the database
    "database_missing": ("找不到数据库；请先运行 init", "there is no database: run init first"),
    "database_exists": ("数据库已存在，不会覆盖", "the database exists already and is not overwritten"),
    "database_foreign": ("这不是本产品的数据库", "this is not a database of this product"),
    "database_newer": ("数据库由更新的版本写成；请升级程序", "the database was written by a later release: upgrade"),
    "database_damaged": ("数据库已损坏；请用 restore 恢复备份", "the database is damaged: restore a backup"),
    "database_unwritable": ("那里写不了数据库文件（{detail}）；请检查文件夹、权限和剩余空间", "the database file cannot be written there ({detail}): check folder, rights and free space"),
    "database_url_refused": ("数据库地址不支持；请写成 sqlite:///路径", "the database address is not supported: write sqlite:///path"),
    "database_not_empty": ("目标库已有 {entries} 条记录；要覆盖请加 --replace", "the database has {entries} entries: add --replace to replace it"),
    "database_unreadable": ("目标库读不了；要覆盖请加 --replace", "the database there cannot be read: add --replace to replace it"),
    "not_a_backup": ("这不是本产品的备份", "this is not a backup of this product"),
    "backup_onto_itself": ("不能备份到数据库自身", "the backup would overwrite the database itself"),
    "sample_of_other_crs": ("示例数据是 EPSG:4549，不能装入 {database} 的库", "the sample is in EPSG:4549, the database in {database}"),
    "busy": ("另一项写入正在进行，请稍候再试", "another write is under way: try again shortly"),
    "changed_since": ("{count} 处在此之后已改动，未撤销", "{count} cells were changed since: nothing was undone"),
    "shape_not_finite": ("图形坐标不是有限数", "the shape has coordinates that are not finite"),
    "shape_too_few_points": ("图形少于三个点", "the shape has fewer than three points"),
    "shape_too_tangled": ("图形自交过多", "the shape crosses itself too often"),
    "reader_output_too_large": ("读出的数据太大；请拆分文件", "what was read is too large: split the file"),
    # what verify finds
    "file_damaged": ("数据库文件损坏（{said}）；请用 restore 恢复备份", "the file is damaged ({said}): restore a backup"),
    "reference_broken": ("指向 {to} 的引用断裂；请用 restore 恢复备份", "a reference to {to} is broken: restore a backup"),
    "guard_missing": ("防篡改触发器 {trigger} 不见了", "the guard {trigger} is gone"),
    "audit_chain_broken": ("审计链在此断裂（{kind}）", "the audit chain is broken here ({kind})"),
    "lineage_not_in_audit": ("沿革记录在审计记录里没有对应的一步", "a lineage record has no step in the audit records"),
    "lineage_sum_differs": ("沿革前后面积不等：前 {before_m2} ㎡，后 {after_m2} ㎡", "areas before and after differ: {before_m2} and {after_m2} sq m"),
    "area_differs": ("记录面积 {stored_m2} ㎡，图形面积 {geometry_m2} ㎡", "{stored_m2} sq m recorded, the shape has {geometry_m2} sq m"),
    "area_sum_differs": ("面积合计 {stored_m2} ㎡，导入时 {imported_m2} ㎡", "areas add up to {stored_m2} sq m, {imported_m2} sq m were imported"),
    "shapes_not_those_imported": ("图形与导入时不同（{rows} 行，导入 {imported} 行）", "shapes are not those imported ({rows} rows, {imported} imported)"),
    "cells_not_those_imported": ("属性与导入时不同（{imported} 行）", "values are not those imported ({imported} rows)"),
    "index_damaged": ("空间索引损坏（{said}）", "the spatial index is damaged ({said})"),
    "index_differs": ("空间索引与图形不符", "the spatial index does not fit the shape"),
    "row_not_in_audit": ("审计链中没有这一行", "the audit chain does not know this row"),
    "cell_not_in_audit": ("审计链中没有这处改动", "the audit chain does not know this change"),
    "rule_not_in_audit": ("规则或签字与审计记录不符", "a rule or a signature is not as the audit says"),
    "assignment_not_in_audit": ("审计链中没有这一分配", "the audit chain does not lead to this assignment"),
    "lock_not_in_audit": ("审计链中没有这一锁定", "the audit chain does not lead to this lock"),
    "version_without_history": ("版本 {version} 与历史 {steps} 步不符", "version {version} does not fit {steps} steps of history"),
    "undo_stack_broken": ("第 {undone} 步已撤销，其后的步骤却仍有效", "step {undone} is undone, yet a later one stands"),
    # the line itself
    "command_missing": ("缺少命令；用 --help 查看", "a command is missing: see --help"),
    "not_text": ("命令行中有不是 UTF-8 的文字；请改用 UTF-8", "some words of the line are not UTF-8: write them in UTF-8"),
    "system_refuses": ("系统不允许（{reason}）；请检查路径", "the system refuses ({reason}): check the path"),
    "usage": ("{message}；用 --help 查看用法", "{message} (see --help)"),
    "port_malformed": ("端口 {port} 无效", "port {port} is not valid"),
    "app_missing": ("找不到 app.py", "app.py is missing"),
    "internal": ("内部错误 {id}，详见 {log}", "internal error {id}: see {log}"),
})  # fmt: skip

_TABLES: Final = (
    FAULTS, DONE, scenario_sentences.FAULTS, scenario_sentences.DONE, *rule_sentences.TABLES,
    ledger_sentences.FAULTS, ledger_sentences.DONE, suitability_sentences.FAULTS,
)  # fmt: skip


def sentence(code: str, values: Mapping[str, Any], *, lang: str, where: str = "") -> str:
    """Say one thing on one line; control characters of data never reach the terminal."""
    told = {name: _said(value) for name, value in values.items()}
    if code == "outside_storage_crs":
        advised = values.get("advised") or ["?"]
        told["first_advised"] = _said(advised[0] if isinstance(advised, Sequence) else advised)
    if "candidates" in values:
        told["candidates"] = "、".join(_candidate(one, lang) for one in values["candidates"]) or "—"
    if "reasons" in values:
        told["reasons"] = "、".join(_reason(str(each), lang) for each in values["reasons"]) or "—"
    if code == "crs_unknown" and "crs" in values:
        code = "crs_not_understood"
    if code == "format_not_taken":
        told["format"] = _format_name(str(values.get("format")))
    pair = next((table[code] for table in _TABLES if code in table), None)
    if pair is None:
        said = f"{code} {' '.join(f'{name}={value}' for name, value in told.items())}".strip()
    else:
        said = pair[1 if lang == "en" else 0].format_map(_Forgiving(told))
    place = _place(plain(where), lang)
    return f"{place}{': ' if lang == 'en' else '：'}{said}" if place else said


def worded(words: str, values: Mapping[str, Any]) -> str:
    """A sentence with its values, which are data: on one line, without control characters."""
    return words.format_map(_Forgiving({name: _said(value) for name, value in values.items()}))


def plain(text: str) -> str:
    """Text on one line without control characters: data cannot move the cursor or forge a second line."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+", " ", text).strip()


def _reason(code: str, lang: str) -> str:
    """Why rows were refused, in words when the sentence needs no values."""
    pair = FAULTS.get(code)
    return plain(code) if pair is None or "{" in pair[0] else pair[1 if lang == "en" else 0]


def _candidate(one: Mapping[str, Any], lang: str) -> str:
    """A coordinate system that the numbers of a file allow, with what shows it."""
    because = {
        "zone_prefix": ("东坐标以 {zone} 开头", "eastings start with {zone}"),
        "degrees": ("经纬度", "degrees"),
        "storage": ("在本库范围", "where this database is at home"),
        "web_mercator": ("网络墨卡托", "web mercator"),
    }[str(one["because"])][1 if lang == "en" else 0]
    return f"{plain(str(one['crs']))} ({worded(because, one)})"


def _place(where: str, lang: str) -> str:
    if lang == "en":
        return where
    condition = re.fullmatch(r"condition (\d+)", where)
    row = re.fullmatch(r"(.*) row (\d+)", where)
    return f"第 {condition[1]} 个条件" if condition else f"{row[1]} 第 {row[2]} 行" if row else where


class _Forgiving(dict[str, str]):
    """Values for a sentence; one that is missing shows as a dash instead of hiding the rest."""

    def __missing__(self, key: str) -> str:
        return "—"


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return "、".join(plain(str(each)) for each in value.values())
    if isinstance(value, list | tuple | set | frozenset):
        return "、".join(plain(str(each)) for each in value)
    return plain(str(value))


def _format_name(key: str) -> str:
    from exchange.sniff import NAMES

    return NAMES.get(key, key)

"""The words of the map itself, in the tab's language, by the names that the browser side knows them by."""

from __future__ import annotations

from ui.words import t, unit


def strings() -> dict[str, str]:
    """Every sentence of the map; places in braces are filled by the browser."""
    return _tools() | _reading() | _keys()


def _tools() -> dict[str, str]:
    return {
        "map": t("一张图：储备地块与道路、园区、管控要素"),
        "pick": t("点选"),
        "box": t("框选"),
        "lasso": t("套索"),
        "polygon": t("多边形"),
        "predicate": t("选取方式"),
        "within": t("完全在内"),
        "majority": t("过半在内"),
        "touches": t("相交即选"),
        "distance": t("测距"),
        "area": t("测面积"),
        "cut": t("画线分割所选地块"),
        "road": t("画路切分所选地块"),
        "draw": t("新画地块"),
        "roadHint": t("沿路中线单击加点，双击或回车预览，Esc 取消"),
        "cutHint": t("单击加点，从地块一侧画到另一侧，双击或回车预览，Esc 取消"),
        "fullScreen": t("全屏"),
        "help": t("键盘操作"),
        "zoomIn": t("放大"),
        "zoomOut": t("缩小"),
        "whole": t("全图"),
        "search": t("查找地块、园区、道路、镇街"),
        "found": t("找到 {count} 项"),
        "nothingFound": t("没有找到"),
        "legend": t("图例与图层"),
        "parcels": t("储备地块"),
        "layersTitle": t("图层"),
        "show": t("显示{name}"),
        "close": t("关闭"),
        "clear": t("清除选择"),
        "neighbours": t("加选相邻"),
        "zoomTo": t("缩放至选集"),
    }


def _reading() -> dict[str, str]:
    return {
        "parcelsUnit": t("宗"),
        "mu": t("亩"),
        "selected": t("已选 {count} 宗 · {mu} 亩"),
        "noneSelected": t("未选中地块"),
        "sample": t("示例数据"),
        "north": t("北"),
        "northing": t("X(北)"),
        "easting": t("Y(东)"),
        "longitude": t("经度"),
        "latitude": t("纬度"),
        "kilometres": t("千米"),
        "metres": t("米"),
        "hectares": t("公顷"),
        "squareMetres": unit("㎡"),
        "plane": t("平面"),
        "ellipsoid": t("椭球"),
        "measureHint": t("单击加点，双击或回车结束，Esc 取消"),
        "polygonHint": t("单击加点，双击或回车闭合，Esc 取消"),
        "lassoHint": t("按住拖出范围"),
        "failed": t("没有取到数据，请重试"),
        "swipe": t("左右拖动，对比两个方案"),
        "before": t("按住期间显示：{name}"),
        "unanswered": t("分配还没有得到确认，先按原来的颜色显示"),
        "unassigned": t("未分配"),
        "locked": t("已锁定"),
        "crosshair": t("十字光标：方向键移动，空格选取，Esc 退出"),
        "underCrosshair": t("光标处：{name}"),
        "noParcelHere": t("光标处没有地块"),
        "noParcels": t("还没有储备地块：请到「导入」页导入，或以示例数据新建数据库"),
        "chosen": t("画笔：{name}"),
        "readOnly": t("现状方案只读"),
        "noBrush": t("先选一个产业集群"),
    }


def _keys() -> dict[str, str]:
    return {
        "keyPan": t("平移地图（十字光标时移动光标）"),
        "keyZoom": t("放大 / 缩小"),
        "keyWhole": t("回到全图"),
        "keyCrosshair": t("打开十字光标"),
        "keySpace": t("选取或取消光标处的地块"),
        "keyAll": t("选取视野内全部地块"),
        "keyEscape": t("取消当前操作，再按清除选择"),
        "keyTools": t("框选 / 套索 / 多边形"),
        "keyPredicate": t("换选取方式"),
        "keyNeighbours": t("加选相邻地块"),
        "keyNext": t("下一宗未分配"),
        "keyBefore": t("按住：显示底图方案，松开恢复"),
        "keyFaults": t("检查图形时：上一处 / 下一处"),
        "keyMeasure": t("测距 / 测面积"),
        "keyEdit": t("画线分割 / 画路切分 / 新画地块"),
        "keySearch": t("查找"),
        "keyFull": t("全屏"),
        "keyUndo": t("撤销 / 重做"),
        "keyPick": t("选择第 1–9 个集群作画笔"),
        "keyPaint": t("把选集分配给画笔的集群；预览时确认"),
        "keyClear": t("清除选集的分配"),
        "keyLock": t("锁定 / 解锁选集"),
        "keyTheme": t("换专题"),
        "keyHelp": t("打开本列表"),
        "keyFit": t("缩放至选集"),
        "mouseClick": t("单击地块"),
        "mouseClickSays": t("选取；按住 Ctrl 或 Shift 加选、减选"),
        "mouseDrag": t("Shift + 拖动"),
        "mouseDragSays": t("框选；按住 Ctrl 加到选集"),
    }

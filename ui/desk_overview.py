"""The overview beside the map: headline figures, and clusters and stages whose bars are the legend."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from layers import figures
from layers.clusters import Cluster
from layers.style import INK, STAGE_FILLS, UNASSIGNED, ink_on
from layers.vocabulary import STAGES
from planning.ledger import ClusterTotal, StageTotal
from ui.markup import Html, color, each, element, group
from ui.words import cluster_name, language, t, term, unit

NO_COLOR = UNASSIGNED.fill


def overview(
    clusters: Sequence[Cluster],
    totals: Sequence[ClusterTotal],
    stages: Sequence[StageTotal],
    *,
    locked: Collection[str] = (),
) -> Html:
    """Everything of the scenario at a glance; ``locked`` are the clusters that are to stay as they are."""
    bars = _cluster_bars(clusters, totals, locked)
    return element("div", _headline(totals), bars, _stage_list(stages), cls="overview")


def _headline(totals: Sequence[ClusterTotal]) -> Html:
    parcels = sum(total.parcels for total in totals)
    area = sum((total.area_m2 for total in totals), Decimal(0))
    free = [total for total in totals if total.cluster is None]
    free_area = sum((total.area_m2 for total in free), Decimal(0))
    free_parcels = sum(total.parcels for total in free)
    return element(
        "dl",
        kpi(t("储备面积"), area, parcels),
        kpi(t("已分配"), area - free_area, parcels - free_parcels),
        kpi(t("未分配"), free_area, free_parcels),
        cls="kpis",
    )


def kpi(name: str, area_m2: Decimal, parcels: int) -> Html:
    """One headline figure: 亩 large, the number of parcels below."""
    figure = headline(area_m2)
    return element(
        "div",
        element("dt", name),
        element("dd", element("strong", figure.text), " ", element("small", figure.unit)),
        element("dd", t("{count} 宗", count=_plain_count(parcels)), cls="kpi-count"),
    )


def headline(area_m2: Decimal) -> figures.Figure:
    """An area as a headline figure with its unit in the tab's language; English has no word for 万, so it keeps 亩."""
    figure = figures.mu_headline(area_m2) if language() == "zh" else figures.Figure(figures.mu_total(area_m2), "亩")
    return figures.Figure(figure.text, unit(figure.unit))


def _cluster_bars(clusters: Sequence[Cluster], totals: Sequence[ClusterTotal], locked: Collection[str]) -> Html:
    by_code = {total.cluster: total for total in totals}
    longest = max((total.area_m2 for total in totals), default=Decimal(0))
    listed = sorted(
        ((cluster, by_code[cluster.code]) for cluster in clusters if cluster.code in by_code),
        key=lambda pair: -pair[1].area_m2,
    )
    place = {one.code: str(at) for at, one in enumerate(clusters)}
    rows = [
        bar(
            swatch(one),
            cluster_name(one) + (t("（已锁定）") if one.code in locked else ""),
            total,
            longest,
            color(one.color),
            live=place[one.code],
        )
        for one, total in listed
    ]
    if None in by_code:
        rows.append(bar(blank_swatch(), t("未分配"), by_code[None], longest, NO_COLOR, live="none"))
    return _table(t("产业集群"), rows, live=True)


def _stage_list(stages: Sequence[StageTotal]) -> Html:
    longest = max((total.area_m2 for total in stages), default=Decimal(0))
    rows = [
        bar(
            element("span", cls="swatch", style={"background": STAGE_FILLS.get(total.stage or "", NO_COLOR)}),
            term(STAGES, total.stage) or t("未填阶段"),
            total,
            longest,
            STAGE_FILLS.get(total.stage or "", NO_COLOR),
        )
        for total in stages
        if total.parcels
    ]
    return _table(t("储备阶段"), rows)


def _table(title: str, rows: Iterable[Html], *, live: bool = False) -> Html:
    head = element(
        "thead",
        element(
            "tr",
            element("th", title, scope="col", cls="section"),
            element("th", element("span", t("面积比例条"), cls="unseen"), scope="col"),
            element("th", unit("亩"), scope="col", cls="figure"),
            element("th", unit("宗"), scope="col", cls="figure"),
        ),
    )
    return element("table", head, element("tbody", each(rows)), cls="bars live" if live else "bars")


def bar(
    sign: Html, name: str, total: ClusterTotal | StageTotal, longest: Decimal, fill: str, *, live: str = ""
) -> Html:
    """One row: its sign in the legend, its name, a bar of its area, 亩 and the number of parcels.

    ``live`` names its cluster to the map, which brings the figures up to date as it is painted.
    """
    part = float(total.area_m2 / longest * 100) if longest else 0.0
    drawn = (
        element("span", cls="bar", style={"width": f"{max(part, 0.6):.1f}%", "background": fill})
        if total.parcels
        else None
    )
    return element(
        "tr",
        element("th", element("div", sign, element("span", name), cls="named"), scope="row"),
        element("td", drawn, cls="track"),
        element("td", figures.mu_total(total.area_m2), cls=f"figure live-mu live-{live}" if live else "figure"),
        element("td", figures.count(total.parcels), cls="figure quiet" + (f" live-count live-{live}" if live else "")),
    )


def swatch(cluster: Cluster) -> Html:
    """A cluster's sign: its colour and its one character, in ink that reads on it."""
    fill = color(cluster.color)
    return element(
        "span", cluster.glyph, cls="swatch", aria_hidden="true", style={"background": fill, "color": ink_on(fill)}
    )  # fmt: skip


def blank_swatch() -> Html:
    """The sign of a parcel without a cluster."""
    return element("span", cls="swatch", style={"background": NO_COLOR, "color": INK})


def split_list(rows: Iterable[tuple[Html, str, int, Decimal]]) -> Html:
    """A short list: sign, name, parcels, 亩."""
    return element(
        "ul",
        each(
            element(
                "li",
                sign,
                element("span", name, cls="name"),
                element("span", t("{count} 宗", count=_plain_count(parcels)), cls="quiet"),
                element("span", figures.mu(area_m2), " ", unit("亩"), cls="figure"),
            )
            for sign, name, parcels, area_m2 in rows
        ),
        cls="split",
    )


def facts(rows: Iterable[tuple[str, Html | str | None]]) -> Html:
    """A list of names and values; rows without a value are left out."""
    return element(
        "dl",
        each(group(element("dt", name), element("dd", value)) for name, value in rows if value not in (None, "")),
        cls="facts",
    )


def _plain_count(number: int) -> int | str:
    # 1 stays a number so that English takes the singular
    return number if number == 1 else figures.count(number)

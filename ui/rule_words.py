"""Rules and what they find, in words: what a rule is about, the cause, how much of the parcel is concerned."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from layers import figures
from layers.clusters import Cluster
from layers.rule_cases import Hit
from layers.rules import ANY, CLUSTERS, KINDS, LEVELS, OBJECTS, Rule
from layers.schema import LAYERS
from layers.vocabulary import STAGES
from planning.ruling import Row
from ui.sentences import away, name_of
from ui.words import named, t, term, unit


def cause_name(row: Row) -> str:
    """What the parcel is too near to, or lies on: kind, name, code."""
    cause = row.cause
    if not cause.layer:
        return t("储备阶段") if row.rule.kind == "stage" else t("用地代码")
    words = OBJECTS.get(cause.layer)
    kind = t("邻近地块") if cause.layer == CLUSTERS else term(words, cause.kind) if words else cause.kind
    told = " ".join(part for part in (kind, cause.name or cause.code) if part)
    return t("{boundary}之外", boundary=told) if row.rule.kind == "outside" else told


def extent(row: Row) -> str:
    """The land concerned in 亩, and how far the cause is."""
    area = f"{figures.mu(row.area_m2)} {unit('亩')}"
    if row.rule.kind in {"setback", "near"}:
        return t(
            "{area}，{away}（限 {limit} 米）", area=area, away=away(row.distance_m),
            limit=figures.trimmed(row.rule.distance_m),
        )  # fmt: skip
    return area


def subject_name(rule: Rule, clusters: Sequence[Cluster]) -> str:
    """Whom a rule is of: a cluster, or all; narrowed by land use where it is."""
    who = t("全部集群") if rule.subject == ANY else name_of(rule.subject, clusters)
    return t("{who}（用地 {codes}）", who=who, codes=rule.land_use) if rule.land_use else who


def object_name(rule: Rule, clusters: Sequence[Cluster]) -> str:
    """What a rule is about."""
    if rule.kind in {"land", "land_other"}:
        return rule.object.replace(";", "、")
    if rule.kind == "stage":
        return "、".join(term(STAGES, one) for one in rule.objects)
    if rule.layer == CLUSTERS:
        return "、".join(name_of(one, clusters) for one in rule.objects)
    words = OBJECTS[rule.layer]
    if ANY in rule.objects or words is None:
        return named(LAYERS[rule.layer])
    return "、".join(term(words, one) for one in rule.objects)


def rule_line(rule: Rule, clusters: Sequence[Cluster]) -> str:
    """A rule in one line."""
    told = f"{rule.code} · {subject_name(rule, clusters)} · {term(KINDS, rule.kind)} {object_name(rule, clusters)}"
    if rule.distance_m:
        told += " · " + t("{metres} 米", metres=figures.trimmed(rule.distance_m))
    return f"{told} · {term(LEVELS, rule.level)}"


def hit_line(hit: Hit) -> str:
    """One row that a case gives, in one line."""
    area = "" if hit.area_m2 is None else f" {figures.square_metres(Decimal(str(hit.area_m2)))} {unit('㎡')}"
    return " ".join(part for part in (hit.parcel, term(LEVELS, hit.level), hit.rule, hit.cause) if part) + area

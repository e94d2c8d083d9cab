"""What was found in a file: its rows, its coordinate system and why, its text in each encoding, its columns."""

from __future__ import annotations

import streamlit as st

from exchange.column_guess import Guess
from layers import figures
from layers.schema import LAYERS
from planning import previews
from planning.staged import Staged
from ui import import_asked
from ui.import_state import Item, Wanted
from ui.import_words import evidence_sentence, note_sentence
from ui.markup import Html, each, element, group, plain, show
from ui.sentences import clock_time, file_size, format_name
from ui.words import headed, named, t


def found(item: Item) -> None:
    """Draw what is known of the file, and what a person may say otherwise."""
    staged = item.staged
    if staged is None:
        import_asked.ask(item, None)
        return
    show(_facts(staged))
    noted = {note.code for note in staged.report.notes}
    for note in staged.evidence:
        if note.code in noted:
            continue
        show(element("p", evidence_sentence(note), cls="hint"))
    if staged.report.notes:
        show(element("ul", each(element("li", note_sentence(note)) for note in staged.report.notes), cls="notes"))
    if staged.is_sample:
        show(element("p", t("示例数据"), cls="sample"))
    import_asked.ask(item, staged)
    _encodings(item, staged)
    _columns(item, staged)


def _facts(staged: Staged) -> Html:
    told = staged.report
    how = {"file": t("文件声明"), "default": t("格式规定"), "given": t("人工指定")}
    said = how.get(told.crs.declared_how, told.crs.declared_how)
    frame = previews.extent(staged)
    rows = [
        (t("文件"), told.file),
        (t("格式"), f"{format_name(told.format)} · {file_size(told.size_bytes)}"),
        (t("图层"), f"{named(LAYERS[staged.layer])}{f' ← {told.sublayer}' if told.sublayer else ''}"),
        (t("坐标系"), t("{source}（{how}）→ {storage}", source=told.crs.source, how=said, storage=told.crs.storage)),
        (t("转换精度"), t("{metres} 米", metres=figures.trimmed(told.crs.accuracy_m)) if told.crs.accuracy_m else ""),
        (t("文字编码"), told.encoding),
        (t("范围"), _range(frame) if frame else ""),
        (t("申报面积"), _declared(staged)),
    ]
    return element(
        "dl", each(each((element("dt", name), element("dd", value))) for name, value in rows if value), cls="facts"
    )


def _declared(staged: Staged) -> str:
    """Declared against computed, of the rows that declare one."""
    there = staged.declared_m2 > 0
    if not there.any():
        return ""
    declared, computed = float(staged.declared_m2[there].sum()), float(staged.areas_m2[there].sum())
    return t(
        "{rows} 行共 {declared} ㎡，图形 {computed} ㎡", rows=figures.count(int(there.sum())),
        declared=figures.fixed(declared, 2), computed=figures.fixed(computed, 2),
    )  # fmt: skip


def _range(frame: previews.Extent) -> str:
    south, north, west, east = (figures.fixed(value, 1) for value in (frame.south, frame.north, frame.west, frame.east))
    return t("X(北) {south} – {north}，Y(东) {west} – {east}", south=south, north=north, west=west, east=east)


def _encodings(item: Item, staged: Staged) -> None:
    """How the text looks in each encoding that it can be in; choosing one reads the file again."""
    if not staged.encodings:
        return
    doubtful = any(note.code == "encoding_doubtful" for note in staged.report.notes)
    with st.expander(
        t("文字编码（{encoding}，可对照其他编码）", encoding=plain(staged.report.encoding)), expanded=doubtful
    ):
        _in_each_encoding(item, staged)


def _in_each_encoding(item: Item, staged: Staged) -> None:
    names = [one.encoding for one in staged.encodings]
    rows = (
        element(
            "tr",
            element("td", one.encoding),
            element("td", f"{one.share:.0%}", cls="figure"),
            element("td", "、".join(one.examples)),
        )
        for one in staged.encodings
    )
    head = element("tr", *(element("th", name, scope="col") for name in (t("编码"), t("可读"), t("读出来是"))))
    show(element("table", element("thead", head), element("tbody", each(rows)), cls="grid encodings"))
    now = staged.report.encoding
    key = f"import_encoding_{item.number}"
    st.radio(
        t("按此编码读取"), names, index=next((at for at, name in enumerate(names) if same_encoding(name, now)), None),
        key=key, horizontal=True, format_func=plain, on_change=import_asked.reread, args=(item, "encoding", key),
    )  # fmt: skip


def same_encoding(one: str, other: str) -> bool:
    """Whether two names are of one encoding, as far as letters and signs go."""
    return one.lower().replace("-", "").replace("_", "") == other.lower().replace("-", "").replace("_", "")


def _columns(item: Item, staged: Staged) -> None:
    """Which column is which field and why, and let it be changed."""
    schema = LAYERS[staged.layer]
    fields = {one.key: headed(one) for one in schema.fields}
    if staged.layer == "parcels":
        fields["cluster"] = t("产业集群")
    count = sum(1 for one in staged.guesses if one.field)
    with st.expander(
        t("字段对应（{mapped} 列已对应，{kept} 列原样保留）", mapped=count, kept=len(staged.guesses) - count),
        # a code that is made up where the file may have one is to be seen before it is accepted
        expanded=bool(staged.guesses) and all(guess.field != "code" for guess in staged.guesses),
    ):
        chosen: dict[str, str] = {}
        for at, guess in enumerate(staged.guesses):
            options = ["", *fields]
            with st.container(key=f"import_guess_{item.number}_{at}", gap=None):
                said, asked = st.columns([1, 1], vertical_alignment="center", gap="small")
                with said:
                    show(group(
                        element("p", guess.column, cls="column"),
                        element("p", "、".join(guess.examples), cls="hint example"),
                    ))  # fmt: skip
                with asked:
                    chosen[guess.column] = str(st.selectbox(
                        t("第 {number} 列对应的字段", number=at + 1), options,
                        index=options.index(guess.field) if guess.field in options else 0,
                        key=f"import_column_{item.number}_{item.reads}_{at}", label_visibility="collapsed",
                        format_func=lambda key: fields.get(key, t("不对应，原样保留")),
                    ))  # fmt: skip
                    show(element("p", _why(guess, staged), cls="hint"))
        changed = any(key != guess.field for guess, key in zip(staged.guesses, chosen.values(), strict=True))
        if st.button(t("按此对应重新检查"), key="import_again", disabled=not changed):
            one = item.wanted
            pairs = tuple(chosen.items())
            item.read(Wanted(one.layer, one.crs, one.sublayer, one.encoding, one.supplier, pairs))
            st.rerun()


def _why(guess: Guess, staged: Staged) -> str:
    """Where a guess comes from."""
    match guess.how:
        case "given":
            return t("人工指定")
        case "remembered":
            return t("{supplier} {at} 的对应", supplier=staged.supplier, at=clock_time(guess.basis)[:10])
        case "spelled":
            return t("列名相符")
        case "content":
            return t("内容相符（{share}）", share=guess.basis)
        case _:
            return ""

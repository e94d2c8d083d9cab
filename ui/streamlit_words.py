"""Streamlit's own English words in the tab's language, and the language of the document.

A small component of ours watches the page and sets text by ``textContent`` only, for exact sentences of a closed list,
and only inside Streamlit's own furniture: what data says is never touched.
"""

from __future__ import annotations

from typing import Final

import streamlit as st

from ui.words import language

# sentences of streamlit 1.67; {n} stands for a number
WORDS: Final = {
    "Upload": "选择文件",
    "Browse files": "选择文件",
    "Drag and drop file here": "把文件拖到这里",
    "Drag and drop files here": "把文件拖到这里",
    "Drop file here": "松开即可上传",
    "Drop files here": "松开即可上传",
    "{n}MB per file": "单个文件不超过 {n} MB",
    "Limit {n}MB per file": "单个文件不超过 {n} MB",
    "No results": "没有结果",
    "No options to select": "没有可选项",
    "No options to select.": "没有可选项",
    "Choose an option": "请选择",
    "Choose options": "请选择",
    "Select all": "全选",
    "Clear all": "全部清除",
    "Clear value": "清除",
    "Press Enter to apply": "按回车键应用",
    "Press Enter to submit form": "按回车键提交",
    "Press ⌘+Enter to apply": "按 ⌘+回车键应用",
    "Press Ctrl+Enter to apply": "按 Ctrl+回车键应用",
    "Download as CSV": "下载 CSV",
    "Search": "查找",
    "Fullscreen": "全屏",
    "Close fullscreen": "退出全屏",
    "Exit fullscreen": "退出全屏",
    "Show/hide columns": "显示或隐藏列",
    "Add row": "增加一行",
    "Delete row(s)": "删除所选行",
    "Clear selection": "取消选择",
    "Sort ascending": "升序",
    "Sort descending": "降序",
    "Format": "格式",
    "Autosize": "自动列宽",
    "Pin column": "固定列",
    "Unpin column": "取消固定",
    "Hide column": "隐藏列",
    "Statistics": "统计",
    "Automatic": "自动",
    "Localized": "本地格式",
    "Plain": "原样",
    "Compact": "紧凑",
    "empty": "空",
    "Running...": "正在处理…",
    "Stop": "停止",
    "Open": "打开",
    "Close": "关闭",
    "Dismiss": "关闭",
    "Increment value": "加一",
    "Decrement value": "减一",
    "Rerun": "重新运行",
    "Settings": "设置",
    "Print": "打印",
    "Record screencast": "录屏",
    "Developer options": "开发者选项",
    "Clear cache": "清除缓存",
    "Main menu": "主菜单",
    "More": "更多",
    "Show help": "说明",
    "Remove file": "移除文件",
    "Delete file": "移除文件",
    "Connecting": "正在连接",
    "Connection error": "连接中断",
    "Remove": "移除",
    "Show more": "显示更多",
    "Page not found": "没有这一页",
}

_WATCH: Final = """
// turns the words of Streamlit's furniture; sets text and attributes only, never markup
const PLACES = [
  '[data-testid="stFileUploader"]', '[data-testid="stHeader"]', '[data-testid="stElementToolbar"]',
  '[data-testid="stStatusWidget"]', '[data-testid="InputInstructions"]', '[data-testid="stDialog"] button',
  '[data-testid="stDataFrameColumnMenu"]', '[data-testid="stDataFrameColumnFormattingMenu"]',
  '[data-testid="stMainMenuPopover"]', '[data-testid="stMainMenuList"]', '[data-testid="stTooltipContent"]',
  '[data-testid="stSelectboxVirtualDropdownEmpty"]', '[data-testid="stToast"] button',
  '[data-baseweb="select"] input', '[data-baseweb="popover"] [role="presentation"]',
  '[data-testid="stSelectbox"] button', '[data-testid="stNumberInput"] button',
  '[data-testid="stMultiSelect"] button', '.gdg-seveqep',
].join(',');
const ATTRIBUTES = ['aria-label', 'placeholder', 'title', 'alt'];

function translator(pairs) {
  const exact = new Map();
  const numbered = [];
  for (const [from, to] of pairs) {
    if (from.includes('{n}')) { numbered.push([from.split('{n}'), to]); } else { exact.set(from, to); }
  }
  return (text) => {
    const trimmed = text.trim();
    if (exact.has(trimmed)) { return text.replace(trimmed, () => exact.get(trimmed)); }
    for (const [[head, tail], to] of numbered) {
      if (!trimmed.startsWith(head)) { continue; }
      const number = trimmed.slice(head.length).match(/^[0-9]+/);
      if (!number || !trimmed.slice(head.length + number[0].length).startsWith(tail)) { continue; }
      const rest = trimmed.slice(head.length + number[0].length + tail.length);
      return to.replace('{n}', () => number[0]) + rest;
    }
    return null;
  };
}

// the place to drop files takes the focus and says that it is nothing: a contradiction for those who listen
function mend(root) {
  for (const place of root.querySelectorAll?.('[data-testid="stFileUploaderDropzone"][role="presentation"]') ?? []) {
    place.setAttribute('role', 'group');
  }
}

function turn(root, say) {
  mend(root.parentElement ?? root);
  const holders = root.matches && root.closest(PLACES) ? [root] : [];
  if (root.querySelectorAll) { holders.push(...root.querySelectorAll(PLACES)); }
  for (const holder of holders) {
    const walker = document.createTreeWalker(holder, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const said = say(node.textContent);
      if (said !== null && said !== node.textContent) { node.textContent = said; }
    }
    for (const place of [holder, ...holder.querySelectorAll('[aria-label],[placeholder],[title],[alt]')]) {
      for (const name of ATTRIBUTES) {
        const said = place.hasAttribute(name) ? say(place.getAttribute(name)) : null;
        if (said !== null && said !== place.getAttribute(name)) { place.setAttribute(name, said); }
      }
    }
  }
}

export default function ({ data }) {
  // one watcher a window: two of different languages would turn each other's words for ever
  window.chantuWords?.disconnect();
  document.documentElement.lang = data.lang;
  const say = translator(data.pairs);
  turn(document.body, say);
  document.documentElement.dataset.speaks = data.lang;
  const watcher = window.chantuWords = new MutationObserver((changes) => {
    for (const change of changes) {
      const place = change.target.nodeType === Node.ELEMENT_NODE ? change.target : change.target.parentElement;
      if (place) { turn(place, say); }
    }
    if (document.documentElement.lang !== data.lang) { document.documentElement.lang = data.lang; }
  });
  watcher.observe(document.body, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
  });
  return () => watcher.disconnect();
}
"""


def speak() -> None:
    """Mount the watcher for the tab's language."""
    tongue = language()
    pairs = [[en, zh] if tongue == "zh" else [zh, en] for en, zh in WORDS.items()]
    _component()(
        key="streamlit_words",
        data={"lang": "zh-CN" if tongue == "zh" else "en", "pairs": pairs},
        height="content",
    )


@st.cache_resource(show_spinner=False)
def _component() -> st.components.v2.types.ComponentRenderer:
    return st.components.v2.component("chantu_words", js=_WATCH, isolate_styles=False)

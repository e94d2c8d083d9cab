// What a tab remembers over another page of the app: the view and the selection.

export function keep(name, value) {
  try {
    sessionStorage.setItem(`chantu:${name}`, JSON.stringify(value));
  } catch {
    // storage is full or shut: the view is then not kept over pages, and nothing else is lost
  }
}

export function kept(name) {
  try {
    return JSON.parse(sessionStorage.getItem(`chantu:${name}`));
  } catch {
    return null;
  }
}

/** The view that the tab last had of a place; null when it had none. */
export function keptView(place) {
  const last = kept("view");
  return last && last.place === place && Number.isFinite(last.zoom) ? last : null;
}

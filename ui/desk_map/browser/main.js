// The door from Streamlit: one desk for each place in the page, kept over reruns, taken down when the place goes.

import { Desk } from "./desk.js";

const desks = new WeakMap();

export async function mount(component) {
  const place = component.parentElement;
  let held = desks.get(place);
  if (!held || held.desk.gone) {
    held = { desk: new Desk(place), call: 0 };
    desks.set(place, held);
  }
  const call = ++held.call;
  await held.desk.follow(component);
  // Streamlit may run the cleanup of an earlier call while a later one holds the place
  return () => {
    if (held.call === call) held.desk.takeDown();
  };
}

// Gives an element its behaviour when the page holds it; what htmx brings later is looked at as well.
import "./send_once.js";

const parts = [
  ["[data-focus]", () => import("./focus.js")],
  ["[data-idle-seconds]", () => import("./session.js")],
  ["form[data-draft]", () => import("./drafts.js")],
  ["[data-user] form[method=post]:not([data-draft], [hx-post], [role=search])", () => import("./hold.js")],
  ["[role=combobox][data-source]", () => import("./combobox.js")],
  ["[data-poll]", () => import("./progress.js")],
  ["[data-follow]", () => import("./discussion.js")],
  ["form[data-quiet]", () => import("./quiet.js")],
  ["[data-live]", () => import("./live.js")],
  ["[data-drop]", () => import("./files.js")],
  ["[data-preview]", () => import("./preview.js")],
  ["[data-giver]", () => import("./giver.js")],
  ["[data-whens]", () => import("./whens.js")],
  ["[data-upload]", () => import("./uploads.js")],
  ["textarea[data-longest]", () => import("./longest.js")],
  ["[data-day-words-for]", () => import("./days.js")],
  ["main textarea:not([hidden]), main [data-words]", () => import("./marks.js")],
  ["[data-filter]", () => import("./filter.js")],
  ["[data-aside-for]", () => import("./aside.js")],
  ["[data-question]", () => import("./measured.js")],
  ["[data-add-row]", () => import("./add_row.js")],
  ["[data-order]", () => import("./order.js")],
  ["form[data-held]", () => import("./go_on.js")],
  ["[data-keys]", () => import("./keys.js")],
  ["[data-chosen-count]", () => import("./chosen.js")],
];
const done = new WeakMap();

function once(element, selector) {
  const seen = done.get(element) ?? new Set();
  done.set(element, seen);
  return seen.has(selector) ? false : Boolean(seen.add(selector));
}

export function enhance(root) {
  for (const [selector, load] of parts) {
    const found = [...root.querySelectorAll(selector)];
    if (root.matches?.(selector)) found.push(root);
    const fresh = found.filter((element) => once(element, selector));
    if (fresh.length) load().then((module) => fresh.forEach((element) => module.default(element)));
  }
}

enhance(document);
document.addEventListener("htmx:load", (event) => enhance(event.detail.elt));
document.addEventListener("page:part", (event) => enhance(event.target));

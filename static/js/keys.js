// Single keys, as the list says that "?" opens. None while somebody types or chooses, and none together with Ctrl, Alt or Cmd. They
// only press or point at what the page has anyway; whoever turned them off has no list on the page, and none of this is loaded.
const GOES = { "/": "#search-bar, [data-key='/']", n: "[data-key=n]", r: "#reply textarea" };
const ROWS = "main .work > li, main tbody tr";
const BUSY = "input, textarea, select, [contenteditable], [role=combobox], .dropdown-menu, .offcanvas, dialog";

export default function keys(list) {
  document.addEventListener("keydown", (event) => {
    const whole = event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented;
    if (!whole && !event.target.closest(BUSY) && press(event.key, list)) event.preventDefault();
  });
}

function press(key, list) {
  if (key === "?") return toggle(list);
  if (list.matches(":popover-open")) return false;
  if (key === "j" || key === "k") return toRow(key === "j" ? 1 : -1);
  return key in GOES && go([...document.querySelectorAll(GOES[key])]);
}

function toggle(list) {
  list.togglePopover();
  return true;
}

function go(found) {
  const field = found.find((one) => !one.href && one.checkVisibility());
  const link = found.find((one) => one.href);
  if (field) field.focus();
  else link?.click();
  return Boolean(field ?? link);
}

function toRow(step) {
  const rows = [...document.querySelectorAll(ROWS)].filter((row) => row.querySelector("a[href]") && row.checkVisibility());
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
  next?.querySelector("a[href]").focus();
  return Boolean(next);
}

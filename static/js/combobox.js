// A text field that suggests: the server answers with <li role="option"> rows, the arrow keys choose, Enter takes.
import { post } from "./server.js";

const PAUSE = 150;
const SHORTEST = 2;

export default function combobox(input) {
  const list = document.getElementById(input.getAttribute("aria-controls"));
  const count = input.parentElement.querySelector("[role=status]");
  const value = document.getElementById(input.dataset.valueInto ?? "");
  let timer, asked = 0, at = -1;

  function close() {
    asked++; // an answer that is under way opens nothing
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    const turn = ++asked;
    const answer = await post(input.dataset.source, { text: input.value }).catch(() => null);
    if (turn !== asked || !answer?.ok) return;
    const rows = new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("[role=option]");
    list.replaceChildren(...rows);
    list.hidden = !rows.length;
    input.setAttribute("aria-expanded", String(rows.length > 0));
    if (count) count.textContent = (rows.length ? input.dataset.found : input.dataset.nothing)?.replace("{n}", rows.length) ?? "";
  }

  function mark(step) {
    const rows = [...list.children];
    at = (at + step + rows.length) % rows.length;
    rows.forEach((row, n) => row.setAttribute("aria-selected", String(n === at)));
    input.setAttribute("aria-activedescendant", rows[at].id);
    rows[at].scrollIntoView({ block: "nearest" });
  }

  function take(row) {
    input.value = row.dataset.label ?? row.textContent.trim();
    if (value) value.value = row.dataset.value ?? "";
    close();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function typed() {
    clearTimeout(timer);
    if (value) value.value = "";
    if (input.value.trim().length < SHORTEST) return close();
    timer = setTimeout(ask, PAUSE);
  }

  input.addEventListener("input", typed);
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark(step);
    else if (event.key === "Enter" && at >= 0) take(list.children[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => event.target.closest("[role=option]") && take(event.target.closest("[role=option]")));
  input.addEventListener("blur", close);
  if (input === document.activeElement && input.value !== input.defaultValue) typed(); // before this script was there
}

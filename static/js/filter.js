// Narrows a list that is already on the page to the rows that hold every typed word. Ticked rows always stay; a second
// list holds what the server found beyond it, and what was ticked there moves to the first before it is replaced.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export default function filterRows(input) {
  const list = document.querySelector(input.dataset.filter);
  const more = document.querySelector(input.dataset.filterMore ?? "#none");
  const count = document.getElementById(input.dataset.filterCount ?? "");

  function narrow() {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    const rows = [...list.children];
    let shown = 0;
    rows.forEach((row) => {
      row.hidden = !row.querySelector(":checked") && !words.every((word) => plain(row.textContent).includes(word));
      shown += row.hidden ? 0 : 1;
    });
    if (count) count.textContent = count.dataset.words.replace("{n}", shown).replace("{all}", rows.length);
  }

  function keepTicked() {
    list.append(...[...more.children].filter((row) => row.querySelector(":checked")));
  }

  function dropDoubles() {
    const there = new Set([...list.querySelectorAll("input")].map((box) => box.id));
    for (const row of [...more.children]) if (there.has(row.querySelector("input")?.id)) row.remove();
  }

  more?.addEventListener("htmx:beforeSwap", keepTicked);
  more?.addEventListener("htmx:afterSwap", dropDoubles);
  input.addEventListener("input", narrow);
  input.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  if (input.value !== input.defaultValue) narrow(); // typed before this script was there
}

// Narrows a list that is already on the page to the rows that hold every typed word. Ticked rows always stay; a second
// list holds what the server found beyond it, and what was ticked there moves to the first before it is replaced.
const PLAIN = { ł: "l", ø: "o", đ: "d", ð: "d", ı: "i", æ: "ae", œ: "oe", þ: "th", ß: "ss", ς: "σ" };
const plain = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[łøđðıæœþßς]/g, (letter) => PLAIN[letter]);

export default function filterRows(input) {
  const list = document.querySelector(input.dataset.filter);
  const more = document.querySelector(input.dataset.filterMore ?? "#none");
  const count = document.getElementById(input.dataset.filterCount ?? "");

  function fits(row) {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    return words.every((word) => plain(row.textContent).includes(word));
  }

  function narrow() {
    for (const row of list.children) row.hidden = !row.querySelector(":checked") && !fits(row);
    say();
  }

  // A row that stays because it is ticked is not found: a word that means nobody finds nobody.
  function say() {
    const found = [...list.children].filter(fits).length + (more?.querySelectorAll(":scope > :has(input)").length ?? 0);
    const kept = [...list.children].filter((row) => !row.hidden && !fits(row)).length;
    const words = kept ? count?.dataset.kept : count?.dataset.words;
    if (count) count.textContent = words.replace("{n}", found).replace("{k}", kept);
  }

  function keepTicked() {
    list.append(...[...more.children].filter((row) => row.querySelector(":checked")));
  }

  function dropDoubles() {
    const there = new Set([...list.querySelectorAll("input")].map((box) => box.id));
    for (const row of [...more.children]) if (there.has(row.querySelector("input")?.id)) row.remove();
    say();
  }

  more?.addEventListener("htmx:beforeSwap", keepTicked);
  more?.addEventListener("htmx:afterSwap", dropDoubles);
  input.addEventListener("input", narrow);
  input.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  if (input.value !== input.defaultValue) narrow(); // typed before this script was there
}

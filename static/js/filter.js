// Narrows a list that is already on the page to the rows that hold every typed word. Ticked rows always stay.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export default function filterRows(input) {
  const rows = [...document.querySelectorAll(`${input.dataset.filter} > li`)];
  const count = document.getElementById(input.dataset.filterCount ?? "");
  const texts = rows.map((row) => plain(row.textContent));

  function narrow() {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, n) => {
      row.hidden = !row.querySelector(":checked") && !words.every((word) => texts[n].includes(word));
      shown += row.hidden ? 0 : 1;
    });
    if (count) count.textContent = count.dataset.words.replace("{n}", shown).replace("{all}", rows.length);
  }

  input.addEventListener("input", narrow);
  input.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
}

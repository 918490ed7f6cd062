// Who answered for the patient, once an age is known: a parent for a child. What a person chose is never changed.
const COMPLETE = 1900;

export default function proposeGiver(select) {
  const { form } = select;
  const year = form.querySelector(select.dataset.giverYear);
  let own = !select.value;

  function byYear() {
    const typed = Number(year.value);
    if (typed < COMPLETE) return null;
    const turns = new Date().getFullYear() - typed - Number(select.dataset.giver);
    if (turns === 0) return "";
    return turns < 0 ? "parent" : "patient";
  }

  function propose() {
    const yearOfFile = form.querySelector("[data-year-of-file]")?.dataset.yearOfFile;
    if (yearOfFile && !year.value) year.value = yearOfFile;
    if (!own) return;
    select.value = byYear() ?? form.querySelector("[data-giver-of-file]")?.dataset.giverOfFile ?? "";
  }

  select.addEventListener("change", () => (own = !select.value));
  year.addEventListener("input", propose);
  form.addEventListener("looked", propose);
  propose();
}

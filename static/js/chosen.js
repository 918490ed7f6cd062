// Says how many boxes of a form are ticked.
export default function sayChosen(place) {
  const form = place.closest("form") ?? document;
  const say = () => {
    const count = form.querySelectorAll(`input[name="${place.dataset.chosenCount}"]:checked`).length;
    const words = { 0: place.dataset.none, 1: place.dataset.one }[count] ?? place.dataset.many;
    place.textContent = words.replace("{n}", count);
  };
  form.addEventListener("change", say);
  say();
}

// Asks beside a line of a case, once it is typed, whether it can be so. Never stands in the way.
import { post } from "./server.js";

const RESULT = "test value unit";

export default function watch(place) {
  const row = place.closest("[role=group], tr");
  const parts = (place.dataset.parts ?? RESULT).split(" ");
  const isResult = parts.includes("test");
  let asked = "", turn = 0;

  const test = row.querySelector("[data-measured=test]");
  const coded = () => (test?.value === test?.defaultValue && place.dataset.code) || typed("test");
  const typed = (name) => row.querySelector(`[data-measured=${name}]`)?.value ?? place.dataset[name] ?? "";
  const enough = (said) => (isResult ? said.test && said.value : parts.some((name) => said[name]));

  async function ask() {
    const said = Object.fromEntries(parts.map((name) => [name, typed(name)]));
    if (isResult) said.test = coded();
    const words = JSON.stringify(said);
    if (words === asked) return;
    asked = words;
    const now = ++turn;
    const answer = enough(said) ? await post(place.dataset.question, said).catch(() => null) : null;
    const text = answer?.ok ? await answer.text() : "";
    if (now === turn) place.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
  }

  row.addEventListener("change", () => (!isResult || typed("unit")) && ask());
  row.addEventListener("focusout", (event) => row.contains(event.relatedTarget) || ask());
}

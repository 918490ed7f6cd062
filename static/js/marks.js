// Says below a free text what in it could name a person. Asks when typing stops, and never stands in the way.
import { post } from "./server.js";

const PAUSE = 1200;

export default function watch(field) {
  const url = document.body.dataset.marksUrl;
  if (!url) return;
  const place = document.createElement("div");
  place.setAttribute("role", "status");
  const row = field.closest(".correct > *");
  if (row) row.append(place); // below the whole row: its fields stay side by side
  else field.after(place);
  let timer, turn = 0;

  async function ask() {
    const now = ++turn;
    place.setAttribute("aria-busy", "true");
    const answer = await post(url, { text: field.value }).catch(() => null);
    const words = answer?.ok ? await answer.text() : null;
    if (now !== turn) return;
    if (words !== null) place.replaceChildren(...new DOMParser().parseFromString(words, "text/html").body.childNodes);
    place.removeAttribute("aria-busy");
  }

  function wait() {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  }

  field.addEventListener("input", wait);
  // Typed before this script was there, or kept from before: a long text is looked through again, a line when it changes
  if (field.value && (field.value !== field.defaultValue || field.matches("textarea"))) ask();
}

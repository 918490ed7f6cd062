// The line "Saved 14:02". Its words are attributes of the element, ready translated. Text that is too long to be kept is said
// where it is seen from any part of the page, and the browser asks before it leaves the page with it.
import { hide, show } from "./notices.js";

export function savedLine(form) {
  const line = form.querySelector("[data-saved]") ?? document.querySelector("[data-saved]");
  let tooLong = false;
  const write = (text, saved) => {
    if (!line) return;
    line.querySelector("[data-saved-text]").textContent = text;
    line.classList.toggle("is-saved", saved);
  };
  const say = (long) => {
    tooLong = long;
    (long ? show : hide)("too-long");
  };
  form.addEventListener("submit", () => (tooLong &&= !form.dataset.sendAnyway));
  addEventListener("beforeunload", (event) => tooLong && event.preventDefault());
  return {
    saved: (at) => [write(`${line?.dataset.savedAt} ${at}`, true), say(false)],
    refused: (status) => [write(line?.dataset[status === 400 ? "tooLong" : "refused"] ?? "", false), say(status === 400)],
    waiting: () => write(line?.dataset.offline ?? "", false),
  };
}

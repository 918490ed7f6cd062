// Asks how far a piece of work is and shows the answer, until the answer carries data-done.
import { fragment } from "./server.js";

const EVERY = 1500;

export default function follow(place) {
  async function ask() {
    if (document.hidden) return wait();
    const answer = await fragment(place.dataset.poll, true).catch(() => null);
    if (answer?.status === 200) {
      place.innerHTML = await answer.text();
      place.dispatchEvent(new CustomEvent("page:part", { bubbles: true }));
      if (place.querySelector("[data-done]")) return;
    }
    if (answer?.status !== 404) wait();
  }

  function wait() {
    setTimeout(ask, EVERY);
  }

  wait();
}

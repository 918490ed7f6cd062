// Looks for new entries of a discussion. They are announced with a link, and never appear under the reader's finger.
import { warn } from "./notices.js";
import { fragment } from "./server.js";

const FIRST = 20_000;
const LONGEST = 60_000;

export default function follow(place) {
  let delay = FIRST;
  let timer;

  async function ask() {
    clearTimeout(timer);
    if (document.hidden) return;
    const answer = await fragment(`${place.dataset.follow}?after=${encodeURIComponent(place.dataset.after)}`, true).catch(() => null);
    if (answer?.status === 200) {
      const text = await answer.text();
      if (text !== place.innerHTML) place.innerHTML = text;
    } else {
      delay = Math.min(delay * 1.5, LONGEST);
    }
    if (answer?.status === 404) return location.reload(); // no longer shared with this person: nothing of it stays on the screen
    warn(answer);
    wait();
  }

  function wait() {
    timer = setTimeout(ask, delay * (0.9 + Math.random() * 0.2));
  }

  document.addEventListener("visibilitychange", () => document.hidden || ask());
  wait();
}

// Two minutes before the session ends, say so and offer to stay.
import { alive, post } from "./server.js";
import { hide, show } from "./notices.js";

const WARNING = 120;
const COARSENESS = 60; // the server notes activity at most once a minute

export default function watchSession(body) {
  let timer;

  async function stay() {
    const answer = await post(body.dataset.keepaliveUrl, {}).catch(() => null);
    if (answer?.ok) alive();
    else if (answer) show("session-ended");
    hide("session-ending");
  }

  function warn() {
    show("session-ending").querySelector("[data-stay]").addEventListener("click", stay, { once: true });
  }

  function start(seconds) {
    clearTimeout(timer);
    hide("session-ending");
    if (seconds > 0) timer = setTimeout(warn, Math.max(seconds - WARNING - COARSENESS, 0) * 1000);
  }

  document.addEventListener("session:alive", () => start(Number(body.dataset.idleSeconds)));
  document.addEventListener("htmx:afterRequest", (event) => event.detail.successful && alive());
  start(Number(body.dataset.idleSeconds));
}

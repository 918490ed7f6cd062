// A meeting's sheet that stays current: clock, order, decisions, who is there. Who only reads is taken along to the next panel.
import { warn } from "./notices.js";
import { swap } from "./parts.js";
import { fragment } from "./server.js";

const EVERY = 6000;

export default function follow(place) {
  const order = () => document.getElementById("live-order");

  async function ask() {
    clearTimeout(timer);
    if (document.hidden) return wait();
    const { stamp, turn } = order().dataset;
    const asked = new URLSearchParams({ seen: stamp, panel: place.dataset.panel });
    const answer = await fragment(`${place.dataset.live}?${asked}`, true).catch(() => null);
    if (answer?.status === 404) return location.reload();
    warn(answer);
    if (answer?.status === 200) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.getElementById("live-order").dataset.turn;
      if ("follows" in place.dataset && now !== turn) return location.reload();
      swap(page, "[data-live-part]");
    }
    wait();
  }

  let timer;
  function wait() {
    clearTimeout(timer); // a look in between must not leave two rounds running
    timer = setTimeout(ask, EVERY);
  }

  let [counted, since] = [null, 0];
  function tick() {
    const clock = document.querySelector("[data-clock]");
    if (!clock || !("running" in clock.dataset)) return;
    if (clock !== counted) [counted, since] = [clock, Date.now()];
    const seconds = Number(clock.dataset.used) + Math.floor((Date.now() - since) / 1000);
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    const bar = clock.closest(".timer").querySelector("progress");
    bar.value = Math.min(seconds, bar.max);
    clock.closest(".timer-clock").classList.toggle("bad-ink", seconds > bar.max);
  }

  document.addEventListener("visibilitychange", () => document.hidden || ask());
  setInterval(tick, 1000);
  wait();
}

// Looks for new entries of a discussion. They are announced, and shown when the reader asks, never under the finger.
import { fragment } from "./server.js";

const FIRST = 20_000;
const LONGEST = 60_000;

export default function follow(thread) {
  const button = document.getElementById(thread.dataset.announceIn);
  let held = [];
  let delay = FIRST;

  function announce() {
    button.hidden = !held.length;
    button.textContent = (held.length === 1 ? button.dataset.one : button.dataset.many).replace("{n}", held.length);
  }

  function last() {
    return (held.at(-1) ?? thread.querySelector(":scope > [data-entry]:last-of-type"))?.dataset.entry ?? "";
  }

  async function ask() {
    if (document.hidden) return;
    const answer = await fragment(`${thread.dataset.follow}?after=${encodeURIComponent(last())}`, true).catch(() => null);
    if (answer?.status === 200) {
      const rows = new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("[data-entry]");
      held.push(...[...rows].filter((row) => !document.getElementById(row.id)));
      announce();
      delay = FIRST;
    } else {
      delay = Math.min(delay * 1.5, LONGEST);
    }
    if (!answer || answer.status < 400) wait();
  }

  function wait() {
    setTimeout(ask, delay * (0.9 + Math.random() * 0.2));
  }

  button.addEventListener("click", () => {
    const rows = held;
    held = [];
    announce();
    thread.append(...rows);
    rows.forEach((row) => row.dispatchEvent(new CustomEvent("page:part", { bubbles: true })));
    rows[0]?.setAttribute("tabindex", "-1");
    rows[0]?.focus();
  });
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  wait();
}

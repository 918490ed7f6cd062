// Sends a form without leaving the page. Without a network what was typed is kept, and goes out when the network is back.
import { hide, show } from "./notices.js";
import { swap } from "./parts.js";
import { alive, signedInAgain, token } from "./server.js";

const AGAIN = 4000;
const later = () => new Promise((go) => setTimeout(go, AGAIN));

export default function quiet() {}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("[data-quiet]")) return;
  event.preventDefault();
  const data = new FormData(form, event.submitter);
  form.dataset.sending = "yes";
  send(form, data);
});

function release(form) {
  delete form.dataset.sending;
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
}

async function send(form, data) {
  for (;;) {
    data.set("csrfmiddlewaretoken", token());
    const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "text/html" } }).catch(() => null);
    if (answer && answer.status < 500) {
      hide("no-network");
      const ended = answer.url.includes("/accounts/") || answer.status === 403;
      if (!ended || (answer.status === 403 && (await signedInAgain()))) return take(answer, form);
      show("session-ended");
    } else {
      show("no-network");
    }
    do await later();
    while (document.querySelector('[data-notice="session-ended"]') && !(await signedInAgain().catch(() => false)));
    hide("session-ended");
  }
}

// The same page is brought up to date in place; another one is opened; what was refused is shown.
async function take(answer, form) {
  release(form);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  alive();
  if (!answer.ok) return document.querySelector("main").replaceWith(page.querySelector("main"));
  const [here, there] = [document, page].map((one) => one.querySelector("[data-live]")?.dataset.panel);
  if (here === undefined || here !== there) return location.assign(answer.url);
  swap(page, "[data-live-part], [data-own-part]");
  // The form is a fresh one: the keyboard goes where the next is typed, not out of the page.
  if (form.matches("[data-own-part]") && document.activeElement === document.body) document.getElementById(form.id)?.querySelector("textarea").focus();
}

// A form that keeps no draft is sent only while the server answers and its person is signed in: what was typed stays in
// the page until then, and is sent when the same person is back.
import { hide, show } from "./notices.js";
import { alive, post, signedInAgain } from "./server.js";

const AGAIN = 3000;
const TYPED = "textarea, input:not([type=hidden], [type=password], [type=checkbox], [type=radio], [type=submit])";
const NOTICES = ["session-ended", "no-network"];

function changed(field) {
  if (field.type === "file") return field.files.length > 0;
  return field.matches(TYPED) && field.value !== field.defaultValue;
}

const pause = () => new Promise((resume) => setTimeout(resume, AGAIN));

async function stillThere() {
  const answer = await post(document.body.dataset.keepaliveUrl, {});
  if (answer.ok) alive();
  return answer.ok;
}

async function untilThere() {
  for (let ask = stillThere; ; ask = signedInAgain) {
    const there = await ask().catch(() => null);
    NOTICES.forEach(hide);
    if (there) return;
    show(there === null ? "no-network" : "session-ended");
    await pause();
  }
}

export default function hold(form) {
  let [waiting, sure] = [false, false];

  form.addEventListener("submit", async (event) => {
    if (sure || event.defaultPrevented || ![...form.elements].some(changed)) return;
    event.preventDefault();
    if (waiting) return;
    waiting = true;
    await untilThere();
    sure = true;
    form.requestSubmit(event.submitter);
    [waiting, sure] = [false, false];
  });
}

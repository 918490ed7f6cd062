// Saves what is being typed on the server: two seconds after a pause, never later than five, and when a field is left.
// Nothing is kept in the browser's storage. When the session has ended the page keeps its text and tries again.
import { begun, draftOf, fieldsOf } from "./form_fields.js";
import { hide, show } from "./notices.js";
import { savedLine } from "./saved_line.js";
import { alive, post, signedInAgain } from "./server.js";

const [PAUSE, AT_LATEST, AGAIN] = [2000, 4500, 5000];

export default function keepDraft(form) {
  const line = savedLine(form);
  let stored = begun(form) ? "" : JSON.stringify(fieldsOf(form));
  let [dirtySince, sentAt, onTheWay, timer, wanted] = [0, 0, null];

  function save(options) {
    clearTimeout(timer);
    onTheWay ??= send(options).finally(() => (onTheWay = null));
    return onTheWay;
  }

  async function send(options) {
    const fields = fieldsOf(form);
    const text = JSON.stringify(fields);
    if (text === stored) return kept(text);
    sentAt = Date.now();
    const answer = await post(form.dataset.draftUrl, draftOf(form, fields), options).catch(() => null);
    if (answer?.ok) return kept(text, (await answer.json()).saved_at);
    if ([400, 404].includes(answer?.status)) return line.refused(answer.status); // asking again changes nothing
    const ended = answer && (answer.type === "opaqueredirect" || [401, 403].includes(answer.status));
    if (ended) show("session-ended");
    line.waiting();
    retry(ended);
    return ended || !answer ? "only here" : "refused";
  }

  function kept(text, at) {
    stored = text;
    dirtySince = JSON.stringify(fieldsOf(form)) === text ? 0 : Date.now();
    if (dirtySince) typed();
    if (at) line.saved(at);
    hide("session-ended");
    alive();
    if (wanted) wanted = form.requestSubmit();
    return "saved";
  }

  function retry(ended) {
    timer = setTimeout(async () => {
      const ready = !ended || (await signedInAgain().catch(() => false));
      if (ready) save();
      else retry(ended);
    }, AGAIN);
  }

  function typed() {
    const now = Date.now();
    dirtySince ||= now;
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(Math.min(PAUSE, dirtySince + AT_LATEST - now), sentAt + AT_LATEST - now, 0));
  }

  async function saveFirst(event) {
    if (!dirtySince || form.dataset.sendAnyway) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await onTheWay;
    if ((await save()) === "only here") return void (wanted = "quiet" in form.dataset);
    await new Promise((done) => setTimeout(done)); // during a submit a browser ignores requestSubmit
    form.dataset.sendAnyway = "yes";
    form.requestSubmit(event.submitter);
    delete form.dataset.sendAnyway;
  }

  for (const kind of ["input", "change"]) form.addEventListener(kind, typed);
  form.addEventListener("focusout", () => dirtySince && save());
  form.addEventListener("submit", saveFirst);
  document.addEventListener("visibilitychange", () => document.hidden && dirtySince && save({ keepalive: true }));
  if (!stored) typed();
}

// Notices about the session. Their words stand in <template> elements of the page, ready translated.
export function show(id) {
  const open = document.querySelector(`[data-notice="${id}"]`);
  if (open) return open;
  const notice = document.getElementById(id).content.firstElementChild.cloneNode(true);
  notice.dataset.notice = id;
  document.body.append(notice);
  return notice;
}

export function hide(id) {
  document.querySelector(`[data-notice="${id}"]`)?.remove();
}

// What the answer to a question in the background says of session and network; null when there was none.
export function warn(answer) {
  if (answer?.type === "opaqueredirect" || [401, 403].includes(answer?.status)) show("session-ended");
  else if (!answer || answer.status >= 500) show("no-network");
  else ["no-network", "session-ended"].forEach(hide);
}

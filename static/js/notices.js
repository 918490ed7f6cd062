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

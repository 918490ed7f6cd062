// Puts newer parts of a page in place of the old ones. The keyboard stays where it was.
export function swap(page, selector) {
  const at = document.activeElement?.id;
  for (const fresh of page.querySelectorAll(selector)) {
    const old = document.getElementById(fresh.id);
    if (!old || old.dataset.sending || old.querySelector("[data-sending]")) continue;
    old.replaceWith(fresh);
    fresh.dispatchEvent(new CustomEvent("page:part", { bubbles: true }));
  }
  if (at && document.activeElement?.id !== at) document.getElementById(at)?.focus();
}

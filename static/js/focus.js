// The error summary takes the focus, so that nobody looks for what went wrong. A field of "lost" takes it only where the focus was lost
// with what was replaced: who is typing elsewhere by then goes on there.
export default function focus(element) {
  if (element.dataset.focus !== "lost" || document.activeElement === document.body) element.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".error-summary a[href^='#']");
  const field = link && document.querySelector(link.getAttribute("href"));
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.scrollIntoView({ block: "center" });
});

// The line "Saved 14:02". Its words are attributes of the element, ready translated.
export function savedLine(form) {
  const line = form.querySelector("[data-saved]") ?? document.querySelector("[data-saved]");
  const write = (text, waiting) => {
    if (!line) return;
    line.textContent = text;
    line.classList.toggle("saved-waiting", waiting);
  };
  return {
    saved: (at) => write(`${line?.dataset.savedAt} ${at}`, false),
    waiting: () => write(line?.dataset.offline ?? "", true),
  };
}

// The line "Saved 14:02". Its words are attributes of the element, ready translated.
export function savedLine(form) {
  const line = form.querySelector("[data-saved]") ?? document.querySelector("[data-saved]");
  const write = (text, saved) => {
    if (!line) return;
    line.querySelector("[data-saved-text]").textContent = text;
    line.classList.toggle("is-saved", saved);
  };
  return {
    saved: (at) => write(`${line?.dataset.savedAt} ${at}`, true),
    refused: (status) => write(line?.dataset[status === 400 ? "tooLong" : "refused"] ?? "", false),
    waiting: () => write(line?.dataset.offline ?? "", false),
  };
}

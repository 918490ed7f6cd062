// A file may be dropped on the field as well as chosen with it; its name and size are said in words.
const KILOBYTE = 1024;

function size(bytes) {
  const kilobytes = Math.max(1, Math.round(bytes / KILOBYTE));
  return kilobytes < KILOBYTE ? `${kilobytes} kB` : `${(kilobytes / KILOBYTE).toFixed(1)} MB`;
}

export default function takeFiles(place) {
  const input = place.querySelector("input[type=file]");
  const name = place.querySelector("[data-file-name]");

  function hover(event, over) {
    event.preventDefault();
    place.classList.toggle("drop-over", over);
  }

  place.addEventListener("dragover", (event) => hover(event, true));
  place.addEventListener("dragleave", (event) => hover(event, false));
  place.addEventListener("drop", (event) => {
    hover(event, false);
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  function sayNames() {
    if (name) name.textContent = [...input.files].map((file) => `${file.name}, ${size(file.size)}`).join("; ");
  }

  input.addEventListener("change", sayNames);
  if (input.files.length) sayNames(); // chosen before this script was there
}

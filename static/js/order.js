// Lines of a list are put in another order by dragging. Each line's own buttons do the same, without a mouse.
export default function order(list) {
  let held = null;
  let before = [];

  list.addEventListener("dragstart", (event) => {
    held = event.target.closest("li[draggable]");
    before = [...list.children];
    event.dataTransfer.effectAllowed = "move";
    held.classList.add("is-held");
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("li");
    if (!held || !over) return;
    event.preventDefault();
    if (over === held) return;
    const box = over.getBoundingClientRect();
    if (event.clientY < box.top + box.height / 2) over.before(held);
    else over.after(held);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", (event) => {
    held.classList.remove("is-held");
    const place = [...list.children].indexOf(held);
    if (event.dataTransfer.dropEffect === "none") list.append(...before);
    else if (before.indexOf(held) !== place) send(held.querySelector("form:has([name=ref])"), place + 1);
    held = null;
  });
}

function send(form, place) {
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "place", value: place }));
  form.requestSubmit();
}

// One more empty row in a part of a form, made of the part's template. Without a script the same button saves and comes back.
function fresh(empty, number) {
  const copy = document.createElement("template");
  copy.innerHTML = empty.innerHTML.replaceAll("__prefix__", number).replaceAll("__number__", number + 1);
  return copy.content.firstElementChild;
}

export default function addRow(button) {
  const part = button.closest("section");
  const [total, most] = ["TOTAL_FORMS", "MAX_NUM_FORMS"].map((name) => part.querySelector(`[name$=-${name}]`));
  const label = () => {
    button.disabled = Number(total.value) >= Number(most.value);
    button.querySelector("span").textContent = button.disabled ? button.dataset.full : button.dataset.addRow;
  };
  button.type = "button";
  label();
  button.addEventListener("click", () => {
    const number = Number(total.value);
    if (number >= Number(most.value)) return;
    const row = fresh(part.querySelector("template"), number);
    part.querySelector(".correct").append(row);
    total.value = number + 1;
    label();
    row.dispatchEvent(new CustomEvent("page:part", { bubbles: true })); // its fields suggest and are looked at as all are
    row.querySelector("input:not([type=hidden]), select, textarea").focus();
  });
}

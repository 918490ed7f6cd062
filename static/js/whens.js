// Hides a question, or a group of them, that depends on another answer. The server asks the same again; nothing is lost.
export default function whens(form) {
  const parts = [...form.querySelectorAll("[data-when]")];

  function answers(name) {
    const fields = [...form.querySelectorAll(`[name="${name}"]`)];
    return fields.filter((field) => (field.type === "radio" || field.type === "checkbox" ? field.checked : true)).map((field) => field.value);
  }

  function look() {
    for (const part of parts) part.hidden = !answers(part.dataset.when).includes(part.dataset.is);
  }

  form.addEventListener("change", look);
  look();
}

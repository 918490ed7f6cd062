// What stands in a form, by name; ticked boxes as lists. Files, passwords, tokens and keys are not part of a draft; the
// version it was typed over is, so that what others save meanwhile makes a clash instead of being overwritten.
const LEFT_OUT = new Set(["csrfmiddlewaretoken", "idempotency_key", "looked", "begun", "file_text", "file_name"]);
const MANY = new Set(["checkbox", "select-multiple"]);

export function fieldsOf(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    const control = form.elements[name];
    const type = control?.type ?? control?.[0]?.type;
    if (LEFT_OUT.has(name) || value instanceof File || type === "password") continue;
    if (MANY.has(type)) (fields[name] ??= []).push(value);
    else fields[name] = value;
  }
  return fields;
}

export function draftOf(form, fields) {
  return { form: form.dataset.draft, label: form.dataset.draftLabel ?? "", path: location.pathname + location.search, fields };
}

// Whether somebody began to type before the page's script was there.
export function begun(form) {
  const texts = form.querySelectorAll("textarea, input:not([type=hidden], [type=checkbox], [type=radio], [type=file])");
  return [...texts].some((field) => field.value !== field.defaultValue);
}

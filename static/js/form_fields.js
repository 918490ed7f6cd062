// What stands in a form, as lists by name. Files, passwords, tokens and keys are not part of a draft.
const LEFT_OUT = new Set(["csrfmiddlewaretoken", "idempotency_key"]);

export function fieldsOf(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (LEFT_OUT.has(name) || value instanceof File || form.elements[name]?.type === "password") continue;
    (fields[name] ??= []).push(value);
  }
  return fields;
}

export function draftOf(form, fields) {
  return { form: form.dataset.draft, label: form.dataset.draftLabel ?? "", path: location.pathname, fields };
}

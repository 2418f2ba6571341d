// A grade is changed with a reason.
import { api, failed, reason } from "./desk.js";

document.addEventListener("change", async (event) => {
  const field = event.target.closest("[data-grade]");
  if (!field) return;
  const before = [...field.options].find((o) => o.defaultSelected)?.value, why = await reason(`${field.dataset.grade}: grade ${field.value}`);
  if (!why) { field.value = before; return; }
  try {
    await api(`/sources/${encodeURIComponent(field.dataset.grade)}/grade`, { method: "POST", body: { grade: field.value, why } });
    location.reload();
  } catch (error) { field.value = before; failed(error); }
});

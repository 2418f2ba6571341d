// Take any judgement back, with a reason.
import { api, failed, reason } from "./desk.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-back]");
  if (!button) return;
  const why = await reason(`Take back judgement ${button.dataset.back}`);
  if (!why) return;
  try { await api(`/judgements/${button.dataset.back}/taken-back`, { method: "POST", body: { why } }); location.reload(); } catch (error) { failed(error); }
});

// The table follows the filters as they are typed; the address follows too.
import { failed } from "./desk.js";

const form = document.getElementById("facets"), table = document.getElementById("table");
let waiting, asking;

async function show() {
  asking?.abort();
  asking = new AbortController();
  const query = new URLSearchParams([...new FormData(form)].filter(([, v]) => v !== ""));
  history.replaceState(null, "", query.size ? `/claims?${query}` : "/claims");
  try {
    const answer = await fetch(`/claims?${query}&part=table`, { signal: asking.signal });
    if (answer.ok) table.innerHTML = await answer.text();
  } catch (error) { failed(error); }
}
form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(show, 120); });
form.addEventListener("submit", (event) => { event.preventDefault(); location.assign(`/claims?${new URLSearchParams([...new FormData(form)].filter(([, v]) => v !== ""))}`); });

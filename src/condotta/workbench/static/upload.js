// Drop files or folders; they are sent a few at a time, so that the progress is seen and no request grows too large.
import { api, element, failed, say } from "./desk.js";

let sending = 0;
const drop = document.getElementById("drop"), added = document.getElementById("added"), PART = 40 * 1024 * 1024;

async function send(files) {
  const parts = [];
  for (const file of files) {
    const last = parts.at(-1);
    if (last && last.size + file.size < PART && last.files.length < 500) { last.files.push(file); last.size += file.size; } else parts.push({ files: [file], size: file.size });
  }
  sending += 1;
  for (const part of parts) {
    const form = new FormData();
    for (const file of part.files) form.append("files", file, file.name);
    try {
      await api("/documents", { method: "POST", form });
    } catch (error) {
      const names = part.files.map((f) => f.name).slice(0, 5).join(", ");
      added.append(element("p", { class: "wrong" }, `${names}: ${error.message}`));
      failed(error);
    }
  }
  sending -= 1;
  say(`${files.length} file${files.length === 1 ? "" : "s"} sent`);
}

async function walk(entry) {
  if (entry.isFile) return [await new Promise((done, fail) => entry.file(done, fail))];
  const found = [], reader = entry.createReader();
  for (;;) {
    const part = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!part.length) return found;
    for (const inner of part) found.push(...(await walk(inner)));
  }
}

drop?.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
drop?.addEventListener("dragleave", () => drop.classList.remove("over"));
drop?.addEventListener("drop", async (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  const entries = [...event.dataTransfer.items].map((i) => i.webkitGetAsEntry()).filter(Boolean);
  send(entries.length ? (await Promise.all(entries.map(walk))).flat() : [...event.dataTransfer.files]);
});
drop?.addEventListener("change", (event) => { if (event.target.files.length) send([...event.target.files].filter((f) => !f.name.startsWith("."))); event.target.value = ""; });
document.addEventListener("jobs", ({ detail }) => {
  if (!detail.ended || sending) return;
  const wrong = detail.jobs.flatMap((j) => (j.verb === "add" ? j.failures : []));
  if (wrong.length || document.activeElement?.matches("[data-filter]")) added.replaceChildren(element("p", {}, element("a", { href: "" }, "Show what was added")), ...wrong.map((f) => element("p", { class: "wrong" }, `${f.name}: ${f.message}`)));
  else location.reload();
});

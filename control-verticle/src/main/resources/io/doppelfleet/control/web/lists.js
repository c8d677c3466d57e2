// Many addresses under one name. They are set by a command, which reads them from a file.
import { html, nothing } from "/lib/lit-html.js";
import { get, send } from "./api.js";
import { ask, tell } from "./dialog.js";
import { number } from "./format.js";
import { table } from "./table.js";
import { code, own, t } from "./text.js";

export function listsOfTheFleet(lists, changed) {
  return html`<h2>${t("lists.title")}</h2>
    <p class="faint">${t("lists.what")} ${code("doppelfleet list add NAME FILE")}</p>
    ${table(
      t("lists.title"),
      [
        { title: t("lists.name"), cell: ({ name }) => own(name) },
        { title: t("lists.use"), kind: "wrap", cell: ({ use }) => t(`list-use.${use}`) },
        { title: t("lists.count"), kind: "number", cell: ({ count }) => number(count) },
        { kind: "end", cell: (list) => actions(list, changed) },
      ],
      lists,
      t("lists.none"),
    )}`;
}

function actions(list, changed) {
  return html`<button @click=${() => show(list)}>${t("lists.show")}</button>
    <button class="danger" @click=${() => remove(list, changed)}>${t("remove.do")}</button>`;
}

async function show({ name }) {
  let content;
  try {
    const { prefixes } = await get(`/lists/${encodeURIComponent(name)}`);
    content = html`<textarea dir="ltr" readonly rows="12" aria-label=${t("bans.addresses")} .value=${prefixes.join("\n")}></textarea>`;
  } catch (problem) {
    content = html`<p class="problem" role="alert" dir="auto">${problem.message}</p>`;
  }
  return tell(t("lists.shown", { name }), content);
}

async function remove({ name, use }, changed) {
  let query = "";
  const done = await ask({
    title: t("lists.remove", { name }),
    content: () => html`<p>${t(`list-gone.${use}`)}</p>
      ${query === "" ? nothing : meant(["nobody"])}`,
    action: t("remove.do"),
    danger: true,
    act: async () => {
      try {
        return await send("DELETE", `/lists/${encodeURIComponent(name)}${query}`);
      } catch (problem) {
        if (problem.field === "confirm") {
          query = "?confirm=nobody";
        }
        throw problem;
      }
    },
  });
  if (done !== undefined) {
    changed();
  }
}

/** What nobody means, most of the time: who means it says so before it is done. */
export function meant(dangers) {
  return html`${dangers.map((danger) => html`<p class="bad">${t(`danger.${danger}`)}</p>`)}
    <label><input type="checkbox" required> ${t("danger.meant")}</label>`;
}

// The dashboard: who is signed in, which page is shown, and what the control tells of the fleet.
import { html, nothing, render } from "/lib/lit-html.js";
import { accountPage } from "./account.js";
import { follow, get, signOut, whoAmI } from "./api.js";
import { auditEntries, auditPage } from "./audit.js";
import { bans, bansPage } from "./bans.js";
import { closeAll } from "./dialog.js";
import { fleetPage } from "./fleet.js";
import { choice } from "./language.js";
import { Rates } from "./rates.js";
import { revisionsPage } from "./revisions.js";
import { freshSecrets, secrets, secretsPage } from "./secrets.js";
import { access, settingsPage } from "./settings.js";
import { signInPage } from "./sign-in.js";
import { own, t } from "./text.js";
import { traffic, trafficPage } from "./traffic.js";

const INVITATION = "#invitation=";

/**
 * What there is to see; operators alone see addresses, and the name of who is in leads to their own. What
 * changes though nobody changes it is asked for again where a page has `fresh`.
 */
const PAGES = {
  fleet: { view: fleetPage },
  secrets: { view: secretsPage, load: secrets, fresh: freshSecrets },
  bans: { view: bansPage, load: bans, operators: true },
  traffic: { view: trafficPage, load: traffic },
  revisions: { view: revisionsPage, load: () => get("/revisions?limit=100"), operators: true },
  audit: { view: auditPage, load: auditEntries, admins: true },
  settings: { view: settingsPage, load: access, admins: true },
  account: { view: accountPage, load: () => get("/totp"), own: true },
};

const state = {
  page: "fleet",
  data: null,
  session: null,
  invitation: null,
  problem: null,
  connected: true,
  status: null,
  rates: null,
};

let unfollow = () => {};

let rates = new Rates();

/** How often something was asked for, and which time of these is shown: what was asked for before is old. */
let loads = 0;
let shown = 0;

/** Nodes tell who uses an old key every 2 s. */
const FRESH_MILLIS = 3_000;

function show() {
  if (state.session === null) {
    render(signInPage(state.invitation, state.problem, entered, show), document.body);
    return;
  }
  render(
    html`<header>
        <strong>Doppelfleet</strong>
        <nav aria-label=${t("app.pages")}>
          ${visible()
            .filter(([, page]) => !page.own)
            .map(([id]) => link(id, t(`page.${id}`)))}
        </nav>
        <span>${link("account", own(state.session.name))} <span class="faint">(${t(`role.${state.session.role}`)})</span></span>
        ${choice(show)}
        <button @click=${leave}>${t("app.sign-out")}</button>
      </header>
      <main>
        ${state.connected
          ? ""
          : html`<p class="problem" role="status">${t("app.away")}</p>`}
        ${state.problem === null ? "" : html`<p class="problem" role="alert" dir="auto">${state.problem}</p>`} ${content()}
      </main>`,
    document.body,
  );
}

function link(id, text) {
  return html`<a href="#/${id}" aria-current=${id === state.page ? "page" : nothing}>${text}</a>`;
}

function content() {
  const page = PAGES[state.page];
  const mayChange = state.session.role !== "viewer";
  if (page.load === undefined) {
    return page.view({ status: state.status, rates: state.rates, mayChange });
  }
  return state.data === null
    ? html`<p class="faint" role="status">${t("app.loading")}</p>`
    : page.view({ data: state.data, session: state.session, mayChange, changed: load, failed, redraw: show });
}

function visible() {
  const { role } = state.session;
  return Object.entries(PAGES).filter(
    ([, page]) => (!page.operators || role !== "viewer") && (!page.admins || role === "admin"),
  );
}

function failed(problem) {
  state.problem = problem.message;
  show();
}

/** Goes to the page that the address says, or to the first. */
function go() {
  const id = location.hash.replace("#/", "");
  state.page = visible().some(([each]) => each === id) ? id : "fleet";
  state.data = null;
  state.problem = null;
  show();
  load();
}

/** Asks for what the present page shows. */
async function load() {
  const id = state.page;
  const page = PAGES[id];
  const turn = ++loads;
  if (page.load === undefined) {
    return;
  }
  let data = null;
  let failure = null;
  try {
    data = await page.load();
  } catch (problem) {
    failure = problem.message;
  }
  if (state.session === null || id !== state.page || turn < shown) {
    return; // somebody went on or left, or what was asked for later has come sooner
  }
  shown = turn;
  state.data = data ?? state.data;
  state.problem = failure;
  show();
}

/** Asks again for what of the present page changes by itself; where nobody looks, nobody is asked. */
async function freshen() {
  const { data, page, session, status } = state;
  if (session !== null && status !== null && state.connected) {
    state.rates = rates.after(status, performance.now()); // of a fleet that rests nothing is told
    show();
  }
  const { fresh } = PAGES[page];
  if (session !== null && data !== null && fresh !== undefined && !document.hidden) {
    try {
      const next = await fresh(data);
      if (state.data === data && next !== data) {
        state.data = next;
        show();
      }
    } catch {
      // What is shown stays; that the control is away is shown already.
    }
  }
  setTimeout(freshen, FRESH_MILLIS);
}

function entered(session, problem) {
  state.session = session;
  state.problem = problem;
  if (session !== null) {
    state.invitation = null;
    begin();
    go();
    return;
  }
  show();
}

function begin() {
  rates = new Rates();
  unfollow = follow(
    (status) => {
      const changed = state.status !== null && state.status.revision !== status.revision;
      state.status = status;
      state.rates = rates.after(status, performance.now());
      show();
      if (changed) {
        load();
      }
    },
    (connected, forGood) => {
      state.connected = connected;
      if (forGood) {
        again();
      }
      show();
    },
  );
}

/** The stream was refused: the session has ended, or the control is not itself yet. */
async function again() {
  unfollow();
  try {
    const session = await whoAmI();
    if (session !== null && session.name !== state.session?.name) {
      location.reload(); // what is shown is somebody else's
      return;
    }
    if (session === null) {
      left();
    } else {
      setTimeout(begin, 2000);
    }
  } catch {
    setTimeout(again, 2000);
  }
  show();
}

async function leave() {
  try {
    await signOut();
    left();
  } catch (problem) {
    state.problem = problem.message;
  }
  show();
}

/** Nobody is in any more, and nothing stays of what they saw. */
function left() {
  unfollow();
  closeAll();
  Object.assign(state, { session: null, data: null, status: null, rates: null, problem: null });
}

async function start() {
  if (location.hash.startsWith(INVITATION)) {
    state.invitation = location.hash.slice(INVITATION.length);
    history.replaceState(null, "", "#/"); // it stays in no history
  }
  let session = null;
  try {
    session = await whoAmI(); // who is signed in has to say so to use an invitation too
  } catch (problem) {
    state.problem = problem.message;
  }
  if (session !== null && state.invitation === null) {
    state.session = session;
    begin();
    go();
  } else {
    show();
  }
}

window.addEventListener("hashchange", () => {
  if (location.hash.startsWith(INVITATION)) {
    location.reload(); // somebody else's link, in this very tab
  } else if (state.session !== null) {
    go();
  }
});
start();
freshen();

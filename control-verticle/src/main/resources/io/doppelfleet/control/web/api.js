// The API, as a page of its own site may use it.
import { t } from "./text.js";

/** What the API didn't do, and why: its problem's sentence. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail ?? t("app.answered", { status }));
    this.status = status;
    this.field = body.field;
  }
}

const CSRF = "X-CSRF-Token";

/** Others may write all the time. */
const MOST_TRIES = 5;

/** What has to be said with each change; a page that was loaded anew asks for it. */
let csrf = null;

/** As whom this page does what it does; null: nobody, or somebody is coming in. */
let name = null;

/** Who is signed in; null: nobody. */
export async function whoAmI() {
  try {
    return remember(await get("/session"));
  } catch (problem) {
    if (problem.status === 401) {
      forget();
      return null;
    }
    throw problem;
  }
}

/** The code is undefined where none is asked for. */
export function signIn(who, password, code) {
  return comeIn("/session", { name: who, password, code });
}

export function setPassword(invitation, password, code) {
  return comeIn("/passwords", { invitation, password, code });
}

/** In place of whoever is in. */
async function comeIn(path, body) {
  name = null;
  return remember(await send("POST", path, body));
}

export async function signOut() {
  try {
    await send("DELETE", "/session");
  } catch (problem) {
    if (problem.status !== 401) {
      throw problem;
    } // it has ended already
  }
  forget();
}

function remember(session) {
  ({ csrf, name } = session);
  return session;
}

function forget() {
  csrf = null;
  name = null;
}

export function get(path) {
  return send("GET", path);
}

/** A whole list, however many pages it has; the path has a query. */
export async function all(path, field) {
  const whole = await get(path);
  for (let { next } = whole; next !== undefined; ) {
    const page = await get(`${path}&cursor=${encodeURIComponent(next)}`);
    whole[field].push(...page[field]);
    next = page.next;
  }
  return whole;
}

/**
 * Brings a revision back, if nobody has changed anything since it was compared with this one; what nobody means,
 * most of the time, is confirmed.
 */
export function restore(number, present, confirm) {
  const body = confirm.length === 0 ? {} : { confirm }; // an older control knows no such field
  return send("POST", `/revisions/${number}/restoration`, body, { "If-Match": `"${present}"` });
}

/**
 * Reads what is at a path and puts what is made of it to another, if nobody has changed anything since; where
 * somebody has, again.
 */
export async function change(path, to, make) {
  for (let left = MOST_TRIES; ; left--) {
    const { answer, tag } = await ask("GET", path);
    try {
      return await send("PUT", to, make(answer), { "If-Match": tag });
    } catch (problem) {
      if (problem.status !== 412 || left === 1) {
        throw problem;
      }
    }
  }
}

/** Does it; what it answers, or a Problem. */
export async function send(method, path, body, headers) {
  const { answer } = await ask(method, path, body, headers);
  return answer;
}

async function ask(method, path, body, headers = {}) {
  try {
    return await sendOnce(method, path, body, headers);
  } catch (problem) {
    if (problem.status !== 403 || problem.field !== CSRF) {
      throw problem;
    }
  }
  // The browser has another session than this page was told of: another tab has signed in.
  const before = name;
  const now = await whoAmI();
  if (before !== null && now?.name !== before) {
    location.reload(); // what is shown here, and asked for, is somebody else's
    return new Promise(() => {});
  }
  return sendOnce(method, path, body, headers);
}

async function sendOnce(method, path, body, given) {
  const headers = { ...given };
  if (csrf !== null && method !== "GET") {
    headers[CSRF] = csrf;
  }
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
  }
  let response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Problem(0, { detail: t("app.unreachable") });
  }
  const answer = await response.json();
  if (!response.ok) {
    throw new Problem(response.status, answer);
  }
  return { answer, tag: response.headers.get("ETag") };
}

/**
 * Calls back with how the fleet is, whenever that changes, and with whether it is still told.
 * A browser comes back by itself when a control was away.
 */
export function follow(onStatus, onConnected) {
  const source = new EventSource("/api/v1/events");
  source.addEventListener("status", (event) => onStatus(JSON.parse(event.data)));
  source.addEventListener("open", () => onConnected(true));
  source.addEventListener("error", () => onConnected(false, source.readyState === EventSource.CLOSED));
  return () => source.close();
}

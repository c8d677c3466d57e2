// What people find on pages, and do there.
import assert from 'node:assert/strict'

export const PASSWORD = 'correct horse battery'

/** The page with this heading. */
export async function heading(page, name) {
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
}

export async function go(page, name) {
  await page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
  await heading(page, name)
}

/** The row of a table that has this text. */
export function row(page, text) {
  return page.getByRole('row').filter({ hasText: text })
}

export async function press(within, name) {
  await within.getByRole('button', { name, exact: true }).click()
}

/** Fills the dialog that is open, by how its labels begin, and presses its button. */
export async function answer(page, fields, button) {
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  for (const [label, text] of Object.entries(fields)) {
    await dialog.getByLabel(new RegExp(`^\\s*${label}`)).fill(text)
  }
  await press(dialog, button)
}

export async function signIn(page, name, password) {
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Password').fill(password)
  await press(page, 'Sign in')
}

export async function accept(page, link) {
  await page.goto(link)
  await page.getByLabel('Password').fill(PASSWORD)
  await press(page, 'Set it and sign in')
  await heading(page, 'Fleet')
}

/** Calls the API as the page's session; status and body. */
export function call(page, method, path, body) {
  return page.evaluate(
    async (asked) => {
      const session = await (await fetch('/api/v1/session')).json()
      const answered = await fetch(`/api/v1${asked.path}`, {
        method: asked.method,
        headers: { 'X-CSRF-Token': session.csrf, 'Content-Type': 'application/json' },
        body: asked.body === undefined ? undefined : JSON.stringify(asked.body),
      })
      return { status: answered.status, body: await answered.json() }
    },
    { method, path, body },
  )
}

export async function done(page, method, path, body) {
  const answered = await call(page, method, path, body)
  assert.ok(answered.status < 300, `${method} ${path}: ${JSON.stringify(answered.body)}`)
  return answered.body
}

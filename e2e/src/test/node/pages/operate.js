// A day of the first administrator: from the link of the first start to a viewer who may change nothing.
import assert from 'node:assert/strict'

import { codes } from './codes.js'
import { firstView } from './first-view.js'
import { nodes } from './nodes.js'
import { PASSWORD, accept, answer, call, done, go, heading, press, row, signIn } from './parts.js'

/** Does all of it; what the administrator's browser keeps at the end. */
export async function operate(browser, link, around) {
  const page = await browser.page()
  await accept(page, link)
  assert.ok(!page.url().includes('invite1.'), 'the invitation stays in the address')
  await passwords(page)
  await secrets(page, around)
  await bans(page, around)
  await lists(page)
  await reload(page)
  await restart(page, around)
  await nodes(browser, page, around)
  await codes(page)
  await firstView(browser)
  await viewer(browser, page)
  await another(browser, page)
  return { cookies: await page.context().cookies(), origins: [] }
}

async function passwords(page) {
  await press(page, 'Sign out')
  await signIn(page, 'admin', 'not this one at all')
  await page.getByRole('alert').filter({ hasText: 'name or password is wrong' }).waitFor()
  await page.evaluate("location.hash = '#/bans'")
  await signIn(page, 'admin', PASSWORD)
  await heading(page, 'Bans') // where the address leads
  assert.equal(await page.getByRole('alert').count(), 0)
}

/** Adds one with a limit, has a real client use it, rotates it, and sees who uses the old key still. */
async function secrets(page, around) {
  await go(page, 'Secrets')
  await press(page, 'Add a secret')
  await answer(page, { Name: 'alice', Host: 'cover.example', Connections: '40' }, 'Add')
  const first = await shownLink(page)
  await row(page, 'alice').getByText('connections: 40').waitFor()
  await limited(page)
  await around('connect', { link: first })
  await done(page, 'PUT', '/settings', { limits: { connections: 7, rate: 2 ** 20 }, overlap: 7200 })
  await row(page, 'alice').getByText(/connections: 40, 1\.0\sMiB a second \(of all\)/).waitFor()
  await press(row(page, 'alice'), 'Rotate')
  await page.getByRole('dialog').getByLabel('where it is empty: 2').waitFor()
  const asked = page.waitForRequest((request) => request.url().endsWith('/rotation'))
  await answer(page, {}, 'Rotate')
  assert.equal((await asked).postData(), '{}') // so what the settings say holds
  const second = await shownLink(page)
  assert.notEqual(second, first)
  await row(page, 'alice').getByText('old until').waitFor()
  await row(page, 'alice').getByText('connections by it: 1').waitFor() // when nodes have told, by itself
  await around('connect', { link: second })
  await row(page, 'alice').getByText('connections by it: 0').waitFor()
  await done(page, 'PUT', '/settings', {})
}

/** What is entered is added to the limits that there were, and their use is shown. */
async function limited(page) {
  await done(page, 'PUT', '/secrets/alice/limits', { connections: 39, bytes: { month: 500 } })
  await row(page, 'alice').getByText(/^\d+\sB of 500\sB a month$/).waitFor()
  await press(row(page, 'alice'), 'Limit')
  await answer(page, { Connections: '40' }, 'Set') // beside one that is less than anybody would enter
  await row(page, 'alice').getByText('connections: 40').waitFor()
  await row(page, 'alice').getByText(/^\d+\sB of 500\sB a month$/).waitFor()
  await press(row(page, 'alice'), 'Limit')
  await answer(page, { 'GiB a month': '50' }, 'Set')
  await row(page, 'alice').getByText(/^\d+\sB of 50.0\sGiB a month$/).waitFor()
  await press(row(page, 'alice'), 'Limit')
  await page.getByRole('dialog').getByText(/^Used this month: \d+\sB of 50.0\sGiB\.$/).waitFor()
  await press(page.getByRole('dialog'), 'Cancel')
}

async function shownLink(page) {
  const dialog = page.getByRole('dialog', { name: 'Links of alice' })
  await dialog.getByRole('img', { name: 'QR code' }).waitFor()
  const link = await dialog.locator('code').first().textContent()
  assert.match(link, /^https:\/\/t\.me\/proxy\?server=127\.0\.0\.1&port=\d+&secret=ee[0-9a-f]+$/)
  await press(dialog, 'Close')
  return link
}

/** Bans the client's address, which is cut, and lifts that. */
async function bans(page, around) {
  await go(page, 'Bans')
  await press(page, 'Ban addresses')
  const dialog = page.getByRole('dialog')
  await answer(page, { 'An address': '127.0.0.2.3', Why: 'a test' }, 'See whom it cuts')
  await dialog.getByRole('alert').filter({ hasText: '192.0.2.0/24' }).waitFor()
  await answer(page, { 'An address': '127.0.0.3' }, 'See whom it cuts')
  await dialog.getByText('it cuts now: 0.').waitFor()
  await answer(page, { 'An address': '127.0.0.0/24' }, 'See whom it cuts')
  await dialog.getByText('By secret: alice: 1.').waitFor()
  await answer(page, { 'An address': '127.0.0.2' }, 'See whom it cuts')
  await dialog.getByText('it cuts now: 1.').waitFor()
  await press(dialog, 'Ban')
  await row(page, '127.0.0.2/32').getByText('a test').waitFor()
  await around('cut')
  await press(row(page, '127.0.0.2/32'), 'Lift')
  await answer(page, {}, 'Lift')
  await page.getByText('Nobody is banned.').waitFor()
}

/** Removes one, though the other lets nobody in then: when that is said to be meant, and not before. */
async function lists(page) {
  await done(page, 'PUT', '/lists/homes', { use: 'allow', prefixes: ['8.8.4.0/24'] })
  await done(page, 'PUT', '/lists/offices', { use: 'allow', prefixes: ['8.8.8.0/24'] })
  await done(page, 'PUT', '/lists/denied', { use: 'deny', prefixes: ['8.8.8.0/24'] })
  await press(row(page, 'homes'), 'Remove')
  await answer(page, {}, 'Remove')
  const dialog = page.getByRole('dialog')
  await dialog.getByText('All lists together let nobody in.').waitFor()
  await press(dialog, 'Remove')
  assert.equal(await dialog.getByLabel('That is meant.').isChecked(), false)
  await dialog.getByLabel('That is meant.').check()
  await press(dialog, 'Remove')
  await row(page, 'homes').waitFor({ state: 'detached' })
  await done(page, 'DELETE', '/lists/offices')
  await done(page, 'DELETE', '/lists/denied')
}

/** Stays where it was, in the language that was chosen there; what was not sent is not done. */
async function reload(page) {
  await page.getByLabel('Language').selectOption('fa')
  await heading(page, 'مسدودها')
  await page.reload()
  await heading(page, 'مسدودها')
  assert.equal(await page.evaluate('document.documentElement.dir'), 'rtl')
  await page.getByLabel('زبان').selectOption('en')
  await heading(page, 'Bans')
  await go(page, 'Secrets')
  await press(page, 'Add a secret')
  await page.getByRole('dialog').getByLabel(/^\s*Name/).fill('bob')
  await page.reload()
  await heading(page, 'Secrets')
  await row(page, 'alice').waitFor()
  assert.equal(await page.getByRole('dialog').count(), 0)
  assert.equal(await row(page, 'bob').count(), 0)
  await press(page, 'Add a secret')
  await answer(page, { Name: 'bob', Host: 'cover.example' }, 'Add') // the page knows its session anew
  await press(page.getByRole('dialog', { name: 'Links of bob' }), 'Close')
  await press(row(page, 'bob'), 'Revoke')
  await answer(page, {}, 'Revoke')
  await row(page, 'bob').waitFor({ state: 'detached' })
}

/** The page that was open says that its control is away, and goes on by itself. */
async function restart(page, around) {
  await go(page, 'Fleet')
  await row(page, 'serving').waitFor()
  const away = page.getByText("The control doesn't answer")
  await around('stop')
  await away.waitFor()
  await around('start')
  await away.waitFor({ state: 'detached' })
  await row(page, 'serving').waitFor()
}

/** Adds an account, which the audit log has then; the link by which its password is set. */
async function invited(page, name) {
  await go(page, 'Settings')
  await press(page, 'Add an account')
  await answer(page, { Name: name, 'Your password': 'not this one' }, 'Add')
  await page.getByRole('dialog').getByRole('alert').filter({ hasText: 'password is wrong' }).waitFor()
  await answer(page, { 'Your password': PASSWORD }, 'Add')
  const dialog = page.getByRole('dialog', { name: `The link of ${name}` })
  const link = await dialog.locator('code').textContent()
  await press(dialog, 'Close')
  await row(page, name).getByText('invited until').waitFor()
  await go(page, 'Audit')
  await press(row(page, name).first(), 'Details')
  await answer(page, {}, 'Close')
  return link
}

/**
 * Somebody else signs in with the same browser: nothing is done in their name that was begun in another's, and
 * nothing stays of what they see when their session has ended.
 */
async function another(browser, page) {
  await go(page, 'Secrets')
  await press(page, 'Add a secret')
  const other = await page.context().newPage()
  await other.goto(browser.origin)
  await done(other, 'POST', '/session', { name: 'vera', password: PASSWORD })
  await answer(page, { Name: 'mallory', Host: 'cover.example' }, 'Add')
  await page.getByRole('banner').getByRole('link', { name: 'vera', exact: true }).click()
  await heading(page, 'Account')
  await press(page, 'Ask for codes')
  await page.getByRole('dialog').waitFor()
  await done(other, 'DELETE', '/session')
  await page.getByLabel('Name').waitFor()
  assert.equal(await page.getByRole('dialog').count(), 0, 'what was shown stays when the session has ended')
  await other.close()
  await signIn(page, 'admin', PASSWORD)
  await go(page, 'Secrets')
  await row(page, 'alice').waitFor()
  assert.equal(await row(page, 'mallory').count(), 0)
}

/** Sees what there is, and nothing to change it by; the API refuses what pages don't offer. */
async function viewer(browser, admin) {
  const page = await browser.page()
  await accept(page, await invited(admin, 'vera'))
  assert.deepEqual(await page.getByRole('navigation').getByRole('link').allTextContents(), [
    'Fleet',
    'Secrets',
    'Traffic',
  ])
  for (const name of ['Fleet', 'Secrets', 'Traffic']) {
    await go(page, name)
    assert.equal(await page.getByRole('main').getByRole('button').count(), 0, `${name} has buttons`)
  }
  for (const [method, path, body] of [
    ['POST', '/secrets', { name: 'mallory' }],
    ['POST', '/bans', { prefix: '192.0.2.1', reason: 'none' }],
    ['GET', '/secrets/alice/links'],
    ['GET', '/revisions'],
    ['GET', '/bans/simulation?prefix=192.0.2.1'],
    ['GET', '/audit'],
  ]) {
    assert.equal((await call(page, method, path, body)).status, 403, `${method} ${path}`)
  }
  await page.context().close()
}

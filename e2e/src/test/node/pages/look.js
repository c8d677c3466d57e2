// How each page looks: in light and dark, on a phone, and to whom it may not be wide, pale or mute.
import { done, heading } from './parts.js'

const PAGES = { fleet: 'Fleet', secrets: 'Secrets', bans: 'Bans', traffic: 'Traffic', revisions: 'Revisions' }

const LOOKS = {
  light: {},
  dark: { colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true },
}

/** Pictures of all pages, and what is wrong with them. */
export async function look(browser, session) {
  const link = await furnish(browser, session)
  for (const [name, options] of Object.entries(LOOKS)) {
    await strangers(browser, link, name, options)
    const page = await browser.page({ ...options, storageState: session })
    for (const [id, title] of Object.entries(PAGES)) {
      await page.goto(`${browser.origin}/#/${id}`)
      await heading(page, title)
      await page.getByText('Loading').waitFor({ state: 'detached' })
      await browser.inspect(page, `${id}-${name}`)
      await browser.picture(page, `${id}-${name}`)
    }
    await dialogs(browser, page, name)
    await page.context().close()
  }
}

/** Something to see everywhere; an invitation that nobody has used. */
async function furnish(browser, session) {
  const page = await browser.page({ storageState: session })
  await page.goto(browser.origin)
  await heading(page, 'Fleet')
  for (const [secret, limits] of Object.entries({
    'office-berlin': { connections: 40, rate: 4 << 20 },
    family: { addresses: { count: 6, window: 86_400 }, bytes: { month: 200 * 2 ** 30 } },
    'guest-2026': { expiry: '2026-01-01T00:00:00Z' },
  })) {
    await done(page, 'POST', '/secrets', { name: secret, host: 'cover.example' })
    await done(page, 'PUT', `/secrets/${secret}/limits`, limits)
  }
  await done(page, 'POST', '/bans', { prefix: '192.0.2.0/24', reason: 'scans for proxies every night' })
  await done(page, 'POST', '/bans', {
    prefix: '2001:db8:5::/48',
    reason: 'the link of office-berlin was passed on from there',
    expiry: '2031-03-01T12:00:00Z',
  })
  const made = await done(page, 'POST', '/accounts', { name: 'olga', role: 'operator' })
  await page.context().close()
  return made.link
}

/** What there is before somebody has come in. */
async function strangers(browser, link, name, options) {
  const page = await browser.page(options)
  for (const [id, address] of Object.entries({ 'sign-in': browser.origin, invitation: link })) {
    await page.goto(address)
    await page.locator('input[type=password]').waitFor()
    await browser.inspect(page, `${id}-${name}`)
    await browser.picture(page, `${id}-${name}`)
  }
  await page.context().close()
}

async function dialogs(browser, page, name) {
  for (const [id, at, button] of [
    ['links', 'secrets', 0],
    ['rotate', 'secrets', 1],
    ['ban', 'bans', 0],
    ['changes', 'revisions', 0],
    ['restore', 'revisions', 2],
  ]) {
    await page.goto(`${browser.origin}/#/${at}`)
    const main = page.getByRole('main')
    await (at === 'bans' ? main : main.getByRole('row').nth(1).or(main.getByRole('row').nth(2)))
      .getByRole('button')
      .nth(button)
      .click()
    await page.getByRole('dialog').getByRole('heading').waitFor()
    await browser.inspect(page, `${id}-${name}`)
    await browser.picture(page, `${id}-${name}`)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
}

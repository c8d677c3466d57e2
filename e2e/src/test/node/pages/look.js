// How each page looks: light and dark, on a phone and from right to left; and to whom it may not be wide, pale,
// mute or foreign.
import { PASSWORD, done, heading } from './parts.js'

const PAGES = ['fleet', 'secrets', 'bans', 'traffic', 'revisions', 'audit', 'settings', 'account']

/** What differs between looks is asked of axe, the rest once: it takes long. */
const LOOKS = {
  light: { language: 'en', audited: true },
  dark: { language: 'ru', colorScheme: 'dark', audited: true, rules: ['color-contrast'] },
  phone: { language: 'en', viewport: { width: 390, height: 844 }, hasTouch: true },
  persian: { language: 'fa' },
}

/** Pictures of all pages, and what is wrong with them. */
export async function look(browser, session) {
  const link = await furnish(browser, session)
  const english = await sentences(browser, 'en')
  for (const [name, { language, audited, rules, ...options }] of Object.entries(LOOKS)) {
    const own = await sentences(browser, language)
    const looked = { name, english, own, audited, rules }
    await strangers(browser, link, looked, { ...options, locale: language })
    const page = await browser.page({ ...options, locale: language, storageState: session })
    for (const id of PAGES) {
      await page.goto(`${browser.origin}/#/${id}`)
      await heading(page, own[`page.${id}`])
      await inspect(browser, page, looked, id)
    }
    await dialogs(browser, page, looked)
    await page.context().close()
  }
}

/** All that the dashboard says in a language. */
async function sentences(browser, language) {
  const module = await (await fetch(`${browser.origin}/text/${language}.js`)).text()
  return (await import(`data:text/javascript,${encodeURIComponent(module)}`)).default
}

async function inspect(browser, page, { name, english, own, audited, rules }, id) {
  const shown = (await page.locator('body').innerText()).split('\n')
  for (const [key, sentence] of Object.entries(english)) {
    const isWord = ['kind.', 'deed.', 'role.'].some((kind) => key.startsWith(kind)) // which may be a name, too
    if (!isWord && own[key] !== sentence && shown.includes(sentence)) {
      throw new Error(`${id}-${name} says in English: ${sentence}`)
    }
  }
  if (own['did.begins'] !== english['did.begins']) await translated(page, own)
  if (audited) await browser.audit(page, `${id}-${name}`, rules)
  await browser.measure(page, `${id}-${name}`)
  await browser.picture(page, `${id}-${name}`)
}

/** The control keeps what was done in English. */
async function translated(page, own) {
  for (const title of [own['audit.what'], own['revisions.what']]) {
    for (const did of await page.locator(`td[data-label="${title}"]`).allInnerTexts()) {
      if (/^[ -~]*$/.test(did)) {
        throw new Error(`it says in English: ${did}`)
      }
    }
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
  const made = await done(page, 'POST', '/accounts', { name: 'olga', role: 'operator', password: PASSWORD })
  await page.context().close()
  return made.link
}

/** What there is before somebody has come in. */
async function strangers(browser, link, looked, options) {
  const page = await browser.page(options)
  for (const [id, address] of Object.entries({ 'sign-in': browser.origin, invitation: link })) {
    await page.goto(address)
    await page.locator('input[type=password]').waitFor()
    await inspect(browser, page, looked, id)
  }
  await page.context().close()
}

async function dialogs(browser, page, looked) {
  for (const [id, at, button] of [
    ['add', 'secrets', 'add'],
    ['links', 'secrets', 0],
    ['limit', 'secrets', 1],
    ['rotate', 'secrets', 2],
    ['revoke', 'secrets', 3],
    ['ban', 'bans', 'add'],
    ['changes', 'revisions', 0],
    ['restore', 'revisions', 2],
  ]) {
    await page.goto(`${browser.origin}/#/${at}`)
    await heading(page, looked.own[`page.${at}`])
    const main = page.getByRole('main')
    await (button === 'add' ? main.getByRole('button').first() : main.getByRole('table').getByRole('button').nth(button)).click()
    await page.getByRole('dialog').getByRole('heading').waitFor()
    await inspect(browser, page, looked, id)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
}

// Bytes a second, as the dashboard has them.
import assert from 'node:assert/strict'

function status(all, paris) {
  return { traffic: { up: 0, down: all }, nodes: [{ name: 'paris', traffic: { up: 0, down: paris } }] }
}

/** A node that is counted anew, as one that took another's place is, hasn't taken bytes back. */
export async function rates(origin) {
  const text = await (await fetch(`${origin}/rates.js`)).text()
  const { Rates } = await import(`data:text/javascript,${encodeURIComponent(text)}`)
  const told = new Rates()
  assert.equal(told.after(status(1_000, 1_000), 0), null)
  assert.equal(told.after(status(5_000, 5_000), 4_000).nodes.get('paris').down, 1_000)
  const anew = told.after(status(6_000, 1_000), 5_000)
  assert.deepEqual(anew.all, { up: 0, down: 1_000 })
  told.after(status(6_000, 500), 6_000)
  assert.equal(told.after(status(7_000, 700), 8_000).nodes.get('paris'), undefined)
  assert.equal(told.after(status(7_000, 700), 18_000).nodes.get('paris').down, 200 / 12)
  assert.equal(told.after(status(7_000, 700), 40_000).nodes.get('paris').down, 0)
}

import { createServer } from 'node:http'
import { performance } from 'node:perf_hooks'
import { clearInterval, setInterval } from 'node:timers'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { build, runnerImport } from 'vite'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const eventsPerSecond = 1000
const seconds = 3
const slowness = 4
const repetitions = 3

/** A fast stream on a slow machine: does a page that shows it ever stand still? Only Chromium can tell. */
export async function longTasks(browser) {
  const { module } = await runnerImport(at('./wire.ts'), { configFile: false })
  const server = await serve(await bundle(), module)
  try {
    const longest = { nothing: [], counts: [], run: [] }
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      for (const name of Object.keys(longest)) longest[name].push(await measure(browser, server.url, name))
    }
    const middle = (name, run) => longest[name].map((runs) => runs[run]).sort((one, other) => one - other)[repetitions >> 1]
    const row = (what, name) => ({
      what: `${eventsPerSecond} events a second, ${slowness} times slower, ${what}`,
      unit: `ms, the longest task over 50 (first run of a page, code still cold: ${middle(name, 0)}; stream read, nothing shown: ${middle('nothing', 1)})`,
      measured: middle(name, 1),
      bar: 50,
    })
    return [row('counted', 'counts'), row('shown', 'run')]
  } finally {
    server.close()
  }
}

/** The first run of a page, and its second. */
async function measure(browser, url, name) {
  const page = await browser.newPage()
  try {
    await page.goto(url)
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowness })
    const run = () => page.evaluate((pageName) => globalThis.longestTask(pageName), name)
    return [await run(), await run()]
  } finally {
    await page.close()
  }
}

/** The built library with a page that uses it, as an app ships it. */
async function bundle() {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    plugins: [react()],
    define: { 'process.env.NODE_ENV': '"production"' },
    resolve: { alias: { 'use-workflow-stream': at('../../dist/index.js') } },
    build: { write: false, target: 'es2022', lib: { entry: at('./livePage.tsx'), formats: ['es'] } },
  })
  return [built].flat()[0].output[0].code
}

async function serve(script, wire) {
  const server = createServer((request, response) => {
    if (request.url.endsWith('/stream')) stream(response, wire)
    else if (request.url.endsWith('/nodes')) response.setHeader('content-type', 'application/json').end(JSON.stringify(wire.canvas(20)))
    else if (request.url === '/page.js') response.setHeader('content-type', 'text/javascript').end(script)
    else response.setHeader('content-type', 'text/html').end('<!doctype html><title>Bench</title><script type="module" src="/page.js"></script>')
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Every 10 ms what is due by then. */
function stream(response, { createWire, nodeId }) {
  const wire = createWire()
  const startedAt = performance.now()
  let sent = 0
  const frameAt = (index) => {
    const round = Math.floor(index / 25)
    if (index % 25 === 3) return wire.request(String(round), nodeId(round % 20))
    return index % 25 === 11 ? wire.result(String(round), nodeId(round % 20)) : wire.chunk('some words ')
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(wire.created())
  const timer = setInterval(() => {
    const due = Math.min(((performance.now() - startedAt) / 1000) * eventsPerSecond, eventsPerSecond * seconds)
    let text = ''
    for (; sent < due; sent += 1) text += frameAt(sent)
    response.write(text)
    if (sent < eventsPerSecond * seconds) return
    clearInterval(timer)
    // Without a result, so that what was streamed stays.
    response.end(wire.finished(''))
  }, 10)
  response.on('close', () => { clearInterval(timer) })
}

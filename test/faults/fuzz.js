// Sends malformed frames through the real transport and client, then plays random interleavings of many seeds.
// `npm run fuzz -- --frames=10000 --seeds=1 --runs=100 --seed=7` does less of it, from that seed on.
// Bounded memory is broken by anything that keeps what a client that was destroyed had heard.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const given = Object.fromEntries(process.argv.slice(2).map((word) => word.replace(/^--/, '').split('=')))
const number = (name, fallback) => (given[name] === undefined ? fallback : Number(given[name]))
const seed = number('seed', Date.now() % 1_000_000_000)
const frames = number('frames', 1_000_000)
const seeds = number('seeds', 10)
const runs = number('runs', 1000)

/** So much more than after the first tenth may be held, however many frames came: a million of them are 600 MB. */
const MAX_GROWTH_MB = 30

const seconds = (since) => ((Date.now() - since) / 1000).toFixed(1)
const heapMb = () => {
  globalThis.gc()
  return Math.round(process.memoryUsage().heapUsed / 1e6)
}

await sendFrames()
for (let offset = 0; offset < seeds; offset += 1) await playSeed(seed + offset)

async function sendFrames() {
  const { module } = await runnerImport(at('./malformed/sendMalformed.ts'), { configFile: false, logLevel: 'error' })
  const startedAt = Date.now()
  let mostMb = 0
  let warmMb
  let printed = 0
  const firstMb = heapMb()
  const outcome = await module.sendMalformed({
    seed, frames, framesEach: 100,
    onStream(sent) {
      if (sent - printed < frames / 10) return
      printed = sent
      const nowMb = heapMb()
      mostMb = Math.max(mostMb, nowMb)
      warmMb ??= nowMb
      console.log(`${sent} frames, ${seconds(startedAt)} s, heap ${nowMb} MB`)
    },
  })
  const { streams, bytes, endedByFrames, faults } = outcome
  console.log(
    `malformed frames: seed ${seed}, ${outcome.frames} frames in ${streams} streams (${Math.round(bytes / 1e6)} MB), ` +
    `${streams - endedByFrames} ended by the read and ${endedByFrames} by a frame, ${seconds(startedAt)} s, ` +
    `heap ${firstMb} MB before, at most ${mostMb} MB, ${heapMb()} MB after, ${faults.length} faults`,
  )
  for (const fault of faults.slice(0, 20)) console.log(fault)
  const isBounded = mostMb <= (warmMb ?? mostMb) + MAX_GROWTH_MB
  if (!isBounded) console.log(`the heap grew by ${mostMb - warmMb} MB after the first tenth, and no more than ${MAX_GROWTH_MB} may be`)
  if (faults.length > 0 || !isBounded) process.exitCode = 1
}

/** As the tests do it, with another seed and more of it. */
async function playSeed(value) {
  const startedAt = Date.now()
  const vitest = spawn(process.execPath, [at('../../node_modules/vitest/vitest.mjs'), 'run', '--project', 'node', 'test/faults/interleavings.test.ts'], {
    cwd: at('../..'), env: { ...process.env, PROPERTY_SEED: String(value), RUNS: String(runs) },
  })
  let said = ''
  for (const output of [vitest.stdout, vitest.stderr]) output.on('data', (text) => { said += text })
  const code = await new Promise((resolve) => { vitest.on('close', resolve) })
  console.log(`interleavings: seed ${value}, 2 x ${runs} runs, ${seconds(startedAt)} s, ${code === 0 ? 'no fault' : 'failed'}`)
  if (code === 0) return
  console.log(said)
  process.exitCode = 1
}

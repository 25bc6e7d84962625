// Measures ratios within one run, in Node and in Chromium, prints them and stores nothing.
// `npm run bench -- textPieces manyNodes` measures these only; `--node` and `--chromium` only there,
// and `--cpu-prof` leaves a profile of each workload that Node runs.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { chromium } from 'playwright'
import { build, runnerImport } from 'vite'
import { longTasks } from './longTasks.js'
import { printRow, printTitle } from './table.js'

const execute = promisify(execFile)
const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const flags = process.argv.slice(2).filter((word) => word.startsWith('--'))
const named = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const startedAt = Date.now()

const folder = mkdtempSync(join(tmpdir(), 'use-workflow-stream-bench-'))
const code = await bundle()
const file = join(folder, 'workloads.mjs')
writeFileSync(file, code)
const { workloads } = await import(pathToFileURL(file).href)
const names = Object.keys(workloads).filter((name) => named.length === 0 || named.includes(name))

let missed = 0
printTitle()
if (!flags.includes('--chromium')) for (const name of names) await print('Node', name, () => runInNode(name))
if (!flags.includes('--node')) {
  await withChromium(async (run, browser) => {
    for (const name of names) await print('Chromium', name, () => run(name))
    if (named.length === 0 || named.includes('longTasks')) await print('Chromium', 'longTasks', () => longTasks(browser))
  })
}
if (named.length === 0 && flags.length === 0) await print('bundle', 'size', sizes)
rmSync(folder, { recursive: true, force: true })
console.log(`\n${missed === 0 ? 'Every bar is kept' : `${missed} missed`}, after ${Math.round((Date.now() - startedAt) / 1000)} s`)

/** The built library with the workloads, as one module that runs anywhere. */
async function bundle() {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { 'use-workflow-stream/core': at('../../dist/core.js') } },
    build: { write: false, minify: false, target: 'es2022', lib: { entry: at('./workloads.ts'), formats: ['es'] } },
  })
  return [built].flat()[0].output[0].code
}

/** Each in a process of its own, so that none inherits the heap of another. */
async function runInNode(name) {
  const script = 'const { workloads } = await import(process.argv[1]); console.log(JSON.stringify(await workloads[process.argv[2]]()))'
  const options = ['--expose-gc', ...flags.filter((flag) => flag === '--cpu-prof'), '--input-type=module', '-e', script]
  const { stdout } = await execute(process.execPath, [...options, pathToFileURL(file).href, name])
  return JSON.parse(stdout)
}

/** A workload that fails takes no other with it. */
async function print(place, name, measure) {
  try {
    for (const row of await measure()) if (!printRow(place, row)) missed += 1
  } catch (error) {
    console.log(`${name} failed in ${place}: ${error.stderr ?? error.message}`)
    process.exitCode = 1
  }
}

async function withChromium(use) {
  const { module } = await runnerImport(at('../browser/chromiumPath.ts'), { configFile: false })
  const browser = await chromium.launch({
    executablePath: await module.chromiumPath(),
    args: [...module.chromiumArguments, '--js-flags=--expose-gc', '--enable-precise-memory-info'],
  })
  try {
    await use(async (name) => {
      const page = await browser.newPage()
      try {
        return await page.evaluate(async ([text, workload]) => {
          const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }))
          return (await import(url)).workloads[workload]()
        }, [code, name])
      } finally {
        await page.close()
      }
    }, browser)
  } finally {
    await browser.close()
  }
}

/** The same measure and the same law as `npm run size`. */
async function sizes() {
  // It ends with an error when a limit is broken, and prints its answer all the same.
  const { stdout } = await execute('npx', ['size-limit', '--json'], { cwd: at('../../') }).catch((error) => error)
  const [hook] = JSON.parse(stdout)
  return [{ what: 'import { useWorkflowStream }, gzip', unit: 'kB, React outside, both dependencies inside', measured: hook.size / 1000, bar: 9.5 }]
}

// Runs every check to its end, whatever the others say, and closes with `N passed, N failed`.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'use-workflow-stream-check-'))
const environment = { ...process.env, PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter) }
const tarball = () => JSON.stringify(join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'none.tgz'))

// The later ones look at what "build and pack" leaves, so the order matters.
const checks = [
  ['types', () => 'tsc --noEmit -p .'],
  ['lint', () => 'eslint --config test/eslint.config.js --max-warnings 0 .'],
  ['layers, names, top level, README', () => 'vitest run --project checks'],
  ['build and pack', () => `npm pack --pack-destination ${JSON.stringify(folder)}`],
  ['publint', () => `publint run ${tarball()} --strict`],
  ['are the types wrong', () => `attw ${tarball()} --profile esm-only --no-definitely-typed`],
  ['size', () => 'size-limit'],
]

let ending = () => {}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    ending()
    process.exit(1)
  })
}

const failed = []
for (const [name, command] of checks) {
  const startedAt = Date.now()
  const { code, output } = await run(command())
  console.log(`${code === 0 ? 'passed' : 'FAILED'}  ${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`)
  if (code !== 0) failed.push(name)
  if (code !== 0 || name === 'size') console.log(output.trimEnd())
}

rmSync(folder, { recursive: true, force: true })
if (failed.length > 0) console.log(`failed: ${failed.join('; ')}`)
console.log(`${checks.length - failed.length} passed, ${failed.length} failed`)
process.exitCode = failed.length === 0 ? 0 : 1

// In a process group of its own, so that a hanging grandchild is ended with it.
function run(command) {
  return new Promise((resolve) => {
    const child = spawn(command, { cwd: root, env: environment, shell: true, detached: true })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    ending = () => process.kill(-child.pid, 'SIGKILL')
    const timer = setTimeout(() => {
      output += '\nended after three minutes'
      ending()
    }, 180_000)
    child.on('close', (code) => {
      clearTimeout(timer)
      ending = () => {}
      resolve({ code, output })
    })
  })
}

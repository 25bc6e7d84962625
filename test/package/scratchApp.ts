import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** What a program of the app printed, and how it ended. */
export interface ProgramEnd {
  readonly exitCode: number
  readonly output: string
  readonly errors: string
}

/** An app in a folder of its own, far from the repository, as its author would have it. */
export interface ScratchApp {
  readonly folder: string
  /** Writes a file of the app. */
  readonly write: (path: string, text: string) => void
  /** Installs packages from the registry, or tarballs; throws with what npm said when it cannot. */
  readonly install: (packages: readonly string[], ...flags: readonly string[]) => Promise<void>
  readonly installedVersion: (name: string) => string
  /** Runs a program within the app to its end. One that does not end is killed after a minute and counts as failed. */
  readonly run: (program: string, ...options: readonly string[]) => Promise<ProgramEnd>
  readonly remove: () => void
}

/** Makes an empty app. */
export function createScratchApp(name: string): ScratchApp {
  const folder = mkdtempSync(join(tmpdir(), `use-workflow-stream-${name}-`))
  const environment = appEnvironment()

  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  write('package.json', JSON.stringify({ name: 'scratch-app', private: true, type: 'module' }))

  return {
    folder,
    write,
    async install(packages, ...flags) {
      const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--prefer-offline', '--ignore-scripts']
      await execute('npm', ['install', ...quiet, ...flags, ...packages], {
        cwd: folder,
        env: environment,
        timeout: 180_000,
      })
    },
    installedVersion(name) {
      const manifest = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')
      return (JSON.parse(manifest) as { readonly version: string }).version
    },
    async run(program, ...options) {
      try {
        const { stdout, stderr } = await execute(program, options, { cwd: folder, env: environment, timeout: 60_000 })
        return { exitCode: 0, output: stdout, errors: stderr }
      } catch (error) {
        const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string }
        return { exitCode: typeof code === 'number' ? code : -1, output: stdout, errors: stderr }
      }
    },
    remove() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

// The app's author runs neither Vitest nor this package's npm scripts.
function appEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(FORCE_COLOR|VITEST|NODE_ENV|NODE_OPTIONS|TEST|DEV|PROD|MODE|SSR|npm_(package|lifecycle)_?.*)$/.test(name),
  )
  return { ...Object.fromEntries(kept), NO_COLOR: '1' }
}

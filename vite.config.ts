import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { type Plugin, runnerImport } from 'vite'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

// Demo and tests name the package as its users do, and get the sources.
const alias = [
  { find: /^use-workflow-stream$/, replacement: at('./src/index.ts') },
  { find: /^use-workflow-stream\/(core|testing)$/, replacement: at('./src/$1.ts') },
]

export default defineConfig(async ({ command, mode }) => {
  if (mode === 'test') return tests()
  if (command === 'build') return library()
  return demo()
})

function library() {
  return {
    build: {
      target: 'es2022',
      sourcemap: true,
      minify: false,
      lib: {
        entry: { index: at('./src/index.ts'), core: at('./src/core.ts'), testing: at('./src/testing.ts') },
        formats: ['es' as const],
      },
      rolldownOptions: {
        external: [/^react($|\/)/, /^zustand($|\/)/, '@microsoft/fetch-event-source', /^node:/],
        treeshake: { moduleSideEffects: false },
        // An inlined constant would leave its import behind, empty, for every user's bundler to warn of.
        optimization: { inlineConst: false },
        output: {
          preserveModules: true,
          preserveModulesRoot: at('./src'),
          entryFileNames: '[name].js',
          banner: (chunk: { readonly name: string }) => (chunk.name === 'index' ? `'use client'` : ''),
        },
      },
    },
  }
}

async function demo() {
  // Run by Vite itself, so that the demo's server too imports the package by name without a build.
  const { module } = await runnerImport<{ readonly demoServer: () => Plugin }>(at('./demo/server.ts'), {
    configFile: false,
    resolve: { alias },
  })
  return { plugins: [react(), module.demoServer()], resolve: { alias } }
}

async function tests() {
  const { playwright } = await import('@vitest/browser-playwright')
  const { chromiumArguments, chromiumPath } = await import('./test/browser/chromiumPath.ts')
  const { readmeModule } = await import('./test/checks/readmeModule.ts')
  const provider = playwright({
    launchOptions: { executablePath: await chromiumPath(), args: [...chromiumArguments] },
  })
  const apart = ['test/browser/**', 'test/e2e/**', 'test/chromium/**', 'test/package/**', 'test/checks/**', 'test/bench/**']

  const setupFiles = ['test/silentConsole.ts']

  const projects: TestProjectInlineConfiguration[] = [
    {
      plugins: [react()],
      resolve: { alias },
      test: { name: 'node', setupFiles: [...setupFiles, 'test/propertySeed.ts'], include: ['test/**/*.test.ts'], exclude: apart },
    },
    {
      plugins: [react()],
      resolve: { alias },
      test: {
        name: 'jsdom',
        setupFiles,
        environment: 'jsdom',
        include: ['test/**/*.test.tsx'],
        exclude: [...apart, '**/*.compiled.test.tsx'],
      },
    },
    {
      // The hooks again, with the oldest React that they support.
      plugins: [react()],
      resolve: { alias: [...alias, { find: /^react(-dom)?(?=$|\/)/, replacement: 'react$1-18' }] },
      test: {
        name: 'react-18',
        setupFiles: [...setupFiles, 'test/react/react18.ts'],
        environment: 'jsdom',
        server: { deps: { inline: ['zustand'] } },
        include: ['test/react/**/*.test.tsx'],
        // What React 18 does not have.
        exclude: ['**/*.compiled.test.tsx', '**/{activity,*.activity}.test.tsx'],
      },
    },
    {
      // As in an app that uses the React Compiler: its own files are compiled, those of a package are not.
      plugins: [react({ compiler: { sources: [at('./test/')] } })],
      resolve: { alias },
      test: { name: 'compiled', setupFiles, environment: 'jsdom', include: ['test/**/*.compiled.test.tsx'] },
    },
    {
      resolve: { alias },
      test: {
        name: 'types',
        include: [],
        typecheck: { enabled: true, only: true, include: ['test/types/**/*.test-d.ts'] },
      },
    },
    {
      plugins: [readmeModule(), react()],
      resolve: { alias },
      test: { name: 'checks', setupFiles, include: ['test/checks/**/*.test.{ts,tsx}'], testTimeout: 60_000, hookTimeout: 60_000 },
    },
    {
      plugins: [react()],
      resolve: { alias },
      optimizeDeps: {
        // Named here so that none is found, and the page reloaded, in the middle of a test.
        include: [
          'react',
          'react-dom',
          'react-dom/client',
          'react/jsx-runtime',
          'react/jsx-dev-runtime',
          'zustand',
          'zustand/vanilla',
          'zustand/shallow',
          'zustand/vanilla/shallow',
          'zustand/react/shallow',
          '@microsoft/fetch-event-source',
          '@testing-library/react',
          'axe-core',
        ],
      },
      test: {
        name: 'browser',
        setupFiles,
        include: ['test/browser/**/*.test.tsx'],
        sequence: { groupOrder: 1 },
        browser: {
          enabled: true,
          headless: true,
          screenshotFailures: false,
          provider,
          instances: [{ browser: 'chromium' }],
        },
      },
    },
    {
      resolve: { alias },
      test: {
        name: 'e2e',
        setupFiles,
        include: ['test/e2e/**/*.test.ts', 'test/chromium/**/*.test.ts'],
        testTimeout: 60_000,
        hookTimeout: 60_000,
        sequence: { groupOrder: 2 },
      },
    },
    {
      test: {
        name: 'package',
        setupFiles,
        include: ['test/package/**/*.test.ts'],
        globalSetup: ['test/package/packOnce.ts'],
        testTimeout: 180_000,
        hookTimeout: 300_000,
        sequence: { groupOrder: 3 },
      },
    },
  ]

  const report = process.env.TEST_REPORT
  return {
    test: {
      projects,
      ...(report === undefined ? {} : { reporters: ['default', 'json'], outputFile: { json: report } }),
    },
  }
}

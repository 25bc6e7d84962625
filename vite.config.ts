import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: [
      { find: /^use-workflow-stream$/, replacement: at('./src/index.ts') },
      { find: /^use-workflow-stream\/(core|testing)$/, replacement: at('./src/$1.ts') },
    ],
  },
  test: {
    projects: [
      { extends: true, test: { name: 'node', environment: 'node', include: ['test/**/*.test.ts'], exclude: ['test/browser/**', 'test/package/**'] } },
      { extends: true, test: { name: 'jsdom', environment: 'jsdom', include: ['test/**/*.test.tsx'], exclude: ['test/browser/**', 'test/package/**'] } },
    ],
  },
})

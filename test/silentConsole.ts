import { afterEach, expect } from 'vitest'

const said: string[] = []

// Wrapped once for a whole test file: a test that expects a warning puts its own spy in front, which then hears it.
for (const level of ['debug', 'log', 'info', 'warn', 'error'] as const) {
  const speak = console[level].bind(console)
  console[level] = (...values: unknown[]) => {
    said.push(`console.${level}: ${values.map(String).join(' ')}`)
    speak(...values)
  }
}

afterEach(() => {
  const heard = said.splice(0)
  expect(heard, 'A passing test says nothing on the console.').toEqual([])
})

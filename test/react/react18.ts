import { Module } from 'node:module'
import { expect } from 'vitest'

const load = Module.prototype.require

// What Vite does not build, react-dom among it, asks Node for `react`, and would get the other one.
Module.prototype.require = function requireReact18(id) {
  return load.call(this, id.replace(/^react(-dom)?(?=$|\/)/, '$&-18')) as unknown
}

const versions = (await Promise.all([import('react'), import('react-dom')])).map(({ version }) => version)
expect(versions).toEqual(['18.2.0', '18.2.0'])

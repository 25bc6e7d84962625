import { expect, it } from 'vitest'
import { sendMalformed } from './malformed/sendMalformed.ts'

// Many more, and other ones each time, are sent by `npm run fuzz`.
it('ends the run by the read, throws nothing and hangs nowhere whatever the frames are', { timeout: 120_000 }, async () => {
  const seed = Number(process.env.PROPERTY_SEED ?? 20_260_513)

  const outcome = await sendMalformed({ seed, frames: 4000, framesEach: 100 })

  expect(outcome.faults).toEqual([])
  expect(outcome.frames).toBe(4000)
})

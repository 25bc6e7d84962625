import fc from 'fast-check'

// The same cases every time, so that a failure is there for the next reader too. Another PROPERTY_SEED looks at others.
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 20_260_513) })

/** What a time axis spans, and where its lines stand. */
export interface Scale {
  readonly spanMs: number
  readonly stepMs: number
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const steps = [
  50, 100, 200, 500, second, 2 * second, 5 * second, 10 * second, 15 * second, 30 * second,
  minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 6 * hour, 12 * hour, 24 * hour,
]
const mostLines = 5

/** A scale of round steps that holds so many milliseconds; it grows by whole steps, so that lines stand still in between. */
export function scaleFor(lengthMs: number): Scale {
  const stepMs = steps.find((step) => lengthMs <= step * mostLines) ?? Math.ceil(lengthMs / mostLines / (24 * hour)) * 24 * hour
  return { stepMs, spanMs: Math.max(1, Math.ceil(lengthMs / stepMs)) * stepMs }
}

/** How a line of the axis is labelled: `0`, `0.5 s`, `2 s`, `1:30`, `2 h`. */
export function labelOf(atMs: number, stepMs: number): string {
  if (atMs === 0) return '0'
  if (stepMs < second) return `${(atMs / second).toFixed(stepMs < 100 ? 2 : 1)} s`
  if (atMs < minute) return `${atMs / second} s`
  const minutes = Math.floor(atMs / minute)
  if (atMs < hour) return `${minutes}:${String((atMs % minute) / second).padStart(2, '0')}`
  return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60}`}`
}

/** Runs code that is not ours; what it throws is shown to whoever listens for errors and stops nothing of ours. */
export function report(run: () => void): void {
  try {
    run()
  } catch (error) {
    if (typeof reportError === 'function') reportError(error)
    else console.error(error)
  }
}

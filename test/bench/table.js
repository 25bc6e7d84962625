const widths = [54, 9, 10, 8]

export function printTitle() {
  console.log([...['what', 'where', 'measured', 'bar'].map(pad), '  ', 'unit'].join(' '))
}

/** Prints a line and says whether its bar is kept. */
export function printRow(place, { what, unit, measured, bar }) {
  const isKept = measured <= bar
  const verdict = isKept ? 'ok' : `MISSED by ${Math.ceil((measured / bar - 1) * 100)} %`
  console.log([...[what, place, measured.toFixed(2), `<= ${bar}`].map(pad), verdict.padEnd(16), unit].join(' '))
  return isKept
}

const pad = (text, column) => text.padEnd(widths[column])

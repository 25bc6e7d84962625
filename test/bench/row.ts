/** One line of the table: a ratio that has to stay at its bar or below. */
export interface Row {
  readonly what: string
  readonly unit: string
  readonly measured: number
  readonly bar: number
}

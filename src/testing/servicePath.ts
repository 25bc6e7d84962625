/** The path from `/v1/` on, whatever it is mounted under (`/api/xpander/v1/tasks` is `/v1/tasks`); `undefined` for a path of something else. */
export function fromServicePath(path: string): string | undefined {
  return /\/v1\/(?:workflows|tasks)(?:\/.*)?$/.exec(path)?.[0]
}

/** The part of a control route after `/simulator/`, whatever it is mounted under. */
export function fromControlPath(path: string): string | undefined {
  return /\/simulator\/(\w+)$/.exec(path)?.[1]
}

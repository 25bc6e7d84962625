/** Deeper branches are cut off: nothing that we show is so deep, and a walk must not overflow the stack. */
const maxDepth = 200

const secretName =
  /^(?:(?:user|user_?oidc|access|refresh)_?tokens?|client_?secret|api_?key|llm_?(?:credentials|extra_?headers))$/i
const mcpServersName = /^mcp_?servers$/i
// Only there: elsewhere `headers` and `keys` are ordinary words.
const mcpSecretName = /^(?:headers|env_?vars|.*keys?)$/i

/**
 * The value without the credentials that the service echoes in tasks and events (xpander-api.md 5), wherever in it
 * they stand. Never changes its input; the same reference comes back when there was nothing to drop.
 */
export const withoutSecrets = <Value>(value: Value): Value => walk(value, 0, false) as Value

function walk(value: unknown, depth: number, isInMcpServers: boolean): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth > maxDepth) return undefined
  const fields = value as Readonly<Record<string, unknown>>
  let copy: Record<string, unknown> | undefined
  for (const name in fields) {
    const field = fields[name]
    // No secret name is shorter, and most names of small frames are.
    const isSecret = (name.length > 5 && secretName.test(name)) || (isInMcpServers && mcpSecretName.test(name))
    const kept = isSecret
      ? undefined
      : typeof field === 'object'
        ? walk(field, depth + 1, isInMcpServers || mcpServersName.test(name))
        : field
    if (kept === field) continue
    // Spreading keeps an own `__proto__` an own field, so that writing to it or deleting it stays harmless.
    copy ??= (Array.isArray(value) ? [...(value as readonly unknown[])] : { ...value }) as Record<string, unknown>
    if (kept === undefined) delete copy[name]
    else copy[name] = kept
  }
  return copy ?? value
}

/** Deeper branches are cut off: nothing that we show is so deep, and a walk must not overflow the stack. */
const maxDepth = 200

const secretName =
  /^((user|user_?oidc|access|refresh)_?tokens?|client_?secret|api_?key|llm_?(credentials|extra_?headers))$/i
const mcpServersName = /^mcp_?servers$/i
// Only there: elsewhere `headers` and `keys` are ordinary words.
const mcpSecretName = /^(headers|env_?vars|.*keys?)$/i

/**
 * The value without the credentials that the service echoes in tasks and events (xpander-api.md 5), wherever in it
 * they stand. Never changes its input; the same reference comes back when there was nothing to drop.
 */
export const withoutSecrets = <Value>(value: Value): Value => strip(value, 0, false) as Value

function strip(value: unknown, depth: number, isInMcpServers: boolean): unknown {
  if (isClean(value, depth, isInMcpServers)) return value
  if (depth > maxDepth) return undefined
  if (Array.isArray(value)) return value.map((item) => strip(item, depth + 1, isInMcpServers))
  return Object.fromEntries(
    Object.entries(value as object)
      .filter(([name]) => !isSecret(name, isInMcpServers))
      .map(([name, field]) => [name, strip(field, depth + 1, isInMcpServers || mcpServersName.test(name))]),
  )
}

// Nearly every value is clean, and only to look takes a third of the time that a walk ready to copy takes.
function isClean(value: unknown, depth: number, isInMcpServers: boolean): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (depth > maxDepth) return false
  if (Array.isArray(value)) {
    for (const item of value) if (!isClean(item, depth + 1, isInMcpServers)) return false
    return true
  }
  const fields = value as Readonly<Record<string, unknown>>
  for (const name in fields) {
    const field = fields[name]
    if (isSecret(name, isInMcpServers)) return false
    if (typeof field === 'object' && !isClean(field, depth + 1, isInMcpServers || mcpServersName.test(name))) return false
  }
  return true
}

/** Names that are no secret's: to look one up takes a fraction of the time of the expression. */
const harmless = new Set<string>()

function isSecret(name: string, isInMcpServers: boolean): boolean {
  if (isInMcpServers && mcpSecretName.test(name)) return true
  // No secret name is shorter or longer.
  if (name.length < 6 || name.length > 17) return false
  if (harmless.has(name)) return false
  if (secretName.test(name)) return true
  // The server chooses the names: some are worth remembering, any number of them is not.
  if (harmless.size < 500) harmless.add(name)
  return false
}

/** Names of what a request may carry for nobody else to see. `keywords`, `author` and `max_tokens_used` are none. */
const credentialName = /(auth(orization)?|cookie|credential|env_?var|key|password|secret|token)s?$/i

/** The credentials in a request: long words in fields that are named so, unless they are a part of a sentence. */
export function credentialsIn(value: unknown, isCredential = false): readonly string[] {
  if (typeof value === 'string') return (isCredential && !/ .* /.test(value) && value.match(/\S{8,}/g)) || []
  return Object.entries(value ?? {}).flatMap(([name, field]) => credentialsIn(field, isCredential || credentialName.test(name)))
}

/** The text without these words. */
export function hide(text: string, words: readonly string[]): string {
  for (const word of words) text = text.replaceAll(word, '…')
  return text
}

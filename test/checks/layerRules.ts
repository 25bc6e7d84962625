import ts from 'typescript'

/** One `import`, `export … from`, `import()` or type import of a source file. */
export interface ImportLine {
  readonly target: string
  readonly line: number
  readonly isTypeOnly: boolean
  readonly isDynamic: boolean
}

// What a layer may import from, besides itself. A file in no layer, such as a new folder, breaks the rules.
const allowed: Readonly<Record<string, readonly string[]>> = {
  'errors.ts': [],
  protocol: ['errors.ts'],
  state: ['errors.ts', 'protocol'],
  store: ['errors.ts', 'protocol', 'state'],
  transport: ['errors.ts', 'protocol'],
  client: ['errors.ts', 'protocol', 'state', 'store', 'transport'],
  react: ['errors.ts', 'protocol', 'state', 'store', 'transport', 'client'],
  testing: ['protocol'],
  'core.ts': ['errors.ts', 'protocol', 'state', 'store', 'transport', 'client'],
  'index.ts': ['core.ts', 'errors.ts', 'protocol', 'state', 'store', 'transport', 'client', 'react'],
  'testing.ts': ['testing'],
}

const driver = '@microsoft/fetch-event-source'

/** Says in one sentence each what breaks the rules; `files` maps paths below `src/` to their text. */
export function layerViolations(files: ReadonlyMap<string, string>): string[] {
  const found: string[] = []
  const drivers: string[] = []
  const graph = new Map<string, string[]>()

  for (const [path, text] of files) {
    const layer = layerOf(path)
    if (!(layer in allowed)) found.push(`${path} belongs to no layer`)

    const neighbours: string[] = []
    graph.set(path, neighbours)
    for (const imported of readImports(path, text)) {
      const where = `${path}:${String(imported.line)}`
      if (!imported.target.startsWith('.')) {
        if (imported.target === driver && !drivers.includes(path)) drivers.push(path)
        if (!mayImportPackage(layer, imported)) found.push(`${where} imports the package ${imported.target}`)
        continue
      }

      const target = resolve(path, imported.target)
      if (!files.has(target)) found.push(`${where} imports ${imported.target}, which is no source file`)
      neighbours.push(target)
      const targetLayer = layerOf(target)
      if (targetLayer === layer) continue
      if (!(allowed[layer] ?? []).includes(targetLayer)) found.push(`${where} reaches from ${layer} to ${targetLayer}`)
      if (layer === 'testing' && !imported.isTypeOnly) found.push(`${where} imports more than types from ${targetLayer}`)
    }
  }

  if (drivers.length > 1) found.push(`${driver} is imported in more than one file: ${drivers.join(', ')}`)
  const cycle = findCycle(graph)
  if (cycle !== undefined) found.push(`a cycle: ${cycle.join(' -> ')}`)
  return found
}

/** Reads with TypeScript's own parser what a file imports, in the order of the text. */
export function readImports(path: string, text: string): ImportLine[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const found: ImportLine[] = []

  const add = (node: ts.Node, target: ts.Node | undefined, isTypeOnly: boolean, isDynamic = false): void => {
    const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1
    // A computed target cannot be judged, so it is kept as text that no rule allows.
    const name = target !== undefined && ts.isStringLiteralLike(target) ? target.text : '(computed)'
    found.push({ target: name, line, isTypeOnly, isDynamic })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node, node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      add(node, node.moduleSpecifier, node.isTypeOnly)
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], false, true)
    } else if (ts.isImportTypeNode(node)) {
      add(node, ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

function mayImportPackage(layer: string, { target, isDynamic }: ImportLine): boolean {
  if (target === 'react' || target.startsWith('react/')) return layer === 'react'
  if (target === 'zustand' || target === 'zustand/react' || target.startsWith('zustand/react/')) return layer === 'react'
  if (target.startsWith('zustand/')) return layer === 'store' || layer === 'react'
  if (target === driver) return layer === 'transport'
  // Only the simulator speaks Node, and only once it is asked to listen: it also bundles for browsers.
  if (target.startsWith('node:')) return layer === 'testing' && isDynamic
  return false
}

function layerOf(path: string): string {
  return path.split('/')[0] ?? path
}

function resolve(from: string, target: string): string {
  return new URL(target, `file:///${from}`).pathname.slice(1)
}

function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>()
  const trail: string[] = []

  const visit = (path: string): string[] | undefined => {
    const start = trail.indexOf(path)
    if (start !== -1) return [...trail.slice(start), path]
    if (done.has(path)) return undefined
    trail.push(path)
    for (const next of graph.get(path) ?? []) {
      const cycle = visit(next)
      if (cycle !== undefined) return cycle
    }
    trail.pop()
    done.add(path)
    return undefined
  }

  for (const path of graph.keys()) {
    const cycle = visit(path)
    if (cycle !== undefined) return cycle
  }
  return undefined
}

import { join } from 'node:path'
import ts from 'typescript'
import { root } from './sourceFiles.ts'

export interface ExportedNames {
  /** What a program can import and call. */
  readonly values: readonly string[]
  /** What exists for the compiler alone. */
  readonly types: readonly string[]
}

/** Lists the names that each entry of `src/` exports, as the compiler sees them, in the order of the alphabet. */
export function exportedNames(entries: readonly string[]): Map<string, ExportedNames> {
  const paths = entries.map((entry) => join(root, 'src', entry))
  const program = ts.createProgram(paths, {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    jsx: ts.JsxEmit.ReactJSX,
    allowImportingTsExtensions: true,
    noEmit: true,
  })
  const checker = program.getTypeChecker()

  return new Map(
    entries.map((entry, at) => {
      const file = program.getSourceFile(paths[at] ?? '')
      const module = file && checker.getSymbolAtLocation(file)
      if (module === undefined) throw new Error(`src/${entry} is missing or exports nothing`)

      const values: string[] = []
      const types: string[] = []
      for (const symbol of checker.getExportsOfModule(module)) {
        const isValue = isRuntimeValue(symbol, checker)
        ;(isValue ? values : types).push(symbol.name)
      }
      return [entry, { values: values.sort(), types: types.sort() }]
    }),
  )
}

function isRuntimeValue(symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  if ((symbol.flags & ts.SymbolFlags.Alias) === 0) return (symbol.flags & ts.SymbolFlags.Value) !== 0
  if ((checker.getAliasedSymbol(symbol).flags & ts.SymbolFlags.Value) === 0) return false
  // A class exported by `export type` is there for the compiler alone.
  return !(symbol.declarations ?? []).some((declaration) => ts.isTypeOnlyImportOrExportDeclaration(declaration))
}

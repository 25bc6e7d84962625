import { fileURLToPath } from 'node:url'
import typescript from 'typescript'

const root = fileURLToPath(new URL('../../', import.meta.url))
const samplePath = `${root}test/types/sample.tsx`

/** What TypeScript says about each of these lines, which stand in no file, in the repository's own settings. */
export function messagesOf(head: string, lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const program = createProgram([samplePath], { [samplePath]: [head, ...lines].join('\n') })
  const sample = program.getSourceFile(samplePath)!
  const messages = new Map(lines.map((line): [string, string[]] => [line, []]))
  for (const { start = 0, messageText } of typescript.getPreEmitDiagnostics(program, sample)) {
    const line = lines[sample.getLineAndCharacterOfPosition(start).line - 1] ?? ''
    messages.get(line)?.push(typescript.flattenDiagnosticMessageText(messageText, '\n'))
  }
  return messages
}

/** The names of an entry as TypeScript sees them. */
export function exportsOf(entry: string): { readonly checker: typescript.TypeChecker; readonly names: readonly typescript.Symbol[] } {
  const path = `${root}src/${entry}`
  const program = createProgram([path])
  const checker = program.getTypeChecker()
  const module = checker.getSymbolAtLocation(program.getSourceFile(path)!)
  return { checker, names: checker.getExportsOfModule(module!).map((name) => name.flags & typescript.SymbolFlags.Alias ? checker.getAliasedSymbol(name) : name) }
}

function createProgram(files: readonly string[], inMemory: Readonly<Record<string, string>> = {}): typescript.Program {
  const { config } = typescript.readConfigFile(`${root}tsconfig.json`, (path) => typescript.sys.readFile(path)) as { config: unknown }
  const { options } = typescript.parseJsonConfigFileContent(config, typescript.sys, root)
  const host = typescript.createCompilerHost(options)
  const { fileExists, getSourceFile } = host
  return typescript.createProgram([...files], options, {
    ...host,
    fileExists: (path) => path in inMemory || fileExists(path),
    getSourceFile: (path, version, ...rest) => {
      const text = inMemory[path]
      return text === undefined ? getSourceFile(path, version, ...rest) : typescript.createSourceFile(path, text, version)
    },
  })
}

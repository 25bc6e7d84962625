import { join } from 'node:path'
import ts from 'typescript'
import type { Snippet } from './readmeSnippets.ts'
import { root } from './sourceFiles.ts'

/**
 * Type-checks each block as a module of its own, with the settings of the repository and the package found by its
 * name, and answers one `README.md:<line>: <message>` for everything that the compiler says.
 */
export function snippetErrors(snippets: readonly Snippet[], markdownName = 'README.md'): string[] {
  const byPath = new Map(snippets.map((snippet) => [pathOf(snippet), snippet]))
  const options: ts.CompilerOptions = {
    ...repositoryOptions(),
    allowJs: true,
    checkJs: true,
    // A block without an import is a module too: two blocks may use the same names.
    moduleDetection: ts.ModuleDetectionKind.Force,
  }

  const disk = ts.createCompilerHost(options)
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => byPath.has(path) || disk.fileExists(path),
    readFile: (path) => byPath.get(path)?.code ?? disk.readFile(path),
    getSourceFile: (path, languageVersion, ...rest) => {
      const snippet = byPath.get(path)
      if (snippet === undefined) return disk.getSourceFile(path, languageVersion, ...rest)
      return ts.createSourceFile(path, snippet.code, languageVersion)
    },
  }

  const program = ts.createProgram([...byPath.keys()], options, host)
  return [...byPath].flatMap(([path, snippet]) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(path))
      .map((diagnostic) => `${markdownName}:${String(lineOf(diagnostic, snippet))}: ${messageOf(diagnostic)}`),
  )
}

function repositoryOptions(): ts.CompilerOptions {
  const path = join(root, 'tsconfig.json')
  const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file)) as { readonly config: unknown }
  return ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, root, undefined, path).options
}

// Beside the tests, so that a block finds the installed packages as an app would.
function pathOf(snippet: Snippet): string {
  return join(root, 'test', `readme-line-${String(snippet.line)}.${snippet.language}`)
}

function lineOf(diagnostic: ts.Diagnostic, snippet: Snippet): number {
  if (diagnostic.file === undefined) return snippet.line
  return snippet.line + ts.getLineAndCharacterOfPosition(diagnostic.file, diagnostic.start ?? 0).line
}

function messageOf(diagnostic: ts.Diagnostic): string {
  return ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')
}

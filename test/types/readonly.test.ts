import typescript from 'typescript'
import { describe, expect, it } from 'vitest'
import { exportsOf } from './program.ts'

describe('public shapes', () => {
  it.each(['index.ts', 'testing.ts'])('of %s are readonly, lists and records in them too', (entry) => {
    const shapes = findShapes(entry)

    expect(shapes.length).toBeGreaterThan(20)
    expect(shapes.flatMap(writableParts)).toEqual([])
  }, 30_000)

  it('would be found if they were not', () => {
    const file = typescript.createSourceFile('x.ts', `interface Shape { a: string; readonly b: string[]; readonly c: Array<number>; readonly d: readonly string[]; e(): void }`, typescript.ScriptTarget.Latest, true)

    expect(writableParts(file.statements[0]!)).toEqual(['Shape: a: string;', 'Shape: string[]', 'Shape: Array<number>'])
  })
})

/** The declarations of all exported types; what they refer to and is not exported is not part of the contract. */
function findShapes(entry: string): typescript.Node[] {
  return exportsOf(entry).names
    .flatMap((name) => name.declarations ?? [])
    .filter((node) => typescript.isInterfaceDeclaration(node) || typescript.isTypeAliasDeclaration(node) || typescript.isClassDeclaration(node))
}

/** Properties that can be assigned, and lists that can be pushed to. What a function is given or answers is the caller's. */
function writableParts(declaration: typescript.Node): string[] {
  const name = (declaration as typescript.DeclarationStatement).name?.getText() ?? ''
  const parts: string[] = []
  const visit = (node: typescript.Node): void => {
    if (typescript.isFunctionTypeNode(node) || typescript.isMethodSignature(node) || typescript.isFunctionLike(node)) return
    if ((typescript.isPropertySignature(node) || typescript.isPropertyDeclaration(node)) && !isReadonly(node.modifiers)) parts.push(node.getText())
    const isProtected = typescript.isTypeOperatorNode(node.parent) && node.parent.operator === typescript.SyntaxKind.ReadonlyKeyword
    if ((typescript.isArrayTypeNode(node) && !isProtected) || (typescript.isTypeReferenceNode(node) && /^(Array|Map|Set)$/.test(node.typeName.getText()))) {
      parts.push(node.getText())
    }
    typescript.forEachChild(node, visit)
  }
  visit(declaration)
  return parts.map((part) => `${name}: ${part}`)
}

const isReadonly = (modifiers: typescript.NodeArray<typescript.ModifierLike> | undefined): boolean =>
  modifiers?.some((modifier) => modifier.kind === typescript.SyntaxKind.ReadonlyKeyword) ?? false

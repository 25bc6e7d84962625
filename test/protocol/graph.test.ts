import { describe, expect, it } from 'vitest'
import { decodeGraph } from '../../src/protocol/graph.ts'

/** A node as decoded from `{ id }` alone. */
const bare = (id: string) => ({
  id,
  type: 'unknown',
  name: id,
  nextNodeIds: [],
  operationId: undefined,
  assetId: undefined,
  targetAgentId: undefined,
  parentId: undefined,
  sourceNodeId: undefined,
})
const ids = (value: unknown): readonly string[] => decodeGraph(value).nodes.map((node) => node.id)
const parents = (value: unknown): object => Object.fromEntries(decodeGraph(value).nodes.map((node) => [node.id, node.parentId]))

describe('decodeGraph', () => {
  it('reads the simplified nodes of GET /nodes (xpander-api.md 10.3)', () => {
    const graph = decodeGraph([
      { id: 'a', type: 'action', name: 'Create issue', next_node_ids: ['b'], asset_id: 'asset', connection_id: 'x', operation_id: 'op' },
      { id: 'b', type: 'agent', name: 'Writer', next_node_ids: [], target_agent_id: 'agent-2' },
    ])

    expect(graph).toEqual({
      nodes: [
        { ...bare('a'), type: 'action', name: 'Create issue', nextNodeIds: ['b'], assetId: 'asset', operationId: 'op' },
        { ...bare('b'), type: 'agent', name: 'Writer', targetAgentId: 'agent-2' },
      ],
      edges: [{ id: 'a->b', source: 'a', target: 'b', label: undefined }],
    })
  })

  it('reads what the full nodes keep in their definition (xpander-api.md 10.2)', () => {
    const graph = decodeGraph([
      { id: 'a', type: 'action', definition: { asset_id: 'asset', operation_id: 'op' } },
      { id: 'jump', type: 'node_pointer', definition: { source_node_id: 'a' } },
      { id: 'jump-2', type: 'node_pointer', source_node_id: 'a' },
    ])

    expect(graph.nodes).toEqual([
      { ...bare('a'), type: 'action', assetId: 'asset', operationId: 'op' },
      { ...bare('jump'), type: 'node_pointer', sourceNodeId: 'a' },
      { ...bare('jump-2'), type: 'node_pointer', sourceNodeId: 'a' },
    ])
  })

  it('CONFLICT "the create page names a type pointer [...] Treat type as an open string"', () => {
    expect(decodeGraph([{ id: 'a', type: 'pointer' }]).nodes).toEqual([{ ...bare('a'), type: 'pointer' }])
  })

  it.each(['nodes', 'items', 'orchestration_nodes'])('finds the nodes in %s of an object', (name) => {
    expect(ids({ id: 'workflow-1', [name]: [{ id: 'a' }] })).toEqual(['a'])
  })

  it.each([undefined, null, 'text', 7, {}, { nodes: {} }, [null, 7, 'a', [], {}, { id: 7 }, { id: '' }]])('finds no node in %j', (value) => {
    expect(decodeGraph(value)).toEqual({ nodes: [], edges: [] })
  })

  it('takes the nodes within a parallel node, right after it', () => {
    const nested = [
      { id: 'fork', type: 'parallel', next_node_ids: ['end'], definition: { nodes: [{ id: 'left', next_node_ids: ['left-2'] }, { id: 'left-2' }] } },
      { id: 'end' },
    ]

    expect(parents(nested)).toEqual({ fork: undefined, left: 'fork', 'left-2': 'fork', end: undefined })
    expect(ids(nested)).toEqual(['fork', 'left', 'left-2', 'end'])
    expect(decodeGraph(nested).edges.map((edge) => edge.id)).toEqual(['fork->end', 'left->left-2'])
  })

  it.each([
    ['before', [{ id: 'left' }, { id: 'fork', definition: { nodes: [{ id: 'left' }] } }]],
    ['after', [{ id: 'fork', definition: { nodes: [{ id: 'left' }] } }, { id: 'left' }]],
  ])('gives a node its parent when it is listed flat %s it too', (_, listed) => {
    expect(parents(listed)).toEqual({ fork: undefined, left: 'fork' })
  })

  it('lets the first node of an id win', () => {
    const graph = decodeGraph([{ id: 'a', name: 'First', next_node_ids: ['b'] }, { id: 'a', name: 'Second', next_node_ids: ['b'] }, { id: 'b' }])

    expect(graph.nodes.map((node) => node.name)).toEqual(['First', 'b'])
    expect(graph.edges).toHaveLength(1)
  })

  it('leaves out edges to nodes that do not exist, and second copies of one', () => {
    const graph = decodeGraph([{ id: 'a', next_node_ids: ['gone', 'b', 'b', 7, ''] }, { id: 'b', next_node_ids: 'a' }])

    expect(graph.edges.map((edge) => edge.id)).toEqual(['a->b'])
  })

  it('makes nobody its own ancestor', () => {
    const inner: Record<string, unknown> = { id: 'inner', definition: { nodes: [{ id: 'outer' }, { id: 'inner' }] } }

    expect(parents([{ id: 'outer', definition: { nodes: [{ id: 'outer' }, inner] } }])).toEqual({ outer: undefined, inner: 'outer' })
  })

  it('survives parallel nodes nested 10,000 levels deep', () => {
    const deep: unknown = JSON.parse(
      `${Array.from({ length: 10_000 }, (_, level) => `[{"id":"n${String(level)}","definition":{"nodes":`).join('')}[]${'}}]'.repeat(10_000)}`,
    )

    expect(ids(deep)[0]).toBe('n0')
  })

  it('is at home with ids that objects know', () => {
    const graph = decodeGraph([{ id: '__proto__', next_node_ids: ['constructor'] }, { id: 'constructor', condition: { type: 'constructor' } }])

    expect(graph.nodes.map((node) => node.id)).toEqual(['__proto__', 'constructor'])
    expect(graph.edges).toMatchObject([{ source: '__proto__', target: 'constructor', label: 'constructor' }])
  })
})

describe('labels of edges', () => {
  it.each<[unknown, string | undefined]>([
    [{ type: 'else' }, 'else'],
    [{ type: 'equal', path: 'kind', value: 'bill' }, 'kind = bill'],
    [{ type: 'not_equal', path: 'kind', value: 'bill' }, 'kind ≠ bill'],
    [{ type: 'gt', path: 'score', value: 5 }, 'score > 5'],
    [{ type: 'lt', path: 'score', value: 0 }, 'score < 0'],
    [{ type: 'gte', path: 'score', value: 5 }, 'score ≥ 5'],
    [{ type: 'lte', path: 'score', value: 5 }, 'score ≤ 5'],
    [{ type: 'equal', path: 'done', value: false }, 'done = false'],
    [{ type: 'contains', term: 'refund' }, 'contains refund'],
    [{ type: 'regex', term: '^a' }, 'matches ^a'],
    [{ type: 'not_empty', path: 'name', term: null, value: null }, 'name is not empty'],
    [{ type: 'never_seen', term: 'x' }, 'never_seen x'],
    [{ type: 'equal', group_id: 'group-1' }, 'Billing'],
    [{ group_id: 'pass' }, 'pass'],
    [{ type: 'equal', path: 'x', value: { a: 1 } }, 'x ='],
    [{}, undefined],
    [null, undefined],
    ['text', undefined],
  ])('says %j as %j', (condition, label) => {
    const graph = decodeGraph([
      { id: 'a', type: 'classifier', next_node_ids: ['b'], definition: { groups: [{ id: 'group-1', name: 'Billing' }, { id: 'pass' }] } },
      { id: 'b', condition },
    ])

    expect(graph.edges).toEqual([{ id: 'a->b', source: 'a', target: 'b', label }])
  })
})

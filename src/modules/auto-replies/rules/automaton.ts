type Node = { next: Map<number, number>; fail: number; hits: number[]; dictionary: number }

/** Finds every one of many words anywhere in a text, in one walk over it (Aho–Corasick). */
export type Automaton = { find(text: string, hit: (word: number) => void): void }

/** `words` by the numbers that `hit` is told; none may be empty. */
export function createAutomaton(words: readonly (readonly [text: string, id: number])[]): Automaton {
  const nodes: Node[] = [emptyNode()]
  for (const [text, id] of words) nodeOf(nodes, text).hits.push(id)
  link(nodes)
  return {
    find(text, hit) {
      let at = 0
      for (let index = 0; index < text.length; index += 1) {
        at = step(nodes, at, text.charCodeAt(index))
        for (let node = at; node > 0; node = (nodes[node] as Node).dictionary)
          for (const id of (nodes[node] as Node).hits) hit(id)
      }
    },
  }
}

const emptyNode = (): Node => ({ next: new Map(), fail: 0, hits: [], dictionary: 0 })

function nodeOf(nodes: Node[], text: string): Node {
  let at = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    const { next } = nodes[at] as Node
    at = next.get(code) ?? nodes.push(emptyNode()) - 1
    next.set(code, at)
  }
  return nodes[at] as Node
}

/** Where to go on when a word doesn't, and the nearest word that ends there too; a node comes after those nearer the root. */
function link(nodes: Node[]): void {
  const queue = [...(nodes[0] as Node).next.values()]
  for (const at of queue) {
    const node = nodes[at] as Node
    for (const [code, child] of node.next) {
      const fail = step(nodes, node.fail, code)
      const { hits, dictionary } = nodes[fail] as Node
      Object.assign(nodes[child] as Node, { fail, dictionary: hits.length > 0 ? fail : dictionary })
      queue.push(child)
    }
  }
}

function step(nodes: readonly Node[], from: number, code: number): number {
  for (let at = from; ; at = (nodes[at] as Node).fail) {
    const next = (nodes[at] as Node).next.get(code)
    if (next !== undefined) return next
    if (at === 0) return 0
  }
}

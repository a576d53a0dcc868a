/** A directed edge between two numbered vertices. */
export type Edge = { readonly from: number; readonly to: number };

/** Edges by their first vertex. */
export type Graph<E extends Edge> = readonly (readonly E[])[];

export function createGraph<E extends Edge>(size: number, edges: readonly E[]): Graph<E> {
  const none: E[] = [];
  const graph: E[][] = new Array<E[]>(size).fill(none);
  for (const edge of edges) {
    const list = graph[edge.from]!;
    if (list === none) graph[edge.from] = [edge];
    else list.push(edge);
  }
  return graph;
}

/** The strongly connected parts of more than one vertex, each rising (Tarjan 1972, with a stack of its own instead of recursion). */
export function strongComponents(graph: Graph<Edge>): number[][] {
  const order = new Int32Array(graph.length).fill(-1);
  const low = new Int32Array(graph.length);
  const edgeAt = new Int32Array(graph.length);
  const onStack = new Uint8Array(graph.length);
  const stack: number[] = [];
  const parts: number[][] = [];
  let visited = 0;
  for (let root = 0; root < graph.length; root += 1) {
    const path: number[] = order[root] === -1 ? [root] : [];
    while (path.length > 0) {
      const vertex = path.at(-1)!;
      if (order[vertex] === -1) {
        order[vertex] = visited;
        low[vertex] = visited;
        visited += 1;
        stack.push(vertex);
        onStack[vertex] = 1;
      }
      const edge = graph[vertex]![edgeAt[vertex]!];
      if (edge !== undefined) {
        edgeAt[vertex]! += 1;
        if (order[edge.to] === -1) path.push(edge.to);
        else if (onStack[edge.to] === 1) low[vertex] = Math.min(low[vertex]!, order[edge.to]!);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[vertex]!);
      if (low[vertex] === order[vertex]) popPart(stack, onStack, vertex, parts);
    }
  }
  return parts;
}

function popPart(stack: number[], onStack: Uint8Array, root: number, parts: number[][]): void {
  const part = stack.splice(stack.lastIndexOf(root));
  for (const vertex of part) onStack[vertex] = 0;
  if (part.length > 1) parts.push(part.sort((a, b) => a - b));
}

/**
 * A shortest cycle inside `part` through the edge `first`, whose other edges are of the graph; without `first` through the part's first
 * vertex. undefined = there is none.
 */
export function findCycle<E extends Edge>(graph: Graph<E>, part: readonly number[], first?: E): E[] | undefined {
  const members = new Set(part);
  const start = first?.to ?? part[0]!;
  const goal = first?.from ?? start;
  const arrivedBy = new Map<number, E>();
  const queue = [start];
  for (const vertex of queue) {
    for (const edge of graph[vertex]!) {
      if (!members.has(edge.to) || arrivedBy.has(edge.to)) continue;
      arrivedBy.set(edge.to, edge);
      if (edge.to === goal) return pathTo(arrivedBy, start, goal, first);
      queue.push(edge.to);
    }
  }
  return undefined;
}

function pathTo<E extends Edge>(arrivedBy: ReadonlyMap<number, E>, start: number, goal: number, first?: E): E[] {
  const path: E[] = [];
  let vertex = goal;
  do {
    const edge = arrivedBy.get(vertex)!;
    path.unshift(edge);
    vertex = edge.from;
  } while (vertex !== start);
  return first === undefined ? path : [first, ...path];
}

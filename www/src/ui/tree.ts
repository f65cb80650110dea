/** A list of nodes that name their parents, as the visible lines of a tree. */

export interface TreeNode {
  key: string;
  parent: string | null;
}

/** One visible line. */
export interface Line<Node> {
  node: Node;
  /** 1 at the outermost level. */
  level: number;
  hasChildren: boolean;
  isOpen: boolean;
  /** Key of the node around it. */
  parent: string | undefined;
}

/** The lines of a tree of which `closed` tells the nodes whose children are hidden. */
export function visibleLines<Node extends TreeNode>(
  nodes: readonly Node[],
  closed: ReadonlySet<string>,
): Line<Node>[] {
  const keys = new Set(nodes.map(({ key }) => key));
  const children = new Map<string | undefined, Node[]>();
  for (const node of nodes) {
    // A node whose parent is not there stands at the outermost level, and so does one that names itself.
    const parent =
      node.parent !== null && node.parent !== node.key && keys.has(node.parent) ? node.parent : undefined;
    const siblings = children.get(parent);
    if (siblings) siblings.push(node);
    else children.set(parent, [node]);
  }
  const lines: Line<Node>[] = [];
  const seen = new Set<string>();
  const walk = (parent: string | undefined, level: number): void => {
    for (const node of children.get(parent) ?? []) {
      if (seen.has(node.key)) continue;
      seen.add(node.key);
      const hasChildren = children.has(node.key);
      const isOpen = hasChildren && !closed.has(node.key);
      lines.push({ node, level, hasChildren, isOpen, parent });
      if (isOpen) walk(node.key, level + 1);
    }
  };
  walk(undefined, 1);
  return lines;
}

import { parser } from '@prometheus-io/lezer-promql';

/*
 * Reads PromQL with the grammar of Prometheus' own user interface.
 */

type Tree = ReturnType<typeof parser.parse>;
type Node = Tree['topNode'];

/** A metric that a query asks for. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
  /** The functions and aggregations around it, the innermost first. */
  readonly around: readonly string[];
}

export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** Labels that are named somewhere, with the metrics they have to be on. */
export interface Grouping {
  readonly labels: readonly string[];
  readonly metrics: readonly string[];
  /** Whether each of the metrics has to have them (`by`), or one at least (`on`). */
  readonly each: boolean;
}

export interface Query {
  /** Where the text is no PromQL. */
  readonly errors: readonly string[];
  readonly selectors: readonly Selector[];
  readonly groupings: readonly Grouping[];
  /** Labels that the query makes itself. */
  readonly made: readonly string[];
}

/** Takes a query apart. Never throws: what is wrong stands in `errors`. */
export function readQuery(text: string): Query {
  const tree = parser.parse(text);
  const cut = ({ from, to }: Pick<Node, 'from' | 'to'>) => text.slice(from, to);
  const nodes = (node: Node, name: string) => {
    const found: Node[] = [];
    node.cursor().iterate((one) => {
      // A cursor goes on beyond the node it began with.
      if (one.name === name && one.from >= node.from && one.to <= node.to) found.push(one.node);
    });
    return found;
  };
  const errors: string[] = [];
  tree.iterate({
    enter(node) {
      if (node.type.isError)
        errors.push(`no PromQL at ${node.from}: …${text.slice(node.from, node.from + 30)}`);
    },
  });
  const metricOf = (selector: Node) => {
    const name = selector.getChild('Identifier');
    return name ? cut(name) : '';
  };
  const labelsIn = (node: Node) => nodes(node, 'LabelName').map(cut);
  const metricsIn = (node: Node) => nodes(node, 'VectorSelector').map(metricOf);
  const strings = (node: Node) =>
    (node.getChild('FunctionCallBody')?.getChildren('StringLiteral') ?? []).map((one) =>
      cut(one).slice(1, -1),
    );

  return {
    errors,
    selectors: nodes(tree.topNode, 'VectorSelector').map((selector) => ({
      metric: metricOf(selector),
      matchers: nodes(selector, 'UnquotedLabelMatcher').map((matcher) => ({
        label: labelsIn(matcher)[0] ?? '',
        operator: matcher.getChild('MatchOp') ? cut(matcher.getChild('MatchOp') as Node) : '',
        value: matcher.getChild('StringLiteral')
          ? cut(matcher.getChild('StringLiteral') as Node).slice(1, -1)
          : '',
      })),
      around: around(selector, cut),
    })),
    groupings: [
      ...nodes(tree.topNode, 'AggregateModifier').map((modifier) => ({
        labels: labelsIn(modifier),
        metrics: modifier.parent ? metricsIn(modifier.parent) : [],
        each: true,
      })),
      ...nodes(tree.topNode, 'MatchingModifierClause').map((clause) => ({
        labels: labelsIn(clause),
        metrics: metricsIn(tree.topNode),
        each: false,
      })),
    ],
    made: nodes(tree.topNode, 'FunctionCall')
      .filter((call) => call.getChild('FunctionIdentifier')?.getChild('LabelReplace'))
      .map((call) => strings(call)[0] ?? ''),
  };
}

function around(selector: Node, cut: (node: Node) => string): string[] {
  const names: string[] = [];
  for (let node = selector.parent; node; node = node.parent) {
    const name = node.getChild('AggregateOp') ?? node.getChild('FunctionIdentifier');
    if (name) names.push(cut(name));
  }
  return names;
}

import { isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type YAMLError } from 'yaml';
import type { LocalizedText } from '../contracts/ids.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import { formatPath, MAX_PROBLEMS, type PolicyProblem, type ProblemCode } from './problem.ts';

/** A release carries no more (contracts/policy.ts). */
const MAX_CHARACTERS = 4_194_304;

// Control characters cannot be seen, and bidirectional overrides show a reviewer another policy than the one that is
// applied (CVE-2021-42574). Tab, line feed and carriage return are YAML's own.
const INVISIBLE = /[[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]--[\t\n\r\u0085]]/v;

/** A document that was read, and the way back from a value to where it stands. */
export interface YamlDocument {
  readonly value: unknown;
  /** A problem at the value under `path`, or at the nearest thing above it that is there. `at: 'key'` points to its key. */
  problem(at: 'key' | 'value', path: readonly PropertyKey[], what: ProblemText): PolicyProblem;
  /** The scalar under `path` as it is written, without its quotes. */
  written(path: readonly PropertyKey[]): string | undefined;
}

export interface ProblemText {
  readonly code: ProblemCode;
  readonly message: LocalizedText;
  readonly hint?: LocalizedText;
}

/**
 * Reads one YAML 1.2 document of the core schema: no directives, anchors, aliases, tags of others or duplicate keys.
 * A rule means what it says where it stands, and no document grows when it is read.
 */
export function readYaml(source: string): Result<YamlDocument, PolicyProblem[]> {
  const lines = new LineCounter();
  const problemAt = (offset: number, path: readonly PropertyKey[], { code, message, hint }: ProblemText): PolicyProblem => {
    const { line, col } = lines.linePos(offset);
    return {
      code,
      line: Math.max(1, line),
      column: Math.max(1, col),
      path: formatPath(path),
      message,
      ...(hint === undefined ? {} : { hint }),
    };
  };
  if (source.length > MAX_CHARACTERS) return err([problemAt(0, [], TEXTS.tooLarge)]);
  const document = parseDocument(source, {
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: true,
    stringKeys: true,
    prettyErrors: false,
    lineCounter: lines,
  });
  const found = [
    ...invisibleCharacters(source),
    ...document.errors.map(syntaxError),
    ...document.warnings.map(({ pos, message }) => ({ offset: pos[0], text: tagText(message) })),
    ...refusedFeatures(document),
  ];
  if (found.length > 0) {
    const problems = found.toSorted((a, b) => a.offset - b.offset).map(({ offset, text }) => problemAt(offset, [], text));
    return err(withoutRepeats(problems).slice(0, MAX_PROBLEMS));
  }
  return ok({
    value: document.toJS({ maxAliasCount: 0 }),
    problem: (at, path, what) => problemAt(offsetOf(document, path, at), path, what),
    written: (path) => {
      const node = document.getIn(path, true);
      return isScalar(node) ? node.source : undefined;
    },
  });
}

interface Found {
  readonly offset: number;
  readonly text: ProblemText;
}

function invisibleCharacters(source: string): Found[] {
  const at = source.search(INVISIBLE);
  if (at < 0) return [];
  const name = `U+${(source.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return [
    {
      offset: at,
      text: {
        code: 'control-character',
        message: { ja: `見えない制御文字 ${name} があります`, en: `an invisible control character, ${name}` },
        hint: { ja: '消してください', en: 'remove it' },
      },
    },
  ];
}

function refusedFeatures(document: Document): Found[] {
  const found: Found[] = [];
  if (document.directives?.yaml.explicit === true) found.push({ offset: 0, text: TEXTS.directive });
  visit(document, {
    Alias: (_, alias) => void found.push({ offset: alias.range?.[0] ?? 0, text: TEXTS.alias }),
    Node: (_, node) => {
      if (node.anchor !== undefined) found.push({ offset: node.range?.[0] ?? 0, text: TEXTS.alias });
    },
  });
  return found;
}

function syntaxError({ code, message, pos }: YAMLError): Found {
  if (code === 'TAG_RESOLVE_FAILED') return { offset: pos[0], text: tagText(message) };
  const text = SYNTAX_TEXTS[code] ?? {
    code: 'syntax',
    message: { ja: `YAML として読めません: ${message}`, en: `not valid YAML: ${message}` },
  };
  return { offset: pos[0], text };
}

function tagText(message: string): ProblemText {
  return {
    code: 'tag',
    message: { ja: `使えないタグです: ${message}`, en: `a tag that policies do not know: ${message}` },
    hint: { ja: '「!」で始まる文字列は引用符で囲んでください', en: 'put a text that begins with ! in quotes' },
  };
}

/** One broken bracket makes the parser complain many times about the same line. */
function withoutRepeats(problems: readonly PolicyProblem[]): PolicyProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, line }) => {
    const key = `${code}:${line}`;
    return !seen.has(key) && seen.add(key);
  });
}

function offsetOf(document: Document, path: readonly PropertyKey[], at: 'key' | 'value'): number {
  let offset = startOf(document.contents) ?? 0;
  let node: unknown = document.contents;
  for (const [index, part] of path.entries()) {
    const isLast = index === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
      if (pair === undefined) return offset;
      const key = startOf(pair.key) ?? offset;
      offset = isLast && at === 'value' ? (startOf(pair.value) ?? key) : key;
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part];
      offset = startOf(node) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  if (isPair(node)) return startOf(node.key);
  return isNode(node) ? node.range?.[0] : undefined;
}

const TEXTS = {
  tooLarge: {
    code: 'too-large',
    message: { ja: `ポリシーが ${MAX_CHARACTERS} 文字を超えています`, en: `the policy is longer than ${MAX_CHARACTERS} characters` },
  },
  tooDeep: { code: 'too-deep', message: { ja: '入れ子が深すぎます', en: 'nested too deeply' } },
  directive: {
    code: 'directive',
    message: { ja: '「%」で始まる指示は使えません', en: 'directives (lines that begin with %) are not allowed' },
    hint: { ja: 'この行を消してください。常に YAML 1.2 として読みます', en: 'remove the line: a policy is always read as YAML 1.2' },
  },
  alias: {
    code: 'alias',
    message: { ja: 'アンカー（&）と別名（*）は使えません', en: 'anchors (&) and aliases (*) are not allowed' },
    hint: {
      ja: '内容をそのまま書いてください。「*」で始まる文字列は引用符で囲みます',
      en: 'write the content out; a text that begins with * or & needs quotes, e.g. "*.docx"',
    },
  },
  duplicateKey: {
    code: 'duplicate-key',
    message: { ja: '同じキーが二度あります', en: 'the same key twice' },
    hint: { ja: 'どちらか一方にまとめてください', en: 'keep one of them' },
  },
  tab: {
    code: 'tab',
    message: { ja: '字下げにタブは使えません', en: 'tabs cannot be used to indent' },
    hint: { ja: '空白を使ってください', en: 'use spaces' },
  },
  multipleDocuments: {
    code: 'syntax',
    message: { ja: '一つのファイルに書けるポリシーは一つです', en: 'one file holds one policy' },
    hint: { ja: '「---」から後を別のファイルにしてください', en: 'move what follows --- to its own file' },
  },
} as const satisfies Record<string, ProblemText>;

const SYNTAX_TEXTS: Readonly<Partial<Record<YAMLError['code'], ProblemText>>> = {
  DUPLICATE_KEY: TEXTS.duplicateKey,
  TAB_AS_INDENT: TEXTS.tab,
  RESOURCE_EXHAUSTION: TEXTS.tooDeep,
  MULTIPLE_DOCS: TEXTS.multipleDocuments,
  BAD_ALIAS: TEXTS.alias,
  BAD_DIRECTIVE: TEXTS.directive,
};

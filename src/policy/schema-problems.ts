import { z } from 'zod';
import type { LocalizedText } from '../contracts/ids.ts';
import { displayName } from '../core/display-name.ts';
import { nearest } from './nearest.ts';
import { MAX_PROBLEMS, type PolicyProblem } from './problem.ts';
import type { YamlDocument } from './yaml-document.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];
type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Checks a document against a contract; every mistake comes back with its place and what to write instead. */
export function schemaProblems(schema: z.ZodType, document: YamlDocument, issues: readonly Issue[]): PolicyProblem[] {
  const keys = keysOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  return issues
    .slice(0, MAX_PROBLEMS)
    .flatMap((issue) => problemsOf(issue, { document, keys }, []))
    .slice(0, MAX_PROBLEMS);
}

interface Context {
  readonly document: YamlDocument;
  readonly keys: (path: Path) => string[];
}

function problemsOf(issue: Issue, context: Context, above: Path): PolicyProblem[] {
  const path = [...above, ...issue.path];
  const { document } = context;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.slice(0, MAX_PROBLEMS).map((key) => unknownKey(key, path, context));
    case 'invalid_union':
      if ('options' in issue && issue.options !== undefined) {
        return [isMissing(document, path) ? missingKey(path, document) : wrongValue(issue.options.map(String), path, document)];
      }
      return unionProblems(issue.errors, context, path);
    case 'invalid_type':
      return [isMissing(document, path) ? missingKey(path, document) : wrongType(issue.expected, path, document)];
    case 'invalid_value':
      return [isMissing(document, path) ? missingKey(path, document) : wrongValue(issue.values.map(String), path, document)];
    case 'invalid_format':
      return [document.problem('value', path, { code: 'wrong-value', message: formatMessage(issue) })];
    case 'too_small':
    case 'too_big':
      return [document.problem('value', path, { code: 'out-of-range', message: rangeMessage(issue) })];
    case 'not_multiple_of':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return [document.problem('value', path, { code: 'wrong-value', message: { ja: issue.message, en: issue.message } })];
  }
}

/** The branch that fits the value's own type tells the real mistake; when none does, the types themselves are wrong. */
function unionProblems(branches: readonly (readonly Issue[])[], context: Context, path: Path): PolicyProblem[] {
  const fitting = branches.find((issues) => !issues.some((issue) => issue.path.length === 0 && isTypeIssue(issue)));
  if (fitting !== undefined) return fitting.flatMap((issue) => problemsOf(issue, context, path));
  if (isMissing(context.document, path)) return [missingKey(path, context.document)];
  const expected = branches.flat().map((issue) => (issue.code === 'invalid_type' ? issue.expected : valuesOf(issue)));
  return [wrongType(expected, path, context.document)];
}

const isTypeIssue = ({ code }: Issue): boolean => code === 'invalid_type' || code === 'invalid_value';
const valuesOf = (issue: Issue): string => (issue.code === 'invalid_value' ? issue.values.map(String).join(', ') : issue.code);

function unknownKey(key: string, path: Path, { document, keys }: Context): PolicyProblem {
  const known = keys(path);
  const meant = nearest(key, known);
  return document.problem('key', [...path, key], {
    code: 'unknown-key',
    message: { ja: `知らないキー「${shown(key)}」です`, en: `unknown key "${shown(key)}"` },
    ...(meant !== undefined && { hint: { ja: `「${meant}」ではありませんか`, en: `did you mean "${meant}"?` } }),
    ...(meant === undefined && known.length > 0 && { hint: listed(known) }),
  });
}

function missingKey(path: Path, document: YamlDocument): PolicyProblem {
  const key = shown(String(path.at(-1) ?? ''));
  if (path.length === 0)
    return document.problem('value', [], { code: 'missing-key', message: { ja: '何も書かれていません', en: 'nothing in it' } });
  return document.problem('key', path, { code: 'missing-key', message: { ja: `「${key}」がありません`, en: `"${key}" is missing` } });
}

function wrongType(expected: string | readonly string[], path: Path, document: YamlDocument): PolicyProblem {
  const names = [...new Set([expected].flat())];
  const actual = typeName(valueAt(document.value, path));
  const ja = names.map((name) => TYPE_NAMES[name]?.ja ?? name).join('か');
  const en = names.map((name) => TYPE_NAMES[name]?.en ?? name).join(' or ');
  return document.problem('value', path, {
    code: 'wrong-type',
    message: { ja: `${ja}が要りますが、${actual.ja}です`, en: `expected ${en}, not ${actual.en}` },
    ...hintFor(names, path, document),
  });
}

/** YAML reads 0781 and true as a number and a boolean: quotes keep what was written. */
function hintFor(expected: readonly string[], path: Path, document: YamlDocument): { hint?: LocalizedText } {
  const value = valueAt(document.value, path);
  const written = document.written(path);
  if (value === null)
    return {
      hint: {
        ja: 'コロンの後に何もありません。書くか、行を消してください',
        en: 'nothing follows the colon: write something or remove the line',
      },
    };
  if (expected.includes('string') && (typeof value === 'number' || typeof value === 'boolean') && written !== undefined) {
    return { hint: { ja: `引用符で囲んでください: "${written}"`, en: `put it in quotes: "${written}"` } };
  }
  if (expected.includes('array') && !Array.isArray(value)) {
    return { hint: { ja: '一つでも「- 」または [ ] で並びにします', en: 'a list even for one: begin with "- " or use [ ]' } };
  }
  return {};
}

function wrongValue(values: readonly string[], path: Path, document: YamlDocument): PolicyProblem {
  const value = valueAt(document.value, path);
  const written = typeof value === 'string' ? value : (document.written(path) ?? typeName(value).en);
  const meant = nearest(written, values);
  return document.problem('value', path, {
    code: 'wrong-value',
    message: {
      ja: `「${shown(written)}」は使えません。使える値: ${values.join(', ')}`,
      en: `"${shown(written)}" is not one of ${values.join(', ')}`,
    },
    ...(meant !== undefined && { hint: { ja: `「${meant}」ではありませんか`, en: `did you mean "${meant}"?` } }),
  });
}

const SLUG: LocalizedText = {
  ja: '小文字の英数字を「-」か「.」でつないだ名前にしてください（例: my-number）',
  en: 'a name of lower-case letters and digits joined by - or . such as my-number',
};

/** The contracts' own messages, by their English text; a test holds this complete. */
export const JAPANESE: Readonly<Record<string, string>> = {
  'a duration such as 30s, 5m, 8h or 14d': '時間は 30s・5m・8h・14d のように単位を付けて書いてください',
  'a size such as 512KiB, 20MiB or 2GiB': '大きさは 512KiB・20MiB・2GiB のように単位を付けて書いてください',
  'four lower-case hex digits, e.g. 0781': '小文字の 16 進数 4 桁で書いてください（例: 0781）',
  'a time of day such as 09:00': '時刻は 09:00 のように 24 時間制で書いてください',
  'a time zone such as Asia/Tokyo': 'タイムゾーンは Asia/Tokyo のように書いてください',
  'an address range such as 10.20.0.0/16': 'アドレスの範囲は 10.20.0.0/16 のように書いてください',
  'the name of a file in the folder of the policy': 'ポリシーと同じフォルダーにあるファイルの名前を書いてください',
  'a key of 32 lower-case hex digits, as edm build prints it': 'edm build が表示した 16 進数 32 桁の鍵を書いてください',
  'an age recipient, age1...': 'age1... の形の受信者鍵を書いてください',
};

function formatMessage(issue: Extract<Issue, { code: 'invalid_format' }>): LocalizedText {
  // A message of the contract's own is the better one; zod's default only repeats the pattern.
  if (!issue.message.startsWith('Invalid '))
    return { ja: JAPANESE[issue.message] ?? `書き方が違います: ${issue.message}`, en: `expected ${issue.message}` };
  return issue.format === 'regex' ? SLUG : { ja: `${issue.format} の形ではありません`, en: `not in the form of a ${issue.format}` };
}

function rangeMessage(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): LocalizedText {
  const unit = UNITS[issue.origin] ?? { ja: '', en: '' };
  return issue.code === 'too_small'
    ? { ja: `${String(issue.minimum)}${unit.ja}以上が要ります`, en: `must be at least ${String(issue.minimum)}${unit.en}` }
    : { ja: `${String(issue.maximum)}${unit.ja}以下にしてください`, en: `must be at most ${String(issue.maximum)}${unit.en}` };
}

const UNITS: Readonly<Record<string, LocalizedText>> = {
  string: { ja: '文字', en: ' characters long' },
  array: { ja: '個', en: ' entries long' },
};

const TYPE_NAMES: Readonly<Record<string, LocalizedText>> = {
  string: { ja: '文字列', en: 'a text' },
  number: { ja: '数', en: 'a number' },
  int: { ja: '整数', en: 'a whole number' },
  boolean: { ja: 'true か false', en: 'true or false' },
  array: { ja: '並び', en: 'a list' },
  object: { ja: 'キーと値の組', en: 'a map of keys' },
  null: { ja: '空', en: 'empty' },
};

function typeName(value: unknown): LocalizedText {
  const name = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return TYPE_NAMES[name] ?? { ja: name, en: name };
}

const listed = (names: readonly string[]): LocalizedText => ({
  ja: `使えるキー: ${names.join(', ')}`,
  en: `known keys here: ${names.join(', ')}`,
});

/** What an admin wrote, as it may be printed on a terminal. */
const shown = (text: string): string => displayName(text.slice(0, 80));

function isMissing(document: YamlDocument, path: Path): boolean {
  const value = valueAt(document.value, path);
  return value === undefined || (value === null && path.length === 0);
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inside, part) => {
    if (typeof inside !== 'object' || inside === null || !Object.hasOwn(inside, part)) return undefined;
    return Reflect.get(inside, part);
  }, value);
}

/** The keys a contract knows at a place, read off its JSON Schema. */
function keysOf(root: JsonSchema): (path: Path) => string[] {
  return (path) => {
    let schemas: JsonSchema[] = branchesOf(root);
    for (const part of path) {
      schemas = schemas.flatMap((schema) => childOf(schema, part)).flatMap(branchesOf);
    }
    return [...new Set(schemas.flatMap((schema) => Object.keys(schema.properties ?? {})))];
  };
}

function branchesOf(schema: JsonSchema): JsonSchema[] {
  return [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].filter((branch) => typeof branch === 'object');
}

function childOf(schema: JsonSchema, part: PropertyKey): JsonSchema[] {
  const child = typeof part === 'number' ? schema.items : schema.properties?.[String(part)];
  return typeof child === 'object' && !Array.isArray(child) ? [child] : [];
}

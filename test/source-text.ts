// Looks at TypeScript as text: what is code and what is comment or string, what a file imports and exports, how long its functions are.

/** A regular expression may begin after these, a division after anything else. */
const BEFORE_REGEX = /(?:^|[(,=:[!&|?{};>\n]|\breturn|\bcase)\s*$/;

/** Where a string, comment or regular expression that begins at `at` ends, and what of it stays: its delimiters and line ends. */
function skip(text: string, at: number): number {
  const two = text.slice(at, at + 2);
  if (two === '//') return endOr(text, text.indexOf('\n', at));
  if (two === '/*') return endOr(text, text.indexOf('*/', at) + 2);
  const quote = text[at];
  if (quote === '/' && !BEFORE_REGEX.test(text.slice(Math.max(0, at - 40), at))) return at;
  if (quote === undefined || !'\'"`/'.includes(quote)) return at;
  let inClass = false;
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (quote === '`' && text.startsWith('${', i)) i = closing(text, i + 1);
    else if (quote === '/' && text[i] === '[') inClass = true;
    else if (quote === '/' && text[i] === ']') inClass = false;
    else if (text[i] === quote && !inClass) return i + 1;
  }
  return text.length;
}

const endOr = (text: string, end: number): number => (end < 2 ? text.length : end);

/** The brace that closes the one at `open`. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    const end = skip(text, i);
    if (end > i) i = end - 1;
    else if (text[i] === '{') depth++;
    else if (text[i] === '}' && --depth === 0) return i;
  }
  return text.length;
}

/** The text with comments and the insides of strings blanked; lines stay where they are. */
export function codeOf(text: string): string {
  let code = '';
  for (let i = 0; i < text.length; i++) {
    const end = skip(text, i);
    if (end === i) code += text[i];
    else {
      const gone = text.slice(i, end);
      const quote = gone[0] === '/' ? '' : gone[0];
      code += `${quote}${'\n'.repeat(gone.split('\n').length - 1)}${quote}`;
      i = end - 1;
    }
  }
  return code;
}

export interface Import {
  readonly from: string;
  /** Names as the other file exports them; `*` for all of it. */
  readonly names: readonly string[];
  readonly typesOnly: boolean;
}

const STATEMENT = /^(?:import|export)\s+(type\s+)?([^'";]*?)\s*from\s*'([^']+)'/gm;
const DYNAMIC = /\bimport\(\s*'([^']+)'\s*\)/g;
const BARE = /^import\s+'([^']+)'/gm;

export function importsOf(text: string): Import[] {
  const written = [...text.matchAll(STATEMENT)].map(([, type, what = '', from = '']): Import => {
    const parts = what.replace(/[{}]/g, '').split(',').map((part) => part.trim()).filter((part) => part !== '');
    const names = parts.map((part) => part.replace(/^type\s+/, '').replace(/\s+as\s+.*/, ''));
    return { from, names, typesOnly: type !== undefined || parts.every((part) => part.startsWith('type ')) };
  });
  const others = [...text.matchAll(DYNAMIC), ...text.matchAll(BARE)].map(([, from = '']): Import => ({ from, names: ['*'], typesOnly: false }));
  return [...written, ...others];
}

const EXPORT = /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:const|let|function\*?|class|interface|type|enum)\s+(\w+)/gm;

export const exportsOf = (code: string): string[] => [...code.matchAll(EXPORT)].map(([, name = '']) => name);

/** What stands before a brace that opens a function's body. */
const FUNCTION_HEAD = /(?:=>|\)(?:\s*:\s*[^;{}]+)?)\s*$/;
const STATEMENT_HEAD = /^\s*(?:\}\s*)?(?:else\s+)?(?:if|for|while|switch|catch|else|do|try|class|interface)\b/;

/** Functions of more than `limit` lines. */
export function longFunctions(code: string, limit: number): { line: number; lines: number }[] {
  const long: { line: number; lines: number }[] = [];
  const open: { line: number; isFunction: boolean }[] = [];
  let line = 1;
  let head = '';
  for (const letter of code) {
    if (letter === '\n') line++;
    if (letter === '{') {
      const statement = head.slice(head.lastIndexOf('\n', head.length - 1) + 1);
      open.push({ line, isFunction: FUNCTION_HEAD.test(head) && !STATEMENT_HEAD.test(statement) });
    }
    if (letter === '}') {
      const { line: from, isFunction } = open.pop() ?? { line, isFunction: false };
      if (isFunction && line - from + 1 > limit) long.push({ line: from, lines: line - from + 1 });
    }
    head = letter === ';' || letter === '{' || letter === '}' ? '' : head + letter;
  }
  return long;
}

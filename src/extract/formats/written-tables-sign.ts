/** The line below the headings of a table in Markdown, psql or mysql: `|---|:-:|`, `----+----`, `+---+---+`. */
const RULE = /^(?=[^\n]{0,400}[|+])[ \t]*[|+]?[ \t]*:?-+:?[ \t]*(?:[|+][ \t]*:?-+:?[ \t]*){0,256}[|+]?[ \t]*$/m;
/** Somewhere in every rule: nearly all text has none, and is not looked through line by line. */
const RULE_SIGN = /[|+][ \t]*:?-|-:?[ \t]*[|+]/;
const SQL_SIGN = /\b(?:INSERT|REPLACE)\s+(?:IGNORE\s+)?INTO\b[^;]{1,8192}\bVALUES?\b|^COPY\s[^;\n]{1,8192}\sFROM\s+stdin/im;

/** Whether text holds tables drawn with bars, or SQL statements that bring rows. */
export function holdsWrittenTables(text: string): boolean {
  return (RULE_SIGN.test(text) && RULE.test(text)) || (/into|copy/i.test(text) && SQL_SIGN.test(text));
}

/** Whether a line is such a rule. */
export function isRule(line: string): boolean {
  return RULE.test(line);
}

const HEADER_LINE = /^[A-Za-z][A-Za-z0-9-]{1,40}:/;
const MAIL_HEADER = /^(?:from|to|subject|received|mime-version|message-id|return-path|delivered-to):/im;

/** An e-mail (RFC 5322) begins with header lines, some of which only mail has. */
export function looksLikeMail(start: string): boolean {
  const end = start.search(/\r?\n\r?\n/);
  const lines = (end < 0 ? start : start.slice(0, end)).split(/\r?\n/).slice(0, 40);
  const [first = ''] = lines;
  const headers = lines.filter((line) => HEADER_LINE.test(line) || /^[ \t]/.test(line)).length;
  return (
    HEADER_LINE.test(first) &&
    lines.length >= 2 &&
    headers >= lines.length - 1 &&
    (lines.join('\n').match(new RegExp(MAIL_HEADER, 'gim'))?.length ?? 0) >= 2
  );
}

/** RFC 4155: a line that begins a message, after an empty line: who, and a date that ends in a year or a zone. */
const FROM_LINE = /^From \S+ {1,4}.{10,40}\d{4}(?: [+-]\d{4})?\r?\n[A-Za-z][A-Za-z-]*:/;

export function looksLikeMailbox(start: string): boolean {
  return FROM_LINE.test(start);
}

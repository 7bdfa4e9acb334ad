import { describe, expect, it } from 'vitest';
import { detectText, findingOf } from '../detect-text.ts';

const confidence = (text: string): string | undefined => findingOf(detectText(text), 'keyword.confidential')?.confidence;

describe('marks of confidentiality', () => {
  it.each([
    ['for internal use only', 'high'],
    ['For Internal Use Only', 'high'],
    ['Sales plan 2027\nInternal use only', 'high'],
    ['Sales plan of the western branch\n(internal use only)', 'high'],
    ['Acme Inc - for internal use only', 'high'],
    ['This report is for internal use only and may not be passed on.', 'medium'],
    ['These slides are meant for internal use only.', 'medium'],
    ['㊙ 人事考課 🔒', 'high'],
    ['公式サイトのお知らせ 🎉🎉\n㊙', 'high'],
  ])('%s', (text, expected) => expect(confidence(text)).toBe(expected));

  // Each stood in a published package: what it is from is beside it.
  it.each([
    ['a note of a change (librevenge)', '\tadd file, for internal use only'],
    [
      'a sentence over two lines (CMake)',
      'eCos configuration file has a different name, adjust this variable for\ninternal use only:\n\n::',
    ],
    ['documentation in Perl (Exporter)', '=head1 SYNOPSIS\n\n(internal use only)\n\n=head1 DESCRIPTION'],
    ['documentation in Perl (ExtUtils::MakeMaker)', '=head1 SYNOPSIS\n\n  FOR INTERNAL USE ONLY!\n\n  package ExtUtils::MM_SomeOS;'],
    ['a docstring (Python, decimal)', '    This function is for *internal use only*.\n    """'],
    [
      'a docstring over two lines (Python, cgi)',
      '        outerboundary   : terminating multipart boundary\n            (for internal use only)',
    ],
    ['a comment behind code', 'int refs; /* internal use only */'],
    ['a list of pictures (zod)', '🈁🈂️🈷️🈶🈯️🉐🈹🈚️🈲🉑🈸🈴🈳㊗️㊙️🈺🈵🔴🟠🟡🟢🔵'],
    ['a table of pictures (rich)', '"japanese_secret_button": "㊙",\n"symbol_for_beginner": "🔰", "a": "🗾", "b": "🏯", "c": "🏣"'],
  ])('are not taken from %s', (_, text) => expect(confidence(text)).toBe('low'));
});

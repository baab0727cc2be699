// The forms that CI servers read, with hostile text inside: each must stay what its reader expects, and lose nothing silently.

import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { Log } from 'sarif';
import { describe, expect, test } from 'vitest';
import { github } from '../../src/report/github.js';
import { json } from '../../src/report/json.js';
import { junit } from '../../src/report/junit.js';
import { code, fenced, markdown, md } from '../../src/report/markdown.js';
import { ndjson } from '../../src/report/ndjson.js';
import { fingerprint, sarif } from '../../src/report/sarif.js';
import { RULES } from '../../src/rules/index.js';
import { analyse } from './sample.js';

const HOSTILE = '<script>&]]>\x1b[31m::error::x%0A,title=y\u0000\u202e```\n## head @team `code` | a \ud800 "q"';
const TEXT = `@1 ioapic.rte pin=1 vec=2 mask=0\n@2 ioapic.deliver pin=1 vec=2\n@3 ioapic.deliver pin=1 vec=2\n@4 meta.note text="${HOSTILE.replaceAll(/[\\"]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}"\n@5 apic.eoi cpu=0 vec=-1\n`;
const FILE = 'dir with,comma/a:b<é>.irq';
const analysis = analyse(TEXT, { file: FILE });
const RULE_TEXTS = analysis.rules.map(({ rule }) => ({ id: rule, severity: 'violation' as const, clause: 'c', summary: 's' }));

/** Control characters other than line ends, and what turns a line's direction. */
const CONTROLS = /(?!\n)[\p{Cc}\u202a-\u202e]/u;

describe('SARIF', () => {
  const log: Log = JSON.parse(sarif(analysis, { rules: RULE_TEXTS, version: '1' }));

  test('an absolute name is an absolute URI', () => {
    const { runs }: Log = JSON.parse(sarif(analyse(TEXT, { file: '/tmp/a b.irq' }), { rules: RULE_TEXTS, version: '1' }));
    expect(runs[0]?.artifacts?.[0]?.location?.uri).toBe('file:///tmp/a%20b.irq');
  });

  test('half a character, in a file name or in a text, is no half any more', () => {
    const halves = { ...analysis, streams: analysis.streams.map((stream) => ({ ...stream, file: 'a\udc00b' })), findings: analysis.findings.map((finding) => ({ ...finding, sentence: String.raw`\ud800 stays` + '\ud83d, \u{1f600}' })) };
    const text = sarif(halves, { rules: RULE_TEXTS, version: '1' });
    const { runs }: Log = JSON.parse(text);
    expect(runs[0]?.artifacts?.[0]?.location?.uri).toBe('a%EF%BF%BDb');
    expect(runs[0]?.results?.[0]?.message.text).toContain(String.raw`\ud800 stays` + '\ufffd, \u{1f600}');
    const [first = '{}'] = ndjson(halves).split('\n');
    for (const whole of [text, json(halves), first]) expect(whole.replaceAll(String.raw`\\ud800`, '')).not.toMatch(/\\ud[89a-f]|\p{Cs}/u);
    expect(JSON.parse(first)).toMatchObject({ sentence: expect.stringContaining('\ufffd'), at: { src: expect.stringMatching(/^a\ufffdb:/) } });
  });
  const [run] = log.runs;

  test('has a result per finding, at a line of the recording, its evidence as a flow', () => {
    expect(run?.results?.map(({ ruleId, level, occurrenceCount }) => [ruleId, level, occurrenceCount])).toEqual([['test/delivery', 'error', 2], ['test/note', 'note', 1]]);
    expect(run?.results?.[0]?.locations?.[0]?.physicalLocation).toEqual({ artifactLocation: { uri: 'dir%20with%2Ccomma/a%3Ab%3C%C3%A9%3E.irq' }, region: { startLine: 2 } });
    expect(run?.results?.[0]?.codeFlows?.[0]?.threadFlows[0]?.locations.map(({ location }) => location?.physicalLocation?.region?.startLine)).toEqual([1, 2]);
  });

  test('its fingerprint is of rule and entity, whatever the time', () => {
    const later = analyse(TEXT.replaceAll('@', '@1'), { file: 'other.irq' });
    expect(later.findings.map(fingerprint)).toEqual(analysis.findings.map(fingerprint));
    expect(run?.results?.[0]?.partialFingerprints).toEqual({ 'ruleAndEntity/v1': 'test/delivery pin:ioapic/1' });
  });

  test('every rule of the catalogue is described', () => {
    const all: Log = JSON.parse(sarif({ ...analysis, findings: [] }, { rules: RULES, version: '1' }));
    expect(all.runs[0]?.tool.driver.rules).toHaveLength(RULES.length);
  });

  test('what is left out is counted', () => {
    const [first] = analysis.findings;
    if (first === undefined) throw new Error('the sample has findings');
    const many = Array.from({ length: 5003 }, (_, i) => ({ ...first, entity: `pin:${i}` }));
    const cut: Log = JSON.parse(sarif({ ...analysis, findings: many }, { rules: RULE_TEXTS, version: '1' }));
    expect(cut.runs[0]?.results).toHaveLength(5000);
    expect(cut.runs[0]?.properties).toMatchObject({ findings: 5003, findingsLeftOut: 3 });
  });
});

describe('JUnit', () => {
  const text = junit(analysis, { failOn: 'info' });

  test('is XML, with hostile text as text', () => {
    expect(XMLValidator.validate(text)).toBe(true);
    expect(text).not.toMatch(CONTROLS);
    expect(text).not.toContain('<script>');
  });

  test('a case per rule: broken ones fail, undecided ones are skipped with the reason', () => {
    const parsed: unknown = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' }).parse(text);
    expect(parsed).toMatchObject({
      testsuites: {
        testsuite: {
          tests: '4',
          failures: '2',
          skipped: '2',
          testcase: [
            { name: 'delivery', failure: { type: 'violation' } },
            { name: 'eoi', skipped: { message: 'unknown: isr ×1; never shown: one of gic.iar or pgic.iar' } },
            { name: 'gic', skipped: { message: 'never shown: one of gic.iar or pgic.iar' } },
            { name: 'note', failure: { type: 'info' } },
          ],
        },
      },
    });
  });

  test('findings below the threshold do not fail', () => {
    expect(junit(analysis, { failOn: 'violation' })).toContain('failures="1"');
  });
});

describe('GitHub', () => {
  const lines = github(analysis).trimEnd().split('\n');

  test('is one command a line, and no text ends it or begins another', () => {
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      // as the runner reads it: up to the first ::, properties by commas
      const [, command, properties, message] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? [];
      expect(['error', 'notice']).toContain(command);
      expect(properties?.split(',').map((pair) => pair.split('=')[0])).toEqual(['file', 'line', 'title']);
      expect(message).not.toMatch(CONTROLS);
    }
  });

  test('ten of a kind, the rest counted', () => {
    const [first] = analysis.findings;
    if (first === undefined) throw new Error('the sample has findings');
    const many = Array.from({ length: 13 }, (_, i) => ({ ...first, entity: `pin:${i}` }));
    const told = github({ ...analysis, findings: many }).trimEnd().split('\n');
    expect(told).toHaveLength(11);
    expect(told[10]).toBe('3 findings more of severity violation, not annotated');
  });
});

describe('Markdown', () => {
  test('words of the recording cannot become markup', () => {
    expect(md('<b>*a* [x](y) @team #1')).toBe('&lt;b&gt;\\*a\\* \\[x\\](y) @\u200bteam \\#1');
    expect(code('a`b')).toBe('`` a`b ``');
    expect(fenced(['x', '```', 'y'])).toBe('````\nx\n```\ny\n````');
  });

  test('names the findings above info, counts the others', () => {
    const text = markdown(analysis);
    expect(text).toContain('### violation: test/delivery, `pin:ioapic/1`');
    expect(text).toContain('1 finding more, not written out.');
    expect(text).not.toMatch(CONTROLS);
    expect(text).not.toContain('<script>');
  });
});

test('NDJSON: a record per finding and one with the verdict, each a line', () => {
  const records: unknown[] = ndjson(analysis).trimEnd().split('\n').map((line) => JSON.parse(line));
  expect(records).toMatchObject([{ rule: 'test/delivery', count: 2 }, { rule: 'test/note' }, { verdict: 'violated', findings: 2 }]);
});

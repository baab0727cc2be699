// `irqreplay test` in the forms that CI servers read: nothing but the form on standard output, each recording that is not as expected in it.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { beforeAll, expect, test } from 'vitest';
import { MASKED, RULE, workbench } from './built.js';

const { folder, run } = workbench();
const put = (name: string, text: string): void => writeFileSync(join(folder, 'corpus', name), text);

beforeAll(() => {
  mkdirSync(join(folder, 'corpus/a,b'), { recursive: true });
  put('fine.irq', MASKED.replace(/\n$/, ` ! ${RULE}\n`));
  put('a,b/wrong.irq', MASKED.replace(/\n$/, ' ! route/leak\n'));
  put('unreadable.irq', 'irq 1\nfoo "<bar>\n');
});

test('JUnit has a case for each', () => {
  const { status, stdout } = run(['test', 'corpus', '--format', 'junit']);
  expect(status).toBe(1);
  const { testsuites } = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' }).parse(stdout);
  expect(testsuites).toMatchObject({ tests: '3', failures: '1', errors: '1', skipped: '0' });
  expect(testsuites.testsuite.testcase).toEqual([
    { classname: 'corpus/a,b', name: 'wrong.irq', time: '0', failure: { message: '- line 4: route/leak', '#text': `- line 4: route/leak\n+ line 4: ${RULE}` } },
    { classname: 'corpus', name: 'fine.irq', time: '0' },
    { classname: 'corpus', name: 'unreadable.irq', time: '0', error: { message: expect.stringContaining('corpus/unreadable.irq:2: found ') } },
  ]);
});

test('GitHub has an annotation for each that is not as expected', () => {
  const { status, stdout } = run(['test', 'corpus', '--format', 'github']);
  expect(status).toBe(1);
  const [wrong, unreadable, ...rest] = stdout.split('\n');
  expect(wrong).toBe(`::error file=corpus/a%2Cb/wrong.irq,line=4,title=not as expected::- line 4: route/leak; + line 4: ${RULE}`);
  expect(unreadable).toMatch(/^::error file=corpus\/unreadable\.irq,line=1,title=not as expected::corpus\/unreadable\.irq:2: found /);
  expect(rest).toEqual(['']);
});

test.each(['json', 'junit', 'github'])('what --update did is told elsewhere: %s', (format) => {
  const { stdout, stderr } = run(['test', 'corpus', '--update', '--format', format]);
  expect(stderr).toBe('0 sidecars written; 2 not: what cannot be read, and litmus text, whose ! marks are written by hand\n');
  expect(stdout).not.toContain('sidecar');
});

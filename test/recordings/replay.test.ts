import { afterEach, describe, expect, test } from '@jest/globals';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { notReplayed } from './not-replayed.ts';
import { loadRecording, recordingFiles } from './recording.ts';
import { type Finding, replayRecording } from './replay.ts';

const files = recordingFiles();
if (files.length === 0)
  console.warn('SKIPPED: no recordings at ../shared/recordings, so nothing was replayed');
const maybe = files.length > 0 ? describe : describe['skip'];

let harbor: EmbeddedHarbor | undefined;
afterEach(async () => {
  await harbor?.close();
  harbor = undefined;
});

/** The first few differences, for people. */
function explain(findings: readonly Finding[]): string {
  return findings
    .slice(0, 5)
    .flatMap((finding) => [
      `#${finding.exchange} ${finding.request}`,
      ...finding.differences
        .slice(0, 5)
        .map(
          ({ where, recorded, actual }) =>
            `   ${where}\n      recorded ${JSON.stringify(recorded)}\n      answered ${JSON.stringify(actual)}`,
        ),
    ])
    .join('\n');
}

maybe('the embedded Harbor answers as the recorded one did', () => {
  test.each(files)(
    'every exchange of %s replays, except those listed with a reason',
    async (file) => {
      harbor = await startHarbor();
      const recording = loadRecording(file);
      const findings = await replayRecording(harbor, recording);
      const listed = new Set(
        notReplayed.filter((one) => one.file === file).map((one) => one.exchange),
      );
      const unexpected = findings.filter((finding) => !listed.has(finding.exchange));
      expect(explain(unexpected)).toBe('');
      const found = new Set(findings.map((finding) => finding.exchange));
      expect([...listed].filter((exchange) => !found.has(exchange))).toEqual([]);
    },
  );

  test('the list of exceptions names files and exchanges that exist', () => {
    const dangling = notReplayed.filter(
      ({ file, exchange }) =>
        !files.includes(file) || exchange >= loadRecording(file).exchanges.length,
    );
    expect(dangling).toEqual([]);
  });
});

describe('the comparison finds what is not volatile', () => {
  maybe('shown by changing a recording', () => {
    const changes: readonly (readonly [string, (text: string) => string])[] = [
      ['a status', (text) => text.replace('"status": 200', '"status": 204')],
      [
        'a message',
        (text) =>
          text.replace('conflict', 'conflicts').replace('already exists', 'is there already'),
      ],
      ['a total', (text) => text.replace('"x-total-count": "4"', '"x-total-count": "5"')],
      ['a name', (text) => text.replace('"name": "rec-list-d"', '"name": "rec-list-e"')],
      ['a link', (text) => text.replace('page=2&page_size=1&q=name', 'page=3&page_size=1&q=name')],
      [
        'a time that was the year 1',
        (text) => text.replace('"0001-01-01T00:00:00.000Z"', '"2026-11-21T08:32:23.404Z"'),
      ],
    ];
    test.each(changes)('%s', async (_, change) => {
      harbor = await startHarbor();
      const recording = loadRecording('02-projects-and-repositories.json');
      const whole = JSON.stringify(recording.exchanges, null, 1);
      const changed = change(whole);
      expect(changed).not.toBe(whole);
      const exchanges = JSON.parse(changed) as typeof recording.exchanges;
      const findings = await replayRecording(harbor, { ...recording, exchanges });
      expect(findings.length).toBeGreaterThan(0);
    });
  });
});

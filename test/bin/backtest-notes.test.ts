import { expect, test } from '@jest/globals';
import { blindNotes, substituteNotes } from '../../bin/commands/backtest-notes.ts';

test('nights on which no regret could be seen are counted, each kind by itself', () => {
  expect(blindNotes({ pulls: 0, uses: 0 })).toEqual([]);
  expect(blindNotes({ pulls: 1, uses: 2 })).toEqual([
    expect.stringMatching(/^on 1 night Harbor seemed to record no pulls/),
    expect.stringMatching(/^on 2 nights a list of images in use could not be read/),
  ]);
});

test('what armed runs deleted is summed, and one without an end is named', () => {
  const run = (runId: string, deleted: number, isEndless: boolean) => ({
    runId,
    deleted,
    isEndless,
  });
  expect(substituteNotes([], { runs: [run('a', 0, false)] })).toEqual([]);
  const runs = [run('a', 3, false), run('b', 0, true), run('c', 4, false)];
  expect(substituteNotes([], { runs })).toEqual([
    '1 armed run did not end, so that what it deleted is not known, and counts as nothing: b',
    expect.stringContaining('really deleted 7 artifacts'),
  ]);
});

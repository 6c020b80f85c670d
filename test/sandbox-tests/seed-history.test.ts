import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import {
  HISTORY_FILE,
  type HistoryLine,
  readHistory,
  seedHistory,
} from '../sandbox/seed-history.ts';

let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor();
});
afterEach(() => harbor.close());

const line = (changes: Partial<HistoryLine>): HistoryLine => ({
  t: 1_400_000_000,
  repo: 'app',
  id: '0123456789abcdef',
  new: true,
  tags: ['latest'],
  arch: ['amd64'],
  ...changes,
});

test('a tag moves to the image that was pushed last, and the old one stays untagged', () => {
  seedHistory(harbor, [line({}), line({ t: 1_400_000_100, id: 'fedcba9876543210' })]);
  const artifacts = harbor.state.artifacts('library', 'app');
  expect(artifacts.map((artifact) => artifact.tags)).toEqual([[], ['latest']]);
  expect(artifacts.map((artifact) => artifact.pushedAt)).toEqual([
    1_400_000_000_000, 1_400_000_100_000,
  ]);
});

test('tags that come later to an image that is there make no second one', () => {
  seedHistory(harbor, [line({}), line({ t: 1_500_000_000, new: false, tags: ['1', '1.0'] })]);
  const artifacts = harbor.state.artifacts('library', 'app');
  expect(artifacts.map((artifact) => artifact.tags)).toEqual([['1', '1.0', 'latest']]);
  expect(artifacts[0]?.pushedAt).toBe(1_400_000_000_000);
});

test('several platforms make an index with untagged children', () => {
  seedHistory(harbor, [line({ arch: ['amd64', 'arm64v8', 'windows-amd64'] })]);
  expect(harbor.state.artifacts('library', 'app')).toHaveLength(4);
  expect(harbor.state.repositories('library').map((repository) => repository.listed)).toEqual([1]);
});

if (!existsSync(HISTORY_FILE)) console.warn('SKIPPED: no push history at ../shared/history');
const maybe = existsSync(HISTORY_FILE) ? describe : describe['skip'];

maybe('the real history', () => {
  test('replays to as many images and manifests as were pushed', () => {
    const lines = readHistory();
    seedHistory(harbor, lines);
    const fresh = lines.filter((one) => one.new);
    let manifests = 0;
    for (const one of fresh) manifests += one.arch.length;
    const artifacts = harbor.state.artifacts('library');
    const indexes = artifacts.filter((artifact) => artifact.children.length > 0);
    expect(artifacts.length - indexes.length).toBe(manifests);
    expect(artifacts.length - manifests + fresh.filter((one) => one.arch.length === 1).length).toBe(
      fresh.length,
    );
  });
});

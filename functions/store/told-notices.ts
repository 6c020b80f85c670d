import { memoryKeys } from '../domain/store-keys.ts';
import type { NoticeMemory } from '../notices/notice.ts';
import { anyList, document, withFields } from './document.ts';

/** What people were told already. Telling something again is better than telling nothing any more. */
export const toldNotices = document(
  () => memoryKeys.notices,
  withFields<NoticeMemory>()({ condemnedIn: anyList }),
  { version: 1, whenDamaged: 'forget', isNot: 'is no memory of notices' },
);

import { blobIndexes } from './blob-index.ts';
import { restoreDeaths, runDeaths } from './deaths.ts';
import { healingRecords } from './healing-records.ts';
import { beginnings, healingsSoFar, intents } from './intents.ts';
import { leases } from './lease.ts';
import { ledgerSections } from './ledger-section.ts';
import { openCollections } from './open-collection.ts';
import { drafts } from './plan-draft.ts';
import { signsOfLife } from './progress.ts';
import { chosenReuses, leftForReuse } from './reusable-facts.ts';
import { histories } from './run-history.ts';
import { runStates } from './run-state-document.ts';
import { sealedPlans } from './sealed-plan.ts';
import { storeIds } from './store-id.ts';
import { surveys } from './survey-document.ts';
import { toldNotices } from './told-notices.ts';
import { uncertainChanges } from './uncertain-changes.ts';
import { untaggedMemories } from './untagged-memory.ts';

/** Every document of the store. docs/reports.md has the same list, with what a damaged one means; a test compares them. */
export const documents = {
  runStates,
  signsOfLife,
  surveys,
  chosenReuses,
  drafts,
  sealedPlans,
  ledgerSections,
  runDeaths,
  intents,
  beginnings,
  healingsSoFar,
  healingRecords,
  leases,
  storeIds,
  restoreDeaths,
  histories,
  untaggedMemories,
  leftForReuse,
  openCollections,
  uncertainChanges,
  toldNotices,
  blobIndexes,
} as const;

import { byId } from './dom.ts';
import { startExplorer } from './explorer.ts';
import { unpack } from './rows.ts';
import { startTheme } from './theme.ts';

async function start(): Promise<void> {
  const packed = document.getElementById('rows');
  if (packed === null) return;
  const told = byId('opening');
  if (typeof DecompressionStream === 'undefined') {
    told.textContent =
      'This browser is too old to open the list of artifacts in this page (it has no DecompressionStream): take a newer one, or the rows beside the report.';
    return;
  }
  try {
    startExplorer(await unpack(packed.textContent));
    told.hidden = true;
    byId('explorer').hidden = false;
  } catch (error) {
    told.textContent = `The list of artifacts in this page can't be opened; the file may have been cut off. (${String(error)})`;
  }
}

startTheme();
void start();

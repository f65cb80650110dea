/** The page in English. */

import { chain } from './chain.ts';
import { commands } from './commands.ts';
import { common } from './common.ts';
import { disk } from './disk.ts';
import { exporting } from './exporting.ts';
import { failures } from './failures.ts';
import { findings } from './findings.ts';
import { header } from './header.ts';
import { hex } from './hex.ts';
import { learn } from './learn.ts';
import { map } from './map.ts';
import { overview } from './overview.ts';
import { palette } from './palette.ts';
import { places } from './places.ts';
import { samples } from './samples.ts';
import { saving } from './saving.ts';
import { start } from './start.ts';
import { statement } from './statement.ts';
import { status } from './status.ts';
import { structures } from './structures.ts';
import { tables } from './tables.ts';
import { tour } from './tour.ts';
import { translate } from './translate.ts';
import { update } from './update.ts';
import { views } from './views.ts';

export const en = {
  chain,
  commands,
  common,
  disk,
  exporting,
  failures,
  findings,
  header,
  hex,
  learn,
  map,
  overview,
  palette,
  places,
  samples,
  saving,
  start,
  statement,
  status,
  structures,
  tables,
  tour,
  translate,
  update,
  views,
};

/** What every language has: the same keys, with functions of the same arguments. */
export type Text = typeof en;

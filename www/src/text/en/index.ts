/** The page in English. */

import { chain } from './chain.ts';
import { commands } from './commands.ts';
import { common } from './common.ts';
import { findings } from './findings.ts';
import { header } from './header.ts';
import { overview } from './overview.ts';
import { saving } from './saving.ts';
import { statement } from './statement.ts';
import { status } from './status.ts';
import { views } from './views.ts';

export const en = {
  chain,
  commands,
  common,
  findings,
  header,
  overview,
  saving,
  statement,
  status,
  views,
};

/** What every language has: the same keys, with functions of the same arguments. */
export type Text = typeof en;

/** The page in English. */

import { commands } from './commands.ts';
import { header } from './header.ts';
import { saving } from './saving.ts';
import { status } from './status.ts';
import { views } from './views.ts';

export const en = { commands, header, saving, status, views };

/** What every language has: the same keys, with functions of the same arguments. */
export type Text = typeof en;

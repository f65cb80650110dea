/** The main journeys in Firefox. */

import { browsers } from './drivers.mjs';
import { journeys } from './everywhere.mjs';

journeys(browsers.firefox);

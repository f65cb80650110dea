/** The main journeys in Chromium, as they are in every other browser. */

import { browsers } from './drivers.mjs';
import { journeys } from './everywhere.mjs';

journeys(browsers.chromium);

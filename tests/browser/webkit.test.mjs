/** The main journeys in WebKitGTK. */

import { browsers } from './drivers.mjs';
import { journeys } from './everywhere.mjs';

journeys(browsers.webkit);

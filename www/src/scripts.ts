/**
 * What the page runs beside itself: its worker. The page's policy requires Trusted Types, and the one of this file lets
 * through nothing else.
 */

import code from './worker.ts?script';

/** The part of Trusted Types that is needed here; not every browser has them. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

declare global {
  interface Window {
    trustedTypes?: TrustedTypes;
  }
}

/** A worker from a Blob is bound by the policy of the page; one that is loaded is not. */
const worker = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));

const rules = {
  createScriptURL(url: string): string {
    if (url !== worker) throw new TypeError(`${url} is no script of this page`);
    return url;
  },
};

const policy = window.trustedTypes?.createPolicy('diskglass', rules) ?? rules;

/** Starts the worker that reads files. */
export function newWorker(name: string): Worker {
  return new Worker(policy.createScriptURL(worker), { name });
}

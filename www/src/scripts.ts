/**
 * What the page runs beside itself: its worker, and the service worker that keeps a copy of the page. The page's policy
 * requires Trusted Types, and the one of this file lets through nothing else.
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

const serviceWorker = new URL('./sw.js', document.baseURI).href;

const rules = {
  createScriptURL(url: string): string {
    if (url !== worker && url !== serviceWorker) throw new TypeError(`${url} is no script of this page`);
    return url;
  },
};

const policy = window.trustedTypes?.createPolicy('diskglass', rules) ?? rules;

/** Starts the worker that reads files. */
export function newWorker(name: string): Worker {
  return new Worker(policy.createScriptURL(worker), { name });
}

/** Has the browser run the service worker, from now on whenever this page is opened. */
export function registerServiceWorker(): Promise<ServiceWorkerRegistration> {
  return navigator.serviceWorker.register(policy.createScriptURL(serviceWorker), { updateViaCache: 'none' });
}

/** Has the browser keep a copy of the page, so that it opens without a network, and says when there is a newer one. */

import { registerServiceWorker } from './scripts.ts';

/** The newer version, while it waits. */
let next: ServiceWorker | undefined;

/** Makes the copy, where the browser and the way the page was opened allow it; calls `tell` when a newer one is ready. */
export async function keepOffline(tell: () => void): Promise<void> {
  // The page as one file has no manifest, and nothing to be copied; what is not served securely may not be.
  if (!('serviceWorker' in navigator) || !document.querySelector('link[rel="manifest"]')) return;
  try {
    const registration = await registerServiceWorker();
    const offer = (worker: ServiceWorker | null): void => {
      // The first version of all is what is seen already.
      if (worker?.state !== 'installed' || !navigator.serviceWorker.controller) return;
      next = worker;
      tell();
    };
    offer(registration.waiting);
    registration.addEventListener('updatefound', () => {
      const { installing } = registration;
      installing?.addEventListener('statechange', () => {
        offer(installing);
      });
    });
  } catch {
    // Not allowed here, as in a private window: the page works without.
  }
}

/** Goes over to the newer version. What is open is closed. */
export function takeUpdate(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    location.reload();
  });
  next?.postMessage('replace');
}

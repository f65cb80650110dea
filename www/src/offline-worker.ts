/**
 * The service worker: keeps a copy of the page's own files, and answers for them, so that the page opens without a
 * network. It knows each of them by its hash, so a copy is all of one version or none. Whatever else the page might ask
 * for is refused.
 */

export {};

declare const self: ServiceWorkerGlobalScope;
/** The hash of every file, by its path from the page; put in by the build. */
declare const FILES: Record<string, string>;
/** A name for just these files; put in by the build. */
declare const VERSION: string;

const { scope } = self.registration;
/** Several pages of one server may each have copies. */
const OWN = `diskglass ${scope} `;
const COPY = OWN + VERSION;
/** The hash of every file, by its address. */
const HASHES = new Map(Object.entries(FILES).map(([path, hash]) => [new URL(path, scope).href, hash]));

self.addEventListener('install', (event) => {
  event.waitUntil(makeCopy());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(removeOldCopies());
});

self.addEventListener('message', ({ data }) => {
  // The reader wants the new version now.
  if (data === 'replace') void self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const address = ownAddress(request);
  // Other pages of the same server are not ours to answer for.
  if (!address && request.mode === 'navigate') return;
  event.respondWith(answer(request, address));
});

async function makeCopy(): Promise<void> {
  const copy = await caches.open(COPY);
  try {
    await Promise.all(
      [...HASHES].map(async ([address, integrity]) => {
        const response = await fetch(address, { integrity, cache: 'no-cache', redirect: 'error' });
        if (!response.ok) throw new Error(`${address}: ${String(response.status)}`);
        await copy.put(address, response);
      }),
    );
  } catch (error) {
    await caches.delete(COPY);
    throw error;
  }
}

async function removeOldCopies(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(OWN) && name !== COPY).map((name) => caches.delete(name)),
  );
}

/** The address under which the copy has what is asked for; nothing for what is none of the page's files. */
function ownAddress({ method, url }: Request): string | undefined {
  const { origin, pathname } = new URL(url);
  // What stands behind the path, as the name of a sample, is for the page to read.
  const asked = (origin + pathname).replace(/\/index\.html$/, '/');
  return method === 'GET' && HASHES.has(asked) ? asked : undefined;
}

async function answer(request: Request, address: string | undefined): Promise<Response> {
  if (!(await caches.has(COPY))) {
    // The browser needed the room: the page begins anew, as on the first visit.
    await self.registration.unregister();
    return fetch(request);
  }
  const copy = await caches.open(COPY);
  return (address && (await copy.match(address))) || Response.error();
}

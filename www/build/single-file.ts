import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { bundle } from './scripts.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Writes the page a second time, as one file that needs nothing beside it: `diskglass.html`. */
export function singleFile(plugins: () => Plugin[]): Plugin {
  return {
    name: 'single-file',
    apply: 'build',
    async generateBundle() {
      const { code, css } = await bundle(`${root}src/main.ts`, { format: 'es', plugins: plugins() });
      const icon = await readFile(`${root}public/favicon.svg`);
      const page = await readFile(`${root}index.html`, 'utf8');
      const source = inlined(page, { script: safeScript(code), style: css, icon });
      this.emitFile({ type: 'asset', fileName: 'diskglass.html', source });
    },
  };
}

/** The same script without what would end its element, which can only stand in its texts and comments. */
function safeScript(code: string): string {
  return code.replace(/<(?=\/script|!--|script)/gi, '\\x3C');
}

function inlined(page: string, own: { script: string; style: string; icon: Buffer }): string {
  const icon = `data:image/svg+xml;base64,${own.icon.toString('base64')}`;
  const policy = /(http-equiv="Content-Security-Policy"\s+content=")([^"]*)"/;
  let done = replaced(
    page,
    policy,
    (_, start: string, value: string) => `${start}${strictPolicy(value, own)}"`,
  );
  done = replaced(done, /\.\/favicon\.svg/, () => icon);
  // The folder's own files.
  done = done.replace(/\s*<link rel="(manifest|apple-touch-icon)"[^>]*>/g, '');
  done = replaced(done, /<\/head>/, () => `<style>${own.style}</style>\n  </head>`);
  return replaced(
    done,
    /<script type="module" src="[^"]*"><\/script>/,
    () => `<script type="module">${own.script}</script>`,
  );
}

function replaced(text: string, pattern: RegExp, by: (...found: string[]) => string): string {
  if (!pattern.test(text)) throw new Error(`index.html has nothing like ${String(pattern)}`);
  return text.replace(pattern, by);
}

/** The policy of the page without any file of its own: its script and its style are known by their hashes. */
function strictPolicy(policy: string, { script, style }: { script: string; style: string }): string {
  const hashes: Record<string, string> = { 'script-src': hash(script), 'style-src': hash(style) };
  return policy
    .split('; ')
    .flatMap((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      const own = hashes[name];
      const left = sources.flatMap((source) => (source === "'self'" ? (own ?? []) : [source]));
      // What allows nothing any more is forbidden by `default-src`.
      return sources.length > 0 && left.length === 0 ? [] : [[name, ...left].join(' ')];
    })
    .join('; ');
}

function hash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

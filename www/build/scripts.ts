import { build, type PluginOption, type Rolldown } from 'vite';

/** What everything of the page is compiled to. */
export const TARGET = 'es2022';

/** Builds an entry into one script without imports, and gives back what came out. */
export async function bundle(
  entry: string,
  options: { format: 'iife' | 'es'; plugins?: PluginOption[]; define?: Record<string, string> },
): Promise<{ code: string; css: string; modules: string[] }> {
  const { format, plugins = [], define = {} } = options;
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins,
    define,
    build: {
      write: false,
      target: TARGET,
      modulePreload: false,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 4096,
      cssCodeSplit: false,
      rolldownOptions: { input: entry, output: { format, codeSplitting: false } },
    },
  });
  const { output } = (Array.isArray(result) ? result[0] : result) as Rolldown.RolldownOutput;
  const [script] = output;
  const css = output.flatMap((file) =>
    file.type === 'asset' && file.fileName.endsWith('.css') ? String(file.source) : [],
  );
  return { code: script.code, css: css.join(''), modules: script.moduleIds };
}

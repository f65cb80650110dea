/** A newer version of the page. */
export const update = {
  ready: 'A newer version of this page is ready. Reloading closes what is open.',
  reload: 'Reload now',
};

/** Forms of texts, for settings.yaml and for the props of the construct alike. */
export const patterns = {
  url: {
    pattern: /^https?:\/\/[^\s/@]+(\/[^\s@]*)?$/,
    allowed: 'a URL such as https://harbor.example, without credential',
  },
  proxy: {
    pattern: /^https?:\/\/[^\s/@]+\/?$/,
    allowed: 'a URL such as http://proxy.example:3128, without credential',
  },
  prefix: {
    // In a grant * and ? would be wildcards, and $ the beginning of a variable.
    pattern: /^[^/*?$][^*?$]*\/$/,
    allowed: 'a text that ends in a slash, does not begin with one, and has none of * ? $',
  },
  logLevel: { pattern: /^(DEBUG|INFO|WARN|ERROR)$/, allowed: 'DEBUG, INFO, WARN or ERROR' },
  schedule: {
    pattern: /^(cron\((\S+ ){5}\S+\)|rate\([0-9]+ (minutes?|hours?|days?)\))$/,
    allowed: 'cron(30 3 * * ? *) or rate(1 day)',
  },
} as const;

/** By what Intl accepts: its list of names has old spellings only (Asia/Calcutta, Europe/Kiev). Offsets are no names. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

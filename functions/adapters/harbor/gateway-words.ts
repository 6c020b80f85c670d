/** The part of an answer that shows who gave it. */
interface Answered {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
}

/**
 * What answered where Harbor did not: a proxy, a firewall or a login page, by status, `Server`, the title of its page
 * and the host that it sends to. Harbor's own errors always have its envelope (docs/harbor.md#errors).
 */
export function gatewayInWords({ status, headers }: Answered, text: string): string {
  const title = /<title[^>]*>([^<]{1,100})/i.exec(text)?.[1]?.replace(/\s+/g, ' ').trim();
  const host = hostOf(headers.get('location'));
  const server = headers.get('server');
  const facts = [
    `status ${status}`,
    ...(server === null ? [] : [`server ${JSON.stringify(server.slice(0, 60))}`]),
    ...(title === undefined || title === '' ? [] : [`a page titled ${JSON.stringify(title)}`]),
    ...(host === undefined ? [] : [`a redirect to ${host}`]),
  ];
  return `something in between answered instead of Harbor, such as a proxy, a firewall or a login page (${facts.join(', ')})`;
}

/** What to do about it; never a permission of the robot's. */
export const gatewayRemedy =
  'Let this address through to Harbor: check HTTPS_PROXY and NO_PROXY, the address of Harbor, and what the gateway asks for (headers, a client certificate); docs/deploying.md says how each is given.';

function hostOf(location: string | null): string | undefined {
  if (location === null || !URL.canParse(location)) return undefined;
  return new URL(location).host;
}

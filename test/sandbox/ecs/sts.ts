import { AwsError } from '../aws/aws-error.ts';

const namespace = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';

/** Who one is, and credentials of a role. A role of another account asks for the external id `shared`. */
export function stsAnswer(account: string, form: URLSearchParams): string {
  const action = form.get('Action') ?? '';
  if (action === 'GetCallerIdentity') {
    const result = `<Account>${account}</Account><Arn>arn:aws:iam::${account}:role/x</Arn><UserId>AID</UserId>`;
    return wrapped(action, result);
  }
  const role = form.get('RoleArn') ?? '';
  if (role.endsWith('/foreign') && form.get('ExternalId') !== 'shared')
    throw new AwsError(403, 'AccessDenied', `not authorized to perform: sts:AssumeRole on ${role}`);
  return wrapped(
    action,
    '<Credentials><AccessKeyId>ASSUMED</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>',
  );
}

const wrapped = (action: string, result: string): string =>
  `<${action}Response ${namespace}><${action}Result>${result}</${action}Result></${action}Response>`;

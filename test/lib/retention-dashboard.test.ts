import { expect, test } from '@jest/globals';
import { metrics } from '../../functions/contract.ts';
import { propertiesOf, stackOf, type Synthesised } from './stack-of.ts';

interface Widget {
  readonly type: string;
  readonly width: number;
  readonly properties: {
    readonly title?: string;
    readonly metrics?: readonly (readonly unknown[])[];
    readonly alarms?: readonly string[];
  };
}

/** The body is text with references in between; each is put in as a word. */
function widgetsOf(synthesised: Synthesised): readonly Widget[] {
  const [dashboard] = propertiesOf<{
    readonly DashboardBody: { readonly 'Fn::Join': readonly [string, readonly unknown[]] };
  }>(synthesised, 'AWS::CloudWatch::Dashboard');
  if (dashboard === undefined) throw new Error('there is no dashboard');
  const { DashboardBody: body } = dashboard;
  const text = body['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'known-later'));
  return (JSON.parse(text.join('')) as { widgets: Widget[] }).widgets;
}

test('shows what the engine sends, and nothing else', () => {
  const { progress, ...named } = metrics;
  const sent = new Set<unknown>([...Object.values(named), ...Object.values(progress)]);
  const widgets = widgetsOf(stackOf());
  const shown = widgets.flatMap(({ properties }) => properties.metrics ?? []);
  for (const [namespace, name, dimension] of shown) {
    expect([namespace, dimension]).toEqual([metrics.namespace, metrics.dimension]);
    expect(sent).toContain(name);
  }
  const names = new Set(shown.map(([, name]) => name));
  for (const name of [
    metrics.condemned,
    metrics.deleted,
    metrics.freedBytes,
    metrics.trashArtifacts,
    metrics.duration,
    metrics.requests,
    metrics.refusals,
    metrics.harborLatency,
  ])
    expect(names).toContain(name);
});

test('shows every alarm', () => {
  const synthesised = stackOf();
  const alarms = synthesised.template.findResources('AWS::CloudWatch::Alarm');
  const [shown] = widgetsOf(synthesised).flatMap(({ properties }) =>
    properties.alarms === undefined ? [] : [properties.alarms],
  );
  expect(shown).toHaveLength(Object.keys(alarms).length);
});

test('is left out where it is not wanted', () => {
  stackOf(() => ({ showDashboard: false })).template.resourceCountIs(
    'AWS::CloudWatch::Dashboard',
    0,
  );
});

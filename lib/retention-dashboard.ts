import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  type Alarm,
  Dashboard,
  GraphWidget,
  GraphWidgetView,
  type IWidget,
  Metric,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { metrics } from '../functions/contract.ts';

export interface RetentionDashboardProps {
  readonly handler: IFunction;
  readonly alarms: readonly Alarm[];
}

const DAY = Duration.days(1);

/** A number that a graph or a tile shows. */
interface DashboardFigure {
  readonly metric: string;
  readonly label: string;
  /** @default Maximum: one run a day, each sends its figure once */
  readonly statistic?: 'Maximum' | 'Sum' | 'Average';
}

interface DashboardGraph {
  readonly title: string;
  readonly left: readonly DashboardFigure[];
  readonly right?: readonly DashboardFigure[];
  readonly leftUnit: string;
  readonly rightUnit?: string;
}

const tiles: readonly DashboardFigure[] = [
  { metric: metrics.condemned, label: 'condemned' },
  { metric: metrics.deleted, label: 'deleted', statistic: 'Sum' },
  { metric: metrics.freedBytes, label: 'bytes freed', statistic: 'Sum' },
  { metric: metrics.trashArtifacts, label: 'in the trash before' },
  { metric: metrics.refusals, label: 'refusals', statistic: 'Sum' },
  { metric: metrics.warnings, label: 'warnings' },
];

const graphs: readonly DashboardGraph[] = [
  {
    title: 'What stays and what goes',
    left: [{ metric: metrics.artifacts, label: 'artifacts' }],
    leftUnit: 'artifacts',
    right: [
      { metric: metrics.condemned, label: 'condemned' },
      { metric: metrics.deleted, label: 'deleted', statistic: 'Sum' },
    ],
    rightUnit: 'of a run',
  },
  {
    title: 'Space',
    left: [
      { metric: metrics.condemnedBytes, label: 'condemned, at most' },
      { metric: metrics.freedBytes, label: 'freed by garbage collection', statistic: 'Sum' },
      { metric: metrics.trashBytes, label: 'in the trash before' },
    ],
    leftUnit: 'bytes',
  },
  {
    title: 'Trash',
    left: [{ metric: metrics.trashArtifacts, label: 'before the run' }],
    leftUnit: 'copies',
    right: [{ metric: metrics.purged, label: 'deleted for good', statistic: 'Sum' }],
    rightUnit: 'of a run',
  },
  {
    title: 'Refused, left untouched, warned of',
    left: [
      { metric: metrics.refusals, label: 'refusals', statistic: 'Sum' },
      { metric: metrics.unplannable, label: 'repositories left untouched' },
      { metric: metrics.warnings, label: 'warnings' },
      { metric: metrics.runFailed, label: 'failed runs', statistic: 'Sum' },
    ],
    leftUnit: 'count',
  },
  {
    title: 'How long a run takes',
    left: [{ metric: metrics.duration, label: 'first moment to report' }],
    leftUnit: 'milliseconds',
    right: [{ metric: metrics.slices, label: 'slices' }],
    rightUnit: 'slices',
  },
  {
    title: 'What Harbor notices of it',
    left: [{ metric: metrics.requests, label: 'requests', statistic: 'Sum' }],
    leftUnit: 'requests',
    right: [{ metric: metrics.harborLatency, label: 'answer time', statistic: 'Average' }],
    rightUnit: 'milliseconds',
  },
];

/** The last month at a glance: alarms, six numbers, six graphs. */
export class RetentionDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, { handler, alarms }: RetentionDashboardProps) {
    super(scope, id);
    const metricOf = ({ metric, label, statistic = 'Maximum' }: DashboardFigure): Metric =>
      new Metric({
        namespace: metrics.namespace,
        metricName: metric,
        dimensionsMap: { [metrics.dimension]: handler.functionName },
        statistic,
        label,
        period: DAY,
      });
    const graph = ({ title, left, right = [], leftUnit, rightUnit }: DashboardGraph): IWidget =>
      new GraphWidget({
        title,
        width: 12,
        height: 6,
        view: GraphWidgetView.TIME_SERIES,
        left: left.map(metricOf),
        right: right.map(metricOf),
        leftYAxis: { label: leftUnit, showUnits: false, min: 0 },
        ...(rightUnit !== undefined && {
          rightYAxis: { label: rightUnit, showUnits: false, min: 0 },
        }),
      });
    this.dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.days(30) });
    this.dashboard.addWidgets(
      new TextWidget({
        width: 24,
        height: 2,
        markdown:
          '**harbor-retention.** One point per day. What is condemned goes to the trash and frees nothing until it is purged and Harbor has collected its garbage. Every run’s page is `reports/latest.html` in the bucket.',
      }),
    );
    this.dashboard.addWidgets(new AlarmStatusWidget({ width: 24, height: 3, alarms: [...alarms] }));
    this.dashboard.addWidgets(
      new SingleValueWidget({
        title: 'Newest day',
        width: 24,
        height: 3,
        metrics: tiles.map(metricOf),
      }),
    );
    for (let next = 0; next < graphs.length; next += 2) {
      this.dashboard.addWidgets(...graphs.slice(next, next + 2).map(graph));
    }
  }
}

// npm scripts run on the Node of the devDependency `node`; its install script must have run.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `harbor-retention: tests need Node 24, this is ${process.version}.\n` +
      'The package "node" brings it, if its install script may run: `npm ci` without --ignore-scripts.\n',
  );
  process.exit(1);
}

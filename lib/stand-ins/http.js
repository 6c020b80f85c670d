// Stands in for node:http in the bundle (lib/bundle-options.ts). An import of it reads every export once, and one of
// them loads Node's whole other HTTP client: 20 ms of a cold start. Asked for in this way, it is left alone.
const http = process.getBuiltinModule('node:http');

export const { Agent, request, STATUS_CODES } = http;
// eslint-disable-next-line import/no-default-export -- node:http has one
export default http;

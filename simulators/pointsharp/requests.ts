import {
  type BadRequest,
  type BodyShape,
  type BodyValues,
  isBadRequest,
  readBody,
  readQuery,
  violation,
} from '../http/strict.ts';

const basePath = '/api/';
const user = { Username: 'string', UserStorageName: 'string?' } as const;
const userQuery = ['Username', 'UserStorageName'];
const deviceQuery = ['Id', ...userQuery];

/** What an operation takes: parameters of the query, or fields of the body. */
type Takes = { readonly query: readonly string[] } | { readonly body: BodyShape };

/** The eight operations, by the name under which they are counted. */
const operations: Readonly<Record<string, Takes>> = {
  'POST Device/Window': { body: { Timeout: 'int', UserAgentPattern: 'string', ...user } },
  'DELETE Device/Windows': { query: userQuery },
  'DELETE Device/Windows/Expired': { query: userQuery },
  'DELETE Device/Windows/Waiting': { query: userQuery },
  'PUT Device/State': { body: { DeviceId: 'string', State: 'int', ...user } },
  'PUT Device/UpdateTime': { body: { DeviceId: 'string', ...user } },
  'GET Device': { query: deviceQuery },
  'DELETE Device': { query: deviceQuery },
};
export const pointsharpOperations: readonly string[] = Object.keys(operations);

/** Names by method and path, and by path in lower case: IIS does not mind. */
const byRequest = new Map(
  pointsharpOperations.flatMap((name) => {
    const [method, path] = name.split(' ');
    const exact = `${basePath}${path}`;
    return [exact, exact.toLowerCase()].map((request) => [`${method} ${request}`, name] as const);
  }),
);
const knownPaths = new Set(
  pointsharpOperations.map((name) => `${basePath}${name.split(' ')[1]}`.toLowerCase()),
);

/** The name of an operation; undefined if there is none. */
export function operationOf(method: string, path: string): string | undefined {
  return byRequest.get(`${method} ${path}`) ?? byRequest.get(`${method} ${path.toLowerCase()}`);
}

/** Whether a path has an operation under another method. */
export function isPath(path: string): boolean {
  return knownPaths.has(path.toLowerCase());
}

/** The values of a request, each of the type that the operation wants, none of the required ones empty. */
export function readRequest(
  operation: string,
  query: string,
  contentType: string | undefined,
  body: string,
): BodyValues | BadRequest {
  const takes = operations[operation];
  if (takes === undefined) return violation('unknown operation');
  const isQuery = 'query' in takes;
  const fromQuery = readQuery(query, isQuery ? takes.query : []);
  const values = isQuery || isBadRequest(fromQuery) ? fromQuery : readBody(contentType, body, takes.body);
  if (isBadRequest(values)) return values;
  if (values.Username === undefined || values.Username === '') return violation('Username is missing');
  if (isQuery) return values;
  for (const name of ['DeviceId', 'UserAgentPattern'])
    if (values[name] === '') return violation(`${name} is empty`);
  return values;
}

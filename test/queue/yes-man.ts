import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';

/** A vendor that says yes to everything and remembers what it was asked, such as `DELETE /api/…`; not for its clock. */
export async function startYesMan(): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    if (request.method !== 'HEAD') asked.push(`${request.method} ${request.url}`);
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('null');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/api/`, asked };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, html } from './answers.ts';
import type { Fault } from './faults.ts';
import type { Traffic } from './traffic.ts';

/** One request and its response. */
export interface Exchange {
  readonly traffic: Traffic;
  readonly operation: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  hasEnded: boolean;
}

export function send(exchange: Exchange, answer: Answer): void {
  const { response } = exchange;
  const { status, contentType, body } = answer;
  const length = body === '' ? '0' : String(Buffer.byteLength(body));
  const headers = ['Content-Type', contentType, 'Content-Length', length];
  for (const name in answer.headers) headers.push(name, answer.headers[name] ?? '');
  response.writeHead(status, headers);
  response.end(body);
  end(exchange, status);
}

/** Counts the end of an exchange, once; status 0: without an answer. */
export function end(exchange: Exchange, status: number): void {
  if (exchange.hasEnded) return;
  exchange.hasEnded = true;
  exchange.traffic.ended(status);
}

/** Stands for an answer that would have been empty: one has to break off somewhere. */
const brokenOff = '[{"$type":"PointSharp.WebServices.Models.User.MappedDevice, PointSharp';
const jsonType = 'application/json; charset=utf-8';

/** Lets a fault happen. `answer`: what an operation that was carried out has to say. */
export function spoil(exchange: Exchange, fault: Fault, answer: Answer | undefined, error: Answer): void {
  const { request, response } = exchange;
  switch (fault.kind) {
    case 'status':
      send(exchange, error);
      break;
    case 'html':
      send(exchange, html(fault.status ?? 502, 'Bad Gateway (simulated fault)', fault.headers));
      break;
    case 'garbage':
      send(exchange, { status: 200, contentType: jsonType, body: "\u0000\u0001)]}', not {json: at all" });
      break;
    case 'truncated':
      send(exchange, { status: 200, contentType: jsonType, body: half(answer) });
      break;
    case 'reset-mid-body': {
      const sent = half(answer);
      response.writeHead(200, { 'Content-Type': jsonType, 'Content-Length': Buffer.byteLength(sent) * 2 });
      response.write(sent, () => request.socket.resetAndDestroy());
      end(exchange, 0);
      break;
    }
    case 'reset':
      request.socket.resetAndDestroy();
      end(exchange, 0);
      break;
    case 'silence':
      response.once('close', () => end(exchange, 0));
      break;
    case 'delay':
      send(exchange, answer ?? error);
      break;
  }
}

function half(answer: Answer | undefined): string {
  const body = answer?.body ?? '';
  return body.length < 4 ? brokenOff : body.slice(0, body.length >> 1);
}

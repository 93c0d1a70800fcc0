import { expect, test } from 'vitest';
import { isMarkup, type Markup, markupOf } from '../../../src/clients/errors/markup.ts';

test('only what begins with a tag is a body of tags', () => {
  expect(isMarkup(' \n<html>')).toBe(true);
  expect(isMarkup('["<html>"]')).toBe(false);
});

test.each<[body: string, contentType: string, markup: Markup]>([
  ['<?xml version="1.0"?><Error/>', 'application/json', 'xml'],
  ['<?xml version="1.0"?><Error/>', 'text/html', 'xml'],
  ['<?xml version="1.0"?>\n<!-- hello --><Error/>', '', 'xml'],
  ['<ArrayOfMappedDevice xmlns:xsd="x"/>', 'application/json', 'xml'],
  ['<s:Envelope xmlns:s="x"/>', 'application/soap+xml', 'xml'],
  ['<Error/>', 'text/html', 'page'],
  ['<html><head>', 'application/xml', 'page'],
  ['<HTML>', 'application/json', 'page'],
  ['<!DOCTYPE html><x-app>', 'text/xml', 'page'],
  [
    '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0"><html>',
    'application/xhtml+xml',
    'page',
  ],
  ['<!-- IIS --><h1>Bad Request</h1>', 'application/json', 'page'],
  ['Sign in', 'text/html', 'page'],
  ['<', 'text/xml; charset=utf-8', 'xml'],
  ['<', 'application/json', 'page'],
  [`<!--${'-'.repeat(4000)}`, '', 'page'],
])('the body %j called %j is a %s', (body, contentType, markup) => {
  expect(markupOf(body, contentType)).toBe(markup);
});

test('a prologue made to take long is looked at in no time to speak of', () => {
  for (const part of ['<!-- ', '<?a ', '<!a ', '<!---->', '<?a>', ' ']) {
    expect(markupOf(part.repeat(100_000))).toBe('page');
  }
});

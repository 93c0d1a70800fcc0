import { expect, it } from 'vitest';
import { readDotenv } from '../../src/config/dotenv.ts';

const mark = '\uFEFF';

function read(text: string | Buffer) {
  return readDotenv(Buffer.from(text));
}

function complaints(text: string | Buffer): string[] {
  const found = read(text);
  return 'problem' in found ? found.problem.split('\n').slice(1) : [];
}

it.each([
  ['A=1\nB=2', { A: '1', B: '2' }],
  [`${mark}A=1\r\nB=2\r\n`, { A: '1', B: '2' }],
  ['\n  \n# a comment\n  # another\nA=1', { A: '1' }],
  ['export A=1\n  export  B = 2 ', { A: '1', B: '2' }],
  ['A=\nB= \nC=""\nD= # nothing', { A: '', B: '', C: '', D: '' }],
  ['A=abc # a comment with a # in it', { A: 'abc' }],
  ['A="abc#def" # a comment\nB=\'x # y\'\nC=`it\'s "so"`', { A: 'abc#def', B: 'x # y', C: `it's "so"` }],
  ['A="one\ntwo # \n three"\nB=2', { A: 'one\ntwo # \n three', B: '2' }],
  ['A="one\\ntwo"', { A: 'one\ntwo' }],
  ['A=b"c=d\'e', { A: `b"c=d'e` }],
  ['dotted.name-x=1', { 'dotted.name-x': '1' }],
  ['A=0 3 * * 1-5\nB=a=1; b=2\nC="x Y=z"', { A: '0 3 * * 1-5', B: 'a=1; b=2', C: 'x Y=z' }],
  ['A=1\nA=2', { A: '2' }],
  ['', {}],
])('a dotenv file %j sets %j', (text, variables) => {
  expect(read(text)).toEqual({ variables });
});

it.each([
  ['NAME value', 'is not NAME=value'],
  ['NAME: value', 'is not NAME=value'],
  ['NAME', 'is not NAME=value'],
  ['=value', 'is not NAME=value'],
  ['1NAME=value', 'is not NAME=value'],
  ['NA ME=value', 'is not NAME=value'],
  ['set NAME=value', 'is not NAME=value'],
  ['// NAME=value', 'is not NAME=value'],
  ['NAME=abc#def', 'has a # in the value of NAME, which would end there: put the value into quotes'],
  ['NAME=#def', 'has a # in the value of NAME, which would end there: put the value into quotes'],
  [
    'NAME=abc NEXT=def',
    'has another NAME= in the value of NAME: give it a line of its own, or put the value into quotes',
  ],
  ['NAME="abc', 'has a quote before the value of NAME that is never closed'],
  ['NAME="a\\"b"', 'has text behind the closing quote of NAME: use another kind of quote'],
  ['NAME="a" b', 'has text behind the closing quote of NAME: use another kind of quote'],
  ['NAME=a\u0007b', 'contains a control character'],
  ['NAME=a\rNEXT=b', 'contains a control character'],
  [Buffer.from('NAME=\xe5', 'latin1'), 'is not valid UTF-8'],
])('a line %j of a dotenv file is refused with its number: it %s', (line, complaint) => {
  const text = Buffer.concat([Buffer.from('A=1\n\n'), Buffer.from(line), Buffer.from('\nB=2\n')]);
  expect(complaints(text)).toEqual([`  line 3 ${complaint}`]);
});

it('all wrong lines of a dotenv file are named at once, also behind a value of several lines', () => {
  expect(complaints('A one\nB="x\ny"\nC two\nD=e#f\nE=`x\ny` z\nF')).toEqual([
    '  line 1 is not NAME=value',
    '  line 4 is not NAME=value',
    '  line 5 has a # in the value of D, which would end there: put the value into quotes',
    '  line 6 has text behind the closing quote of E: use another kind of quote',
    '  line 8 is not NAME=value',
  ]);
});

it.each(['utf16le', 'latin1'] as const)('a dotenv file with NUL bytes (%s) is no text', (encoding) => {
  const bytes = Buffer.from(encoding === 'utf16le' ? `${mark}A=1\n` : 'A=1\0\n', encoding);
  expect(readDotenv(bytes)).toMatchObject({ problem: expect.stringContaining('NUL bytes, as UTF-16 does') });
});

it('a dotenv file that is wrong is told without what it contains', () => {
  const text = 'kanari\nPASSWORD kanari\nPASSWORD=x#kanari\nTOKEN="kanari\nX="kanari" kanari\n';
  expect(JSON.stringify(read(text))).not.toContain('kanari');
});

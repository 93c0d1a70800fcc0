import { cookies, headerName, headerPairs, headerValue } from '../../../src/config/kinds/header.ts';
import { testKinds } from './kind-cases.ts';

testKinds([
  {
    name: 'header name',
    of: headerName,
    right: [['X-Api-Key', 'X-Api-Key']],
    wrong: ['', 'X Api', 'X:', 'X=', 'Ö'],
  },
  {
    name: 'header value',
    of: headerValue,
    right: [
      ['Token åäö 7T:abc==', 'Token åäö 7T:abc=='],
      [' a\tb ', 'a\tb'],
    ],
    wrong: ['', ' ', 'a\nb', 'a\r\nX-Other: 1', 'a\0', '€'],
  },
  {
    name: 'cookies',
    of: cookies,
    right: [
      [' session=a "ö/=b ', 'session=a "ö/=b'],
      ['a=1; b=2;c=3', 'a=1; b=2;c=3'],
    ],
    wrong: ['', 'a', 'a=', '=a', 'a=1;', 'a=1; b', 'a=1\nb=2', 'a b=1', 'a=€'],
  },
  {
    name: 'header pairs',
    of: headerPairs,
    right: [
      ['a=1', new Map([['a', '1']])],
      [
        'Authorization=Bearer%20abc%3D, x-tenant = 7,',
        new Map([
          ['Authorization', 'Bearer abc='],
          ['x-tenant', '7'],
        ]),
      ],
      // What is encoded is meant, blanks too; only the first sign of equality parts name and value.
      ['a=%20b%20', new Map([['a', ' b ']])],
      ['a=b=c', new Map([['a', 'b=c']])],
      ['a=1,a=2', new Map([['a', '2']])],
    ],
    wrong: ['', ' , ', 'a', 'a=', '=x', 'a b=c', 'ö=1', 'a=%E0%A4%A', 'a=%0A', 'a=€', 'a=1,b'],
  },
]);

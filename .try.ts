import { startPrivateCluster } from '/work/main/simulators/redis-cluster.ts';
import { openTrial } from '/work/main/test/support/trial.ts';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
const c = await startPrivateCluster();
const trial = await openTrial({users: 50});
const settings = { REDIS_URL: c.nodes[0]!.url, REDIS_CLUSTER: 'true', CARETAKER_MODE:'enforce', LOG_LEVEL:'debug' };
const worker = trial.start(['worker'], settings);
await worker.says('worker ready');
let sock = '';
for (const n of c.nodes) { const r = new Redis(n.socketPath); const k = await r.dbsize(); if (k>0) { sock = n.socketPath; console.log('before', await r.client('LIST')); r.disconnect(); console.log('killing', n.url, k); await n.kill(); await delay(+(process.env.DOWN??6000)); await n.restart(); } else r.disconnect(); }
const t=performance.now();
const r = new Redis(sock);
for (let i=0;i<5;i++) { await delay(2000); console.log('after', i, String(await r.client('LIST')).split('\n').map(l=>/name=\S* | cmd=\S*/g[Symbol.match](l)?.join(' ')+ / blocked|flags=\S*/.exec(l)?.[0]).join('\n')); }
console.log((await trial.run(['trigger','audit-pocket','--json'], settings)).output);
await Promise.race([worker.says('run finished').then(()=>console.log('finished', performance.now()-t)), delay(20000)]);
console.log(worker.output().split('\n').map(l=>l.slice(0,400)).filter(l=>!l.includes('kept')).join('\n'), worker.errors());
console.log(await r.keys('*'));
r.disconnect();
console.log(await worker.kill('SIGTERM').then(a=>a.code));
await trial.close(); await c.stop();

import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import type { TracesConfig } from '../../config/config.ts';

/** The sampler of that name; the SDK itself does not read it from the environment. */
export function samplerOf({ tracesSampler, tracesSamplerArg }: TracesConfig): Sampler {
  const samplers: Readonly<Record<string, () => Sampler>> = {
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: () => new TraceIdRatioBasedSampler(tracesSamplerArg),
  };
  const plain = samplers[tracesSampler.replace('parentbased_', '')]?.() ?? new AlwaysOnSampler();
  return tracesSampler.startsWith('parentbased_') ? new ParentBasedSampler({ root: plain }) : plain;
}

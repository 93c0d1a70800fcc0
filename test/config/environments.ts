import type { Environment } from '../../src/config/settings/read-group.ts';

/** The least that a worker needs to start. */
export const leastEnvironment: Environment = {
  POINTSHARP_URL: 'https://id.example/api/',
  SUPEROFFICE_URL: 'https://crm.example/SuperOffice/api',
  SUPEROFFICE_USERNAME: 'auditor',
  SUPEROFFICE_PASSWORD: 'canary-so-password',
};

/** Kubernetes adds such variables for every service of the namespace; one named caretaker-redis is no misspelling. */
const serviceName = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)?)$/;

/** Whether a variable has a name that Kubernetes may have given it. */
export function isServiceName(name: string): boolean {
  return serviceName.test(name);
}

/** Whether a variable with a name of ours, such as OPS_PORT, is about a service: of one named ops, in this case. */
export function isServiceLink(name: string, value: string | undefined): boolean {
  return isServiceName(name) && /^(?:tcp|udp|sctp):\/\//.test(value ?? '');
}

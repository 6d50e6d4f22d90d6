/**
 * The name of a managed entity as a person wrote it: the API gives a slash, a backslash and a
 * percent sign as %2f, %5c and %25 (vSphere API reference, ManagedEntity.name).
 */
export function entityName(name: string): string {
  return name.replace(/%(2f|5c|25)/gi, (escaped) => decodeURIComponent(escaped));
}

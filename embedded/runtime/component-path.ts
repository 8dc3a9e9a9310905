/** Component paths: names of components from the app down, joined with "/". The app itself is "". */

export const APP = "";

export function childPath(component: string, name: string): string {
  return component === APP ? name : `${component}/${name}`;
}

/** Path of the component that uses this one; null for the app. */
export function parentPath(component: string): string | null {
  if (component === APP) return null;
  const slash = component.lastIndexOf("/");
  return slash === -1 ? APP : component.slice(0, slash);
}

/** Whether it is that component, or one below it. */
export function isWithin(component: string, ancestor: string): boolean {
  return component === ancestor || component.startsWith(`${ancestor}/`);
}

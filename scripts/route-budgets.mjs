/**
 * How much JavaScript a browser may load for each page before anybody does anything there: kB, gzipped. React and Next are
 * about 140 of it, the connection to the deployment another 20. A page that needs more says why in the commit that raises its budget.
 */
export const ROUTE_BUDGETS_KB = {
  "/": 170,
  "/demo": 165,
  "/docs": 170,
  "/docs/api": 170,
  "/forgot-password": 170,
  "/invite/[token]": 170,
  "/login": 170,
  "/reset-password/[token]": 170,
  "/setup": 170,
  "/app": 315,
  "/app/account": 285,
  "/app/analytics": 285,
  "/app/atlas": 285,
  "/app/brands": 285,
  "/app/brands/[brandId]": 290,
  "/app/integrations": 295,
  "/app/leads": 285,
  "/app/saved-replies": 280,
  "/app/settings": 280,
  "/app/team": 285,
};

// Pure: what the runners' own reports say, as numbers and as the names of what failed.

/**
 * From Vitest's JSON report; `code` is its exit code. A run that broke, or ran nothing, counts as failed.
 * `failures` are lines of `file: test: first line of the reason`.
 */
export function countVitest(report, code) {
  const failures = (report?.testResults ?? []).flatMap(failuresOfFile);
  return settle(report?.numPassedTests ?? 0, report?.numFailedTests ?? 0, code, failures);
}

/** From Playwright's JSON report, as above. A flaky test counts as failed: nothing may need a second try. */
export function countPlaywright(report, code) {
  const { expected = 0, unexpected = 0, flaky = 0 } = report?.stats ?? {};
  return settle(expected, unexpected + flaky, code, (report?.suites ?? []).flatMap(failuresOfSuite));
}

function settle(passed, failed, code, failures) {
  const broke = failed === 0 && (code !== 0 || passed === 0);
  return { passed, failed: broke ? 1 : failed, failures };
}

/** A file that could not be loaded has a message of its own, and no tests. */
function failuresOfFile({ name, message, assertionResults = [] }) {
  const failed = assertionResults.filter(({ status }) => status === "failed");
  if (failed.length === 0 && message) return [`${name}: ${firstLine(message)}`];
  return failed.map((test) => `${name}: ${test.fullName}: ${firstLine(test.failureMessages?.[0])}`);
}

function failuresOfSuite({ suites = [], specs = [] }) {
  const own = specs.flatMap(({ file, line, title, tests }) => {
    const failed = tests.filter(({ status }) => status === "unexpected" || status === "flaky");
    return failed.map(({ results }) => `${file}:${line}: ${title}: ${firstLine(reasonOf(results))}`);
  });
  return [...own, ...suites.flatMap(failuresOfSuite)];
}

const reasonOf = (results) => results.find(({ error }) => error)?.error.message;

/** Runners colour their messages. */
const firstLine = (text = "") => text.replace(/\u001b\[[0-9;]*m/g, "").split("\n", 1)[0];

/**
 * What failed, by name; then one line per suite; and the last one, `N passed, N failed`, over all. Nothing run at
 * all is a failure.
 */
export function summarize(results) {
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  const failures = results.flatMap(({ failures = [] }) => failures.map((failure) => `failed: ${failure}`));
  const lines = results.map((result) => `${result.name}: ${result.passed} passed, ${result.failed} failed`);
  return {
    lines: [...failures, ...lines, `${passed} passed, ${failed} failed`],
    isGreen: failed === 0 && passed > 0,
  };
}

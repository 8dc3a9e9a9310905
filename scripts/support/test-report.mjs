// Pure: what the runners' own reports say, as numbers.

/** From Vitest's JSON report; `code` is its exit code. A run that broke, or ran nothing, counts as failed. */
export function countVitest(report, code) {
  return settle(report?.numPassedTests ?? 0, report?.numFailedTests ?? 0, code);
}

/** From Playwright's JSON report. A flaky test counts as failed: nothing may need a second try. */
export function countPlaywright(report, code) {
  const { expected = 0, unexpected = 0, flaky = 0 } = report?.stats ?? {};
  return settle(expected, unexpected + flaky, code);
}

function settle(passed, failed, code) {
  const broke = failed === 0 && (code !== 0 || passed === 0);
  return { passed, failed: broke ? 1 : failed };
}

/** One line per suite, and the last one, `N passed, N failed`, over all. Nothing run at all is a failure. */
export function summarize(results) {
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  const lines = results.map((result) => `${result.name}: ${result.passed} passed, ${result.failed} failed`);
  return { lines: [...lines, `${passed} passed, ${failed} failed`], isGreen: failed === 0 && passed > 0 };
}

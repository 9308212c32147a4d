// Reads redocly's JSON report and fails on any problem, warnings included, or when the report is not one.
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
if (!report.totals || !Array.isArray(report.problems)) {
  console.error('redocly gave no report');
  process.exit(1);
}
for (const problem of report.problems) {
  const place = problem.location?.[0]?.pointer ?? '';
  console.error(`${problem.severity} ${problem.ruleId}: ${problem.message} ${place}`);
}
const { errors, warnings, ignored } = report.totals;
console.log(`redocly: ${errors} errors, ${warnings} warnings, ${ignored} ignored`);
process.exit(errors + warnings + ignored === 0 ? 0 : 1);

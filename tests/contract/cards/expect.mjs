// What the readers share: the command line, and comparing what was read with what was expected, member by member.
import { readFileSync } from 'node:fs';

export function fileFromArguments() {
  const [file, flag, expected] = process.argv.slice(2);
  if (!file || (flag !== undefined && (flag !== '--expect' || !expected))) {
    console.error('usage: FILE [--expect EXPECTED.json]');
    process.exit(2);
  }
  return { text: readFileSync(file, 'utf8'), expected: expected ? JSON.parse(readFileSync(expected, 'utf8')) : null };
}

// Prints what was read; ends the program with 1 and a line for each difference in a member that the reader knows.
export function compare(read, expected) {
  console.log(JSON.stringify(read, null, 2));
  if (expected === null)
    return;
  const differences = read.length === expected.length ? [] : [`${read.length} instead of ${expected.length}`];
  read.forEach((one, i) => {
    for (const member of Object.keys(one))
      if (JSON.stringify(one[member]) !== JSON.stringify(expected[i]?.[member]))
        differences.push(`${one.uid} ${member}: ${JSON.stringify(one[member])} instead of ${JSON.stringify(expected[i]?.[member])}`);
  });
  differences.forEach((line) => console.error(line));
  process.exit(differences.length === 0 ? 0 : 1);
}

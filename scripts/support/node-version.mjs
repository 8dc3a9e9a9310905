// Imported first by every entry script, and written for old Nodes too: it has to parse there to be able to refuse.
const wanted = [20, 19];
const have = process.versions.node.split(".").map(Number);
if (have[0] < wanted[0] || (have[0] === wanted[0] && have[1] < wanted[1])) {
  process.stderr.write(
    "PraxTalk needs Node " + wanted.join(".") + " or newer; this is Node " + process.versions.node + ".\n",
  );
  process.exit(1);
}

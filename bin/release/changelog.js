/**
 * The newest section of the changelog is that of the version, and has a date.
 * @param {string} changelog
 * @param {string} version
 * @param {string} lockVersion
 * @returns {string[]} a line for each finding
 */
export function versionFindings(changelog, version, lockVersion) {
  const [, newest, date = ""] = /^## \[([^\]]+)\](?: - (.*))?$/m.exec(changelog) ?? [];
  const findings = [];
  if (newest !== version) findings.push(`CHANGELOG.md begins with ${newest}, package.json has ${version}`);
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) findings.push(`CHANGELOG.md has no date for ${newest}`);
  if (lockVersion !== version)
    findings.push(`package-lock.json has ${lockVersion}, package.json has ${version}`);
  return findings;
}

// Package workflow has GitHub workflows to copy. They measure each pull request and
// compare it with its base branch:
//
//   - smtpgauge.yml runs a scenario in rounds, keeps the run file as an artefact, and
//     fails if smtpgauge compare finds a change beyond its gates. It runs the code of
//     the pull request, and may write nothing.
//   - smtpgauge-comment.yml comments on the pull request with the comparison. It may
//     write there, and runs none of the code of the pull request.
//
// The tests go through the steps of both. A script stands in for GitHub's command line;
// smtpgauge is the real one.
package workflow
